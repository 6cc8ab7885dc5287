"""A browser's session: what lets it in without its keeping the admin token."""

from understudy.control.room import Handler, Room
from understudy.kernel.exchange import Answer, Call


def open_session(room: Room, _: Call) -> tuple[Answer, Room]:
    """Give the cookie that lets the browser in: this request was let in, so it brought the token."""
    return Answer("session_opened", headers=_set(room.house.gate.cookie())), room


def close_session(room: Room, _: Call) -> tuple[Answer, Room]:
    """Take it away."""
    return Answer("session_closed", headers=_set(room.house.gate.no_cookie())), room


def _set(cookie: str | None) -> dict[str, str]:
    return {} if cookie is None else {"Set-Cookie": cookie}


HANDLERS: tuple[Handler, ...] = (open_session, close_session)
