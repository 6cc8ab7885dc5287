"""TLS: a certificate that is given, or one made for this start. Imported only where it is spoken."""

import os
import socket
import ssl
from pathlib import Path
from typing import NamedTuple

from understudy.source import SourceError

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_ANY = ("0.0.0.0", "::")  # noqa: S104 - compared with, not bound to


class Trust(NamedTuple):
    """What a server shows its clients, and how they come to believe it."""

    context: ssl.SSLContext
    authority: Path | None = None
    """The certificate to trust; None where whoever gave the server's own knows how."""


def given(certfile: str, keyfile: str) -> Trust:
    """Return what two PEM files say. Raises SourceError where they are not a certificate and its key."""
    for option, file in (("--certfile", certfile), ("--keyfile", keyfile)):
        _require_readable(option, file)
    context = _context()
    try:
        context.load_cert_chain(certfile, keyfile, password=_refuse_password)
    except _Encrypted:
        said = "the key is encrypted, and nobody would be there to give its password; give a key without one"
        raise SourceError(f"--keyfile {keyfile}: {said}") from None
    except ssl.SSLError as error:
        raise SourceError(_wrong(certfile, keyfile, error)) from None
    return Trust(context)


def made(host: str, port: int, folder: Path | None = None) -> Trust:
    """Return a certificate for this machine's names, by an authority that nobody else has. Raises SourceError.

    No private key is left on the disk: the authority's is forgotten here, the server's is in its memory alone. Hence
    another authority with each start, at the same path: trusting one for good would be trusting whoever has its key.
    """
    try:
        import trustme
    except ImportError:
        raise SourceError(
            "--tls makes a certificate with trustme, which is not installed: pip install 'PATH[tls]', "
            "PATH being Understudy's folder; or give a certificate with --certfile and --keyfile"
        ) from None
    authority = trustme.CA(organization_name="Understudy, made for one start", organization_unit_name="Testing")
    context = _context()
    authority.issue_cert(*_names(host)).configure_cert(context)
    path = (folder or _folder()) / f"understudy-{port}.pem"
    _write(path, authority.cert_pem.bytes())
    return Trust(context, path)


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context


def _names(host: str) -> list[str]:
    own = [] if host in _ANY else [host]
    return list(dict.fromkeys([*_LOOPBACK, *own, socket.gethostname()]))


def _folder() -> Path:
    state = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    return Path(state).expanduser() / "understudy"


def _write(path: Path, text: bytes) -> None:
    """Put a file in the place of what was there, at once and whole; only its owner may change it."""
    fresh = path.with_suffix(f".{os.getpid()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh.write_bytes(text)
        fresh.chmod(0o644)
        fresh.replace(path)
    except OSError as error:
        said = f"the certificate to trust cannot be written to {path}: {error.strerror}"
        raise SourceError(f"--tls: {said}; set XDG_STATE_HOME to a folder, or give --certfile and --keyfile") from None


def _require_readable(option: str, file: str) -> None:
    try:
        Path(file).read_bytes()
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or error
        raise SourceError(f"{option} {file}: cannot be read: {said}") from None


class _Encrypted(Exception):
    """The key wants a password."""


def _refuse_password() -> str:
    raise _Encrypted


def _wrong(certfile: str, keyfile: str, error: ssl.SSLError) -> str:
    if error.reason == "KEY_VALUES_MISMATCH":
        return f"--keyfile {keyfile}: is the key of another certificate than --certfile {certfile}"
    if b"-----BEGIN CERTIFICATE-----" not in Path(certfile).read_bytes():
        return f"--certfile {certfile}: holds no certificate in PEM"
    if b"PRIVATE KEY-----" not in Path(keyfile).read_bytes():
        return f"--keyfile {keyfile}: holds no private key in PEM"
    said = (error.reason or str(error)).lower().replace("_", " ")
    return f"--certfile {certfile} with --keyfile {keyfile}: cannot be used ({said})"
