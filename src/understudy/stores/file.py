"""A store in one file, for one process: sandboxes outlive a restart."""

from pathlib import Path


class FileStore:
    """To be written."""

    def __init__(self, path: Path, *, journal: int, bytes: int) -> None:
        raise NotImplementedError
