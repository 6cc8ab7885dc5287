"""Keeps the sandboxes of several processes, or of one before and after a restart, the same."""
