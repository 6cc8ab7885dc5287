"""A stateful stand-in for HTTP APIs that plays its part from a contract."""

__version__ = "0.1.0"
