"""Calls to Tyk, with faults and without."""

from typing import Any

import orjson
from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.models.calling import CALLS, Outlook, body_of, outlook
from tests.models.house import Box, Call, Exchange, Kept
from tests.models.housed import PICK, HouseMachine
from tests.models.telling import difference, expected
from understudy.web.wire import WireFault


class Playing(HouseMachine):
    """Calls Tyk, and holds what comes of it against the outlook."""

    @rule(pick=PICK, call=CALLS)
    def call_tyk(self, pick: int, call: Call) -> None:
        self.play(self.box(pick), call)

    @rule(pick=PICK, calls=st.lists(CALLS, min_size=2, max_size=8))
    def call_tyk_often(self, pick: int, calls: list[Call]) -> None:
        for call in calls:
            self.play(self.box(pick), call)

    @rule(pick=PICK, calls=st.lists(CALLS, min_size=2, max_size=4))
    def call_tyk_here_and_there(self, pick: int, calls: list[Call]) -> None:
        for further, call in enumerate(calls):
            self.play(self.box(pick + further), call)

    def box_after(self, pick: int, call: Call) -> Box:
        """Return one of the sandboxes that there are, once it was called."""
        box = self.box(pick)
        self.play(box, call)
        return box

    def play(self, box: Box, call: Call) -> None:
        """Call, hold the answer against the outlook, and have the model know of it."""
        before, coming = box.kept, outlook(box, call)
        self.steps["calls"] += 1
        self.house.called[call.operation] += 1
        if coming.told and call.operation:
            self.house.answered[call.operation, coming.told.answer] += 1
        content = self.answered(box, call, coming)
        if coming.told and coming.told.learn:
            coming.told.learn(content)
        says = (coming.status, coming.told.answer if coming.told else None, coming.forced)
        fault = coming.fault.id if coming.fault else None
        known = (box.exchanges + 1, box.sequence + 1, call, box.moment)
        after = Kept(before.world, coming.state)
        box.record(Exchange(*known, *says, fault, coming.wire is not None, before, after))

    def answered(self, box: Box, call: Call, coming: Outlook) -> Any:
        """Return the body of the answer; where that is lost, what can be read of it in the state."""
        prefer = {} if call.prefer is None else {"Prefer": f"example={call.prefer}"}
        try:
            answer = self.send(call.method, call.path, box.name, call.body, {**call.who, **prefer})
        except WireFault as broken:
            if coming.wire != broken.name:
                raise
            new = [id for id in self.records(box.name)["organisations"] if id not in box.state["organisations"]]
            return {"Meta": new[-1] if new else None}
        what = f"{call} in {box.name}: {answer.status_code} {answer.headers} {answer.text}"
        assert coming.wire is None, what
        assert coming.status == answer.status_code, what
        assert str(box.exchanges + 1) == answer.headers["understudy-exchange"], what
        assert coming.headers == {name: answer.headers.get(name) for name in coming.headers}, what
        if coming.status == 429 and coming.fault:
            assert str(coming.fault.opens(box.now)) == answer.headers["retry-after"], what
        content = orjson.loads(answer.content)
        written = body_of(call, coming.told) if coming.told else None
        if written is not None and coming.told and not coming.forced:
            differs = difference(expected(written, coming.told), content)
            assert differs is None, f"{differs}, in {what}"
        return content
