"""What goes wrong on demand."""

from understudy.control.room import Handler

HANDLERS: tuple[Handler, ...] = ()
