"""A fifth vendor, for the tests: it adds files under its own name and edits no existing line."""
