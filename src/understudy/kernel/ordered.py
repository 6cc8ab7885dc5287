"""A persistent ordered set of integers that can say what stands at the n-th place."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from immutables import Map

_NO_MEMBERS: Map[int, int] = Map()
_NO_TAIL = range(0)
_GONE = -1


class OrderedSet:
    """Members in the order in which they joined: a shared base and a persistent overlay.

    Adding, discarding, counting and reading from any place cost O(log n). Places are never reused;
    the places that members left are counted in a Fenwick tree that is kept in a persistent map.
    Members that follow one another after the base, as those of a table that only grows do, need no map.
    """

    __slots__ = ("_added", "_base", "_gaps", "_places", "_size", "_tail", "gone", "top")

    def __init__(
        self,
        base: Sequence[int] = (),
        tail: range = _NO_TAIL,
        *,
        added: Map[int, int] = _NO_MEMBERS,
        places: Map[int, int] = _NO_MEMBERS,
        gaps: Map[int, int] = _NO_MEMBERS,
        gone: int = 0,
        top: int | None = None,
        size: int | None = None,
    ) -> None:
        self._base = base  # ascending
        self._tail = tail  # the members at the places after the base
        self._added = added  # place -> member, for the places past the tail
        self._places = places  # member -> place, for what changed since base and tail
        self._gaps = gaps  # Fenwick node -> how many places below it were left
        self.gone = gone  # places that were left
        self.top = len(base) if top is None else top  # places ever taken
        self._size = 1 << max(0, self.top - 1).bit_length() if size is None else size

    def __len__(self) -> int:
        return self.top - self.gone

    def __contains__(self, member: int) -> bool:
        return self._place(member) != _GONE

    def __iter__(self) -> Iterator[int]:
        return iter(self.slice(0, len(self)))

    def add(self, member: int) -> "OrderedSet":
        """Return the set with ``member`` at its end; unchanged if it is in already."""
        follows = self._follows(member)
        if not follows and member in self:
            return self
        gaps, size = self._gaps, self._size
        while self.top >= size:
            size *= 2
            if self.gone:
                gaps = gaps.set(size, self.gone)
        tail, added, places = self._tail, self._added, self._places
        if follows:
            tail = range(tail.start if tail else member, member + 1)
        else:
            added, places = added.set(self.top, member), places.set(member, self.top)
        return OrderedSet(
            self._base, tail, added=added, places=places, gaps=gaps, gone=self.gone, top=self.top + 1, size=size
        )

    def discard(self, member: int) -> "OrderedSet":
        """Return the set without ``member``; unchanged if it is not in."""
        place = self._place(member)
        if place == _GONE:
            return self
        with self._gaps.mutate() as gaps:
            node = place + 1
            while node <= self._size:
                gaps[node] = gaps.get(node, 0) + 1
                node += node & -node
            changed = gaps.finish()
        return OrderedSet(
            self._base,
            self._tail,
            added=self._added.delete(place) if place in self._added else self._added,
            places=self._places.set(member, _GONE),
            gaps=changed,
            gone=self.gone + 1,
            top=self.top,
            size=self._size,
        )

    def first(self) -> int | None:
        """Return the first member, or None where there is none."""
        if self.gone:
            return next(iter(self.slice(0, 1)), None)
        return self._member(0) if self.top else None

    def slice(self, offset: int, limit: int) -> list[int]:
        """Return up to ``limit`` members from the ``offset``-th on."""
        count = min(limit, len(self) - offset)
        if count <= 0 or offset < 0:
            return []
        if not self.gone:
            return self._run(offset, count)
        members: list[int] = []
        place = self._select(offset)
        while len(members) < count:
            member = self._member(place)
            if member is None:
                place = self._select(offset + len(members))
            else:
                members.append(member)
                place += 1
        return members

    def kept(self) -> int:
        """Return the place after the last member of the base that never left; costs as much as left after it."""
        place = len(self._base)
        while place and self._member(place - 1) is None:
            place -= 1
        return place

    def after(self, place: int) -> list[int]:
        """Return the members from a place on."""
        return [member for at in range(place, self.top) if (member := self._member(at)) is not None]

    def _run(self, start: int, count: int) -> list[int]:
        end = start + count
        members = list(self._base[start:end])
        if end > (base := len(self._base)):
            members += self._tail[max(start - base, 0) : end - base]
            members += [self._added[place] for place in range(max(start, base + len(self._tail)), end)]
        return members

    def _follows(self, member: int) -> bool:
        """Say whether ``member`` may join the tail: it never was in, and comes right after all who ever were."""
        base, tail = self._base, self._tail
        if (tail and member != tail.stop) or self.top != len(base) + len(tail):
            return False
        return not (base and member <= base[-1]) and member not in self._places

    def _place(self, member: int) -> int:
        place = self._places.get(member)
        if place is not None:
            return place
        base = self._base
        if member in self._tail:
            return len(base) + self._tail.index(member)
        if type(base) is range:
            return base.index(member) if member in base else _GONE
        found = bisect_left(base, member)
        return found if found < len(base) and base[found] == member else _GONE

    def _member(self, place: int) -> int | None:
        past = place - len(self._base)
        if past >= len(self._tail):
            return self._added.get(place)
        member = self._base[place] if past < 0 else self._tail[past]
        return member if self._places.get(member, place) == place else None

    def _select(self, rank: int) -> int:
        """Return the place of the ``rank``-th member that is still in."""
        place, wanted, step = 0, rank + 1, self._size
        while step:
            node = place + step
            if node <= self._size:
                live = step - self._gaps.get(node, 0)
                if live < wanted:
                    place, wanted = node, wanted - live
            step >>= 1
        return place
