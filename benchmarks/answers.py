"""Recording what Understudy answers, and telling whether the others answer the same."""

from typing import Any

import httpx

from benchmarks.work import FRESH, LISTED, Subject, Work, fresh_number


class WrongAnswer(Exception):
    """A contender that does not do the work."""


def send(url: str, subject: Subject, work: Work, *, base: str | None = None) -> httpx.Response:
    """Send the request of a work once; ``base`` is where the contender has the contract's paths."""
    body = work.written()
    headers = {name: value for name, value in subject.headers(work).items() if value}
    if body is not None:
        headers["Content-Type"] = "application/json"
        body = body.replace(FRESH, str(fresh_number()))
    place = subject.base if base is None else base
    try:
        return httpx.request(
            work.method, url + place + work.path, headers=headers, content=body, trust_env=False, timeout=30
        )
    except httpx.HTTPError as error:
        raise WrongAnswer(f"{work.method} {work.path} has no answer: {error!r}") from error


def record(url: str, subject: Subject) -> dict[str, Any]:
    """Bring Understudy to where the work begins; return what it answers, by operation, for the others to give.

    The PUT is made once, so that none of the later ones changes any answer.
    """
    _succeed(send(url, subject, subject.work("update")))
    create = subject.work("create")
    filling = Work(create.name, create.title, create.operation, create.method, create.path, create.body)
    for _ in range(LISTED - len(listed(_succeed(send(url, subject, subject.listing))))):
        _succeed(send(url, subject, filling))
    recorded = {}
    for work in subject.works:
        if not work.refused:
            response = send(url, subject, work)
            recorded[work.operation] = {
                "method": work.method,
                "path": work.path,
                "status": response.status_code,
                "body": _succeed(response),
            }
    if len(listed(recorded[subject.listing.operation]["body"])) != LISTED:
        raise WrongAnswer(f"Understudy does not list {LISTED} records of {subject.title}")
    return recorded


def listed(answer: Any) -> list[Any]:
    """Return the records of a list, in whatever envelope they come."""
    found = [value for value in answer.values() if isinstance(value, list)]
    return found[0] if len(found) == 1 else []


def objection(work: Work, status: int, answer: Any, recorded: dict[str, Any]) -> str | None:
    """Say what is wrong with an answer, if anything; ``recorded`` is what Understudy answered, by operation."""
    if work.refused:
        return None if 400 <= status < 500 else f"it should be refused, but is answered with {status}"
    wanted = recorded[work.operation]
    if status != wanted["status"]:
        return f"status {status}, not {wanted['status']}"
    if _steady(answer, work.varies) != _steady(wanted["body"], work.varies):
        return f"another body than Understudy's: {str(answer)[:200]}"
    return None


def check(url: str, subject: Subject, work: Work, recorded: dict[str, Any], *, base: str | None = None) -> None:
    """Send the request of a work. Raises WrongAnswer where the answer is not the right one."""
    response = send(url, subject, work, base=base)
    try:
        answer = response.json() if not work.refused else None
    except ValueError:
        raise WrongAnswer(f"{work.title}: {response.status_code}, no JSON: {response.text[:200]}") from None
    found = objection(work, response.status_code, answer, recorded)
    if found is not None:
        raise WrongAnswer(f"{work.title}: {found}")


def _steady(answer: Any, varies: tuple[str, ...]) -> Any:
    """Return an answer with what varies told by its type only: it must be there, and of its kind."""
    for pointer in varies:
        answer = _blurred(answer, pointer.split("/")[1:])
    return answer


def _blurred(answer: Any, path: list[str]) -> Any:
    if not path:
        return type(answer).__name__
    if not isinstance(answer, dict) or path[0] not in answer:
        return answer
    return {**answer, path[0]: _blurred(answer[path[0]], path[1:])}


def _succeed(response: httpx.Response) -> Any:
    if not response.is_success:
        raise WrongAnswer(f"Understudy answered {response.status_code} {response.text[:200]}")
    return response.json()
