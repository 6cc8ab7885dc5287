"""The state of one provider: a frozen record of tables."""

from dataclasses import dataclass, fields, replace
from typing import Any, Self

from understudy.kernel.table import Id, Table


@dataclass(frozen=True, slots=True)
class State:
    """Base of every provider's state: a frozen dataclass whose fields are all tables.

    A handler returns a changed state by ``dataclasses.replace(state, users=state.users.put(user))``.
    """

    @classmethod
    def collections(cls) -> tuple[str, ...]:
        """Return the names of the tables, in the order in which they are declared."""
        return tuple(field.name for field in fields(cls))

    def table(self, collection: str) -> Table:
        """Return one table by name. Raises AttributeError for an unknown one."""
        table: Table = getattr(self, collection)
        return table

    def with_table(self, collection: str, table: Table) -> Self:
        """Return the state with another table in the place of one."""
        return replace(self, **{collection: table})

    def seal(self) -> int:
        """Forget what the tables were made from; return how many changes that was."""
        return sum([getattr(self, name).seal() for name in self.__dataclass_fields__])

    def settled(self, before: Self, collection: str, id: Id) -> Self:
        """Return the state with what follows from one record brought up to date.

        Called after a record was put or dropped from outside; ``before`` is the state without that.
        A provider that keeps sums, say, does so here.
        """
        return self

    def objection(self, collection: str, id: Id) -> str | None:
        """Say what handlers could not bear about one record as it is now, or about its absence; None for nothing.

        What the contract's schemas cannot say: that another record must be there.
        """
        return None

    def as_data(self) -> dict[str, list[Any]]:
        """Return every record of every table as JSON data."""
        return {name: list(self.table(name)) for name in self.collections()}

    def adopt(self, other: "State") -> "State":
        """Return this state with the records of ``other``, table by table, where both have the table.

        Used when handlers are reloaded: ``self`` is of the new class, ``other`` of the old one.
        """
        shared = set(other.collections())
        tables = {
            name: other.table(name).rebuilt(self.table(name).indexes) for name in self.collections() if name in shared
        }
        return replace(self, **tables)
