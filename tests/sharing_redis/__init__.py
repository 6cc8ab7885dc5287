"""The shared store against a real Redis, under load and under fire."""
