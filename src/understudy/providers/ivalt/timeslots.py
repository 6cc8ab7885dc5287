"""Time slots: when a user may authenticate."""

from dataclasses import replace

from understudy.kernel.clock import iso
from understudy.kernel.exchange import Answer, Call
from understudy.providers.ivalt.state import IvaltState, find_user


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
