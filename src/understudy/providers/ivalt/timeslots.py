"""Time slots: when a user may authenticate."""

import json
import re
from dataclasses import replace
from datetime import date
from typing import Any

from understudy.kernel.clock import iso
from understudy.kernel.exchange import Answer, Call, Refusal
from understudy.providers.ivalt.state import IvaltState, find_user

_MOMENT = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(?:Z|([+-])(\d\d):(\d\d))", re.IGNORECASE)
_CYCLE = 400
"""After so many years the calendar repeats itself."""
_DAYS_OF_A_CYCLE = 146_097


def update_timeslots(state: IvaltState, call: Call) -> tuple[Answer, IvaltState]:
    """Replace the time slots that are assigned to a user (iVALT Admin Portal APIs, Step 3).

    The reference sends one id and the vendor's own integrations a list: both are taken. The ids are
    not looked up, because no operation here creates or lists an organisation's time slots.
    Raises Refusal for an unknown user.
    """
    sent = call.body["timeslot_ids"]
    ids = sent if isinstance(sent, list) else [sent]
    changed = {
        **find_user(state, call.path["userId"]),
        "timeslot_ids": list(dict.fromkeys(int(id) for id in ids)),
        "updated_at": iso(call.now),
    }
    return Answer("timeslots_updated"), replace(state, users=state.users.put(changed))


def refuse_backward(timeslots: str) -> None:
    """Raise Refusal where one of the time slots inside a checked string ends before it starts (our choice)."""
    if any(_seconds(slot["end_time"]) < _seconds(slot["start_time"]) for slot in json.loads(timeslots)):
        raise Refusal("timeslot_ends_before_start")


def _seconds(moment: str) -> float:
    """Return a ``date-time`` as seconds, for comparing.

    The format allows leap seconds and the year 0, which ``datetime`` does not know.
    """
    found: Any = _MOMENT.fullmatch(moment)
    year, month, day, hour, minute, second = map(int, found.groups()[:6])
    fraction, sign, hours_ahead, minutes_ahead = found.groups(default="0")[6:]
    ahead = (int(hours_ahead) * 60 + int(minutes_ahead)) * (-1 if sign == "-" else 1)
    cycles, year = divmod(year, _CYCLE)
    days = cycles * _DAYS_OF_A_CYCLE + date(_CYCLE + year, month, day).toordinal()
    return days * 86_400 + hour * 3600 + (minute - ahead) * 60 + second + float(fraction)
