"""The options of ``understudy serve``: one table for flags, environment, ``understudy.yaml`` and docs."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from understudy.bounds import DEFAULTS
from understudy.limits import Limits
from understudy.source import Source, SourceError, pointer_to


@dataclass(frozen=True, slots=True)
class Option:
    """One option: its flag is ``--name``, its variable ``UNDERSTUDY_NAME``, its key in the file ``name``."""

    name: str
    help: str
    default: Any = None
    type: type = str
    metavar: str | None = None
    choices: tuple[str, ...] = ()
    many: bool = False
    """May be given several times (in the environment: separated by spaces; in the file: a list)."""
    negated: bool = False
    """The flag is ``--no-name``: it turns off what is on by default."""
    secret: bool = False
    """No message shows its value."""

    @property
    def flag(self) -> str:
        """The flag on the command line."""
        return f"--no-{self.name}" if self.negated else f"--{self.name}"

    @property
    def key(self) -> str:
        """The key in ``understudy.yaml``."""
        return self.flag.removeprefix("--")

    @property
    def parameter(self) -> str:
        """The name in Python."""
        return self.key.replace("-", "_")

    @property
    def variable(self) -> str:
        """The environment variable."""
        return "UNDERSTUDY_" + self.parameter.upper()


_LIMITS = Limits()
_WANTED = {int: "a valid integer", bool: "true or false", str: "a text"}

SERVE: tuple[Option, ...] = (
    Option("port", "Port to listen on; 0 picks a free one and prints it.", 4010, int, "N"),
    Option("host", "Address to listen on.", "127.0.0.1", metavar="ADDRESS"),
    Option("world", "World to start from.", "documented", metavar="NAME"),
    Option("seed", "Seed of everything that is made up.", 1, int, "N"),
    Option("provider", "Play only this provider (repeat for more); default: all.", metavar="NAME", many=True),
    Option(
        "credential",
        "Accept a credential of your own beside the documented ones; koneksi takes ID:SECRET.",
        metavar="PROVIDER=VALUE",
        many=True,
    ),
    Option("any-credentials", "Accept every credential that is not empty.", False, bool),
    Option("journal", "Exchanges that each sandbox keeps; 0 keeps none.", 1000, int, "N"),
    Option("max-sandboxes", "Sandboxes that there may be.", 10_000, int, "N"),
    Option("journal-bytes", "Bytes of exchanges that each sandbox keeps.", DEFAULTS.journal_bytes, int, "BYTES"),
    Option("max-records", "Records that a sandbox may have beside those of its world.", DEFAULTS.records, int, "N"),
    Option("max-snapshots", "Snapshots that a sandbox may have.", DEFAULTS.snapshots, int, "N"),
    Option("max-faults", "Faults that a sandbox may have.", DEFAULTS.faults, int, "N"),
    Option("max-watchers", "Event streams that may be open, a quarter on one sandbox.", DEFAULTS.watchers, int, "N"),
    Option("max-memory", "Megabytes that all sandboxes may keep together.", DEFAULTS.memory, int, "MB"),
    Option("sandbox-idle", "Seconds after which an unused sandbox may be dropped; 0: never.", 0, int, "SECONDS"),
    Option(
        "store",
        "Where sandboxes are kept: memory, file:PATH (across restarts), or redis://HOST:PORT/DB (for several workers).",
        "memory",
        metavar="STORE",
    ),
    Option("max-body", "Bytes of a body, where the contract does not say.", _LIMITS.max_body, int, "BYTES"),
    Option("max-bodies", "Bytes of all bodies that are not answered yet.", _LIMITS.max_bodies, int, "BYTES"),
    Option("max-unsent", "Bytes of answers that their clients do not read.", _LIMITS.max_unsent, int, "BYTES"),
    Option("max-head", "Bytes of a request line and its headers.", _LIMITS.max_head, int, "BYTES"),
    Option("max-header", "Bytes of one header.", _LIMITS.max_header, int, "BYTES"),
    Option("max-headers", "Headers of a request.", _LIMITS.max_headers, int, "N"),
    Option("max-url", "Bytes of a URL.", _LIMITS.max_url, int, "BYTES"),
    Option("max-depth", "Levels of a JSON document.", _LIMITS.max_depth, int, "N"),
    Option("max-fields", "Fields of a form.", _LIMITS.max_fields, int, "N"),
    Option("max-connections", "Connections that may be open.", _LIMITS.max_connections, int, "N"),
    Option("max-in-flight", "Requests that may wait for something.", _LIMITS.max_in_flight, int, "N"),
    Option(
        "request-timeout",
        "Seconds for a request to come, and for a client to read on.",
        _LIMITS.request_timeout,
        int,
        "SECONDS",
    ),
    Option("keep-alive", "Seconds that a connection may be quiet.", _LIMITS.keep_alive, int, "SECONDS"),
    Option("workers", "Processes that serve; more than one needs a store that they can share.", 1, int, "N"),
    Option(
        "allow-host",
        "Answer also under this host name (repeat for more); .NAME: with all below it, *: under any.",
        metavar="NAME",
        many=True,
    ),
    Option(
        "admin-token",
        "What the control API and the console ask for; on the command line every user of the machine sees it.",
        metavar="TOKEN",
        secret=True,
    ),
    Option("admin-token-file", "The same, read from a file.", metavar="PATH"),
    Option("admin", "Have no control API and no console.", False, bool, negated=True),
    Option("tls", "Speak HTTPS, by a certificate made for this start; says which one to trust.", False, bool),
    Option("certfile", "Speak HTTPS by this certificate, with those that lead to its authority (PEM).", metavar="PATH"),
    Option("keyfile", "The certificate's private key (PEM, not encrypted).", metavar="PATH"),
    Option("watch", "Reload contracts, fixtures and handlers when they change; the state stays.", False, bool),
    Option("validate-responses", "Do not hold answers to the contract.", False, bool, negated=True),
    Option(
        "log-level",
        "How much the terminal shows: info has a line a request, warning only refused requests.",
        "info",
        choices=("debug", "info", "warning", "error"),
    ),
    Option(
        "show-secrets",
        "Show credentials and tokens in log, journal and console; on a loopback --host only.",
        False,
        bool,
    ),
    Option(
        "handler-timeout", "Seconds that a handler may take; it is ended then, with 500. 0: any.", 5, int, "SECONDS"
    ),
)
_DEFAULTS = {option.name: option.default for option in SERVE}
ADDRESS = f"http://{_DEFAULTS['host']}:{_DEFAULTS['port']}"
"""Where a server is that was started without options."""


def read_settings(path: Path, label: str | None = None) -> dict[str, Any]:
    """Return the options that a file gives, by parameter name; none if it is not there, or says nothing.

    Raises SourceError with file, line and remedy.
    """
    if not path.exists() and not path.is_symlink():
        return {}
    raw = Source.raw(path)
    return {} if _says_nothing(raw) else from_file(Source.parse(raw, label or path.name))


def from_file(source: Source) -> dict[str, Any]:
    """Return the options of an ``understudy.yaml`` by parameter name.

    Raises SourceError for an unknown key, and for a value that its option does not take.
    """
    if source.data is None:
        return {}
    if not isinstance(source.data, dict):
        raise SourceError(f"{source.label}:1: expected options, such as 'port: 4010'")
    known = {option.key: option for option in SERVE}
    read: dict[str, Any] = {}
    for key, value in source.data.items():
        option = known.get(key)
        if option is None:
            where = source.at(pointer_to(key))
            raise SourceError(f"{where}: unknown option {key!r}; there are {', '.join(known)}")
        read[option.parameter] = _many(source, option, value) if option.many else _one(source, option, value)
    return read


def _says_nothing(raw: bytes) -> bool:
    lines = (line.strip() for line in raw.decode(errors="replace").splitlines())
    return all(not line or line.startswith("#") or line in ("---", "...") for line in lines)


def _many(source: Source, option: Option, value: Any) -> list[Any]:
    """Return a list's items, or one value as a list of itself."""
    if not isinstance(value, list):
        return [_one(source, option, value)]
    return [_one(source, option, item, pointer_to(option.key, number)) for number, item in enumerate(value)]


def _one(source: Source, option: Option, value: Any, at: str | None = None) -> Any:
    """Return a value that the option takes. Raises SourceError for any other."""
    if type(value) is not option.type:
        wrong = f"is not {_WANTED[option.type]}"
    elif option.choices and value not in option.choices:
        wrong = f"is not one of {', '.join(option.choices)}"
    else:
        return value
    where = source.at(at or pointer_to(option.key))
    shown = "what it says" if option.secret else repr(value)
    raise SourceError(f"{where}: {option.key}: {shown} {wrong}; {_remedy(option, value)}")


def _remedy(option: Option, value: Any) -> str:
    if option.type is str and isinstance(value, int | float):
        return "write it in quotes"
    example = "true" if option.type is bool else option.metavar if option.default is None else option.default
    return f"write such as '{option.key}: {example}'"
