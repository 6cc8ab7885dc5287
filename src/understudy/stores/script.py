"""The scripts that Redis runs for us, from ``lua/``."""

from hashlib import sha1
from pathlib import Path

_DIRECTORY = Path(__file__).parent / "lua"
_COMMON = "common"


class Script:
    """A script, and the hash by which the server knows it."""

    def __init__(self, name: str) -> None:
        texts = [(_DIRECTORY / f"{part}.lua").read_text(encoding="utf-8") for part in (_COMMON, name)]
        self.text = "\n".join(texts)
        self.hash = sha1(self.text.encode(), usedforsecurity=False).hexdigest()


def scripts() -> dict[str, Script]:
    """Return every script by name."""
    names = [path.stem for path in _DIRECTORY.glob("*.lua") if path.stem != _COMMON]
    return {name: Script(name) for name in names}
