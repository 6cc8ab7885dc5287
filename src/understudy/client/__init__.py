"""The Python API's way to a mock: everything through its control API, so that a remote one works the same."""
