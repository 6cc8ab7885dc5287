"""Loads, checks and compiles contracts. Knows no vendor and no web server."""
