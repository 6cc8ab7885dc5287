"""The options of ``understudy serve``: one table for flags, environment, ``understudy.yaml`` and docs."""

from dataclasses import dataclass
from typing import Any

from understudy.source import Source, SourceError


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
    Option("watch", "Reload contracts, fixtures and handlers when they change; the state stays.", False, bool),
    Option("validate-responses", "Do not hold answers to the contract.", False, bool, negated=True),
    Option(
        "log-level",
        "How much the terminal shows: info has a line a request, warning only refused requests.",
        "info",
        choices=("debug", "info", "warning", "error"),
    ),
)


def from_file(source: Source) -> dict[str, Any]:
    """Return the options of an ``understudy.yaml`` by parameter name. Raises SourceError for an unknown key."""
    if not isinstance(source.data, dict):
        raise SourceError(f"{source.label}:1: expected options, such as 'port: 4010'")
    known = {option.key: option for option in SERVE}
    read: dict[str, Any] = {}
    for key, value in source.data.items():
        option = known.get(key)
        if option is None:
            raise SourceError(f"{source.at('/' + key)}: unknown option {key!r}; there are {', '.join(known)}")
        read[option.parameter] = [value] if option.many and isinstance(value, str) else value
    return read
