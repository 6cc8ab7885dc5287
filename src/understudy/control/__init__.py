"""The control API: what a test or a person asks of the mock itself. Knows no web server."""
