"""States kept under a name, and the way back."""

from understudy.control.room import Handler

HANDLERS: tuple[Handler, ...] = ()
