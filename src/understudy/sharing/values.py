"""Moments, clocks and faults as JSON data, and the way back."""

from datetime import UTC, datetime, timedelta
from typing import Any

from understudy.faults.faults import Course
from understudy.faults.rule import Rule
from understudy.kernel.clock import Clock

_MICROSECOND = timedelta(microseconds=1)


def moment_data(moment: datetime) -> str:
    """Write a moment (aware), to the microsecond."""
    return moment.astimezone(UTC).isoformat()


def read_moment(text: str) -> datetime:
    """Read what ``moment_data`` wrote."""
    return datetime.fromisoformat(text)


def clock_data(clock: Clock) -> dict[str, Any]:
    """Write a clock."""
    if clock.frozen is not None:
        return {"frozen": moment_data(clock.frozen)}
    return {"offset": clock.offset // _MICROSECOND}


def read_clock(data: dict[str, Any]) -> Clock:
    """Read what ``clock_data`` wrote."""
    if "frozen" in data:
        return Clock(frozen=read_moment(data["frozen"]))
    return Clock(offset=data["offset"] * _MICROSECOND)


def faults_data(value: tuple[int, tuple[Course, ...]]) -> dict[str, Any]:
    """Write the faults of a sandbox, and how they have fared."""
    count, courses = value
    return {"count": count, "faults": [_course_data(course) for course in courses]}


def read_faults(data: dict[str, Any]) -> tuple[int, tuple[Course, ...]]:
    """Read what ``faults_data`` wrote."""
    return data["count"], tuple(_read_course(one) for one in data["faults"])


def _course_data(course: Course) -> list[Any]:
    id, rule, met, struck, began, passed = course
    return [id, rule.data, rule.mint.seed, met, struck, None if began is None else moment_data(began), passed]


def _read_course(data: list[Any]) -> Course:
    id, rule, seed, met, struck, began, passed = data
    return id, Rule.of(rule, seed), met, struck, None if began is None else read_moment(began), passed
