"""Each API against a plain model of it, written from the documents: Hypothesis looks for calls that tell them apart."""
