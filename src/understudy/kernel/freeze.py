"""Values that nobody can change: what a record is made of."""

from collections.abc import Mapping
from math import isfinite
from typing import Any, NoReturn


class FrozenDict(dict[str, Any]):
    """A dict that refuses every change.

    It stays a dict, so that the JSON encoder and the schema validators read it at full speed.
    """

    __slots__ = ("weight",)
    weight: int
    """About how many bytes it takes, once somebody has asked."""

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("a record is frozen: build a new one, {**record, 'name': value}, and put it")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def over(self, changes: Mapping[str, Any]) -> "FrozenDict":
        """Return this record with some members changed, at their places, or added at its end."""
        changed = FrozenDict(self)
        for name, value in changes.items():
            dict.__setitem__(changed, name, freeze(value))
        return changed

    def __reduce__(self) -> tuple[type["FrozenDict"], tuple[dict[str, Any]]]:
        return FrozenDict, (dict(self),)

    def __deepcopy__(self, _: object) -> "FrozenDict":
        return self

    def __copy__(self) -> "FrozenDict":
        return self


_LEAST, _MOST = -(2**63), 2**64 - 1
_AS_IT_IS = frozenset({bool, type(None), FrozenDict})


def freeze(value: Any) -> Any:
    """Return ``value`` with every mapping a FrozenDict and every list a tuple, all the way down.

    Raises ValueError or TypeError for what no JSON can hold: a record that nobody could be shown would come to light
    long after the call that put it.
    """
    kind = type(value)
    if kind is str:
        return value if value.isascii() else _text(value)
    if kind in _AS_IT_IS:
        return value
    if kind is dict:
        frozen = FrozenDict(value)
        for key, item in value.items():
            if type(key) is not str:
                raise TypeError(f"a record holds JSON: the name of a member is a text, not {key!r:.100}")
            if type(item) is str and item.isascii():
                continue
            kept = freeze(item)
            if kept is not item:
                dict.__setitem__(frozen, key, kept)
        return frozen
    return _rare(value)


def _rare(value: Any) -> Any:
    if isinstance(value, Mapping):
        return freeze(dict(value))
    if isinstance(value, list | tuple):
        return tuple([freeze(item) for item in value])
    if isinstance(value, int):
        if not _LEAST <= value <= _MOST:
            raise ValueError("a record holds JSON: a whole number has at most 64 bits")
    elif isinstance(value, float):
        if not isfinite(value):
            raise ValueError(f"a record holds JSON: {value} is no number there")
    elif isinstance(value, str):
        return _text(value)
    else:
        raise TypeError(f"a record holds JSON: texts, numbers, lists and mappings, no {type(value).__name__}")
    return value


def _text(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError(f"a record holds JSON: {value!r:.100} has half a character") from None
    return value


def thaw(value: Any) -> Any:
    """Return a plain, changeable copy of ``value``: the inverse of :func:`freeze`."""
    if isinstance(value, Mapping):
        return {key: thaw(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [thaw(item) for item in value]
    return value


def same(one: Any, other: Any) -> bool:
    """Compare two frozen values as JSON: the order of members does not count, and 1 is neither true nor 1.0."""
    if type(one) is not type(other):
        return False
    if isinstance(one, FrozenDict):
        return one.keys() == other.keys() and all(same(value, other[name]) for name, value in one.items())
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)
