"""The texts of the samples, and what may be changed in them: the host and the placeholders."""

import json
from pathlib import Path

_HERE = Path(__file__).parent
_HOSTS = ("https://api-docs.ivalt.com", "https://api.ivalt.com", "{{url}}")


def sample(path: str, url: str, **placeholders: str) -> str:
    """Return a sample with its host replaced; ``orgId="272"`` fills ``{orgId}``."""
    text = (_HERE / path).read_text(encoding="utf-8")
    assert any(host in text for host in _HOSTS)
    for host in _HOSTS:
        text = text.replace(host, url)
    for name, value in placeholders.items():
        assert f"{{{name}}}" in text
        text = text.replace(f"{{{{{name}}}}}", value).replace(f"{{{name}}}", value)
    return text


def raw_sample(path: str, url: str) -> str:
    """Return a raw HTTP request with the host in its ``Host`` replaced."""
    text = (_HERE / path).read_text(encoding="utf-8").removesuffix("\n")
    assert "Host: localhost:3000" in text
    return text.replace("Host: localhost:3000", f"Host: {url.removeprefix('http://')}")


def documented(path: str) -> bytes:
    """Return the answer that a page shows, in its order and without the page's white space."""
    shown = json.loads((_HERE / path).read_text(encoding="utf-8"))
    return json.dumps(shown, separators=(",", ":")).encode()
