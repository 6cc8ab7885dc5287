"""The records that a sandbox holds."""

from understudy.control.room import Handler

HANDLERS: tuple[Handler, ...] = ()
