"""Style sheets and scripts: read once, addressed by what is in them, kept by browsers for good."""

import re
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

_HERE = Path(__file__).parent / "assets"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
_IMPORT = re.compile(rb"""(\bfrom\s*|\bimport\s*\(?\s*)(["'])\./([A-Za-z0-9_-]+\.js)\2""")


class Asset(NamedTuple):
    """One file, as it is sent."""

    content: bytes
    type: str


class Assets:
    """The files of ``assets/``. One hash stands for all of them, so that a module's imports can name it too."""

    def __init__(self, folder: Path = _HERE) -> None:
        raw = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix in _TYPES}
        digest = blake2b(digest_size=6)
        for name, content in raw.items():
            digest.update(name.encode() + b"\0" + content)
        self.version = digest.hexdigest()
        self._files: Mapping[str, Asset] = {name: self._asset(name, content) for name, content in raw.items()}

    def find(self, name: str) -> Asset | None:
        """Return a file by name."""
        return self._files.get(name)

    def names(self) -> tuple[str, ...]:
        """Return the names of all files."""
        return tuple(self._files)

    def _asset(self, name: str, content: bytes) -> Asset:
        suffix = Path(name).suffix
        if suffix == ".js":
            version = self.version.encode()
            content = _IMPORT.sub(
                lambda found: b"%b%b./%b?v=%b%b" % (*found.group(1, 2, 3), version, found[2]), content
            )
        return Asset(content, _TYPES[suffix])
