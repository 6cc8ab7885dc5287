"""How much of the contracts the traffic has exercised."""

from understudy.control.room import Handler

HANDLERS: tuple[Handler, ...] = ()
