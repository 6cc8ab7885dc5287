"""What was asked and answered."""

from understudy.control.room import Handler

HANDLERS: tuple[Handler, ...] = ()
