"""Which sandbox a request is addressed to: by path prefix, header or baggage."""

import re
from urllib.parse import unquote

from understudy.contract.problem import problem
from understudy.contract.request import Reply
from understudy.sandbox import Sandbox
from understudy.sandboxes import DEFAULT, Sandboxes, TooManySandboxes, is_name
from understudy.web.exchange import CONTROL, PREFIX, Scope, is_control

_SPECIAL = ("/~", CONTROL)
_HEADER = b"understudy-sandbox"
_BAGGAGE = re.compile(rb"(?:^|,)\s*understudy-sandbox\s*=\s*([^\s;,]*)")


def addressed(scope: Scope, headers: dict[bytes, bytes], sandboxes: Sandboxes) -> Sandbox | Reply:
    """Return the sandbox that a request means, and take its prefix off the path; our refusal where it cannot be.

    It is made if there is none, but not for the control API: most of its operations are about one, not all.

    A path prefix or a header goes before baggage, which services pass on without looking; a prefix and
    a header that name two sandboxes are refused.
    """
    path = scope["path"]
    header = headers.get(_HEADER)
    if header is None and b"baggage" not in headers and not path.startswith(_SPECIAL):
        return made(DEFAULT, sandboxes)
    name: str | None = None
    if path.startswith("/~"):
        name = _prefix(scope, path)
    if header is not None:
        said = header.decode("latin-1")
        if name is not None and said != name:
            return problem(
                400, f"the path names the sandbox {name[:70]!r}, the header Understudy-Sandbox {said[:70]!r}; keep one"
            )
        name = said
    if name is None and b"baggage" in headers:
        name = _from_baggage(headers[b"baggage"])
    name = DEFAULT if name is None else name
    if not is_name(name):
        return problem(
            400, f"no sandbox can be called {name[:70]!r}: a name is 1 to 64 letters, digits, '.', '_' or '-'"
        )
    return sandboxes.visit(name) if is_control(scope["path"]) else made(name, sandboxes)


def made(name: str, sandboxes: Sandboxes) -> Sandbox | Reply:
    """Return the sandbox of that name, made on first use; our refusal where there are too many."""
    try:
        return sandboxes.get(name)
    except TooManySandboxes as error:
        return problem(503, str(error), title="Too many sandboxes")


def _prefix(scope: Scope, path: str) -> str:
    """Take ``/~NAME`` off the path, the raw one too, and return the name."""
    first, slash, rest = path[2:].partition("/")
    scope["path"] = slash + rest or "/"
    raw = scope.get("raw_path", b"")
    if raw:
        _, slashed, after = raw[1:].partition(b"/")
        scope["raw_path"] = slashed + after or b"/"
    scope[PREFIX] = f"/~{first}"
    return str(first)


def _from_baggage(value: bytes) -> str | None:
    found = _BAGGAGE.search(value)
    return None if found is None else unquote(found[1].decode("latin-1"))
