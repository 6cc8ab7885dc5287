"""The control API against a model of it: sandboxes, records, snapshots, journals, clocks and faults of one server."""

import pytest
from hypothesis.stateful import rule

from tests.models.arranging import Arranging
from tests.models.asking import Asking
from tests.models.documents import operations
from tests.models.keeping import Keeping
from tests.models.running import rules_of, see_through


class Control(Arranging, Keeping, Asking):
    """Arranges, breaks and questions a server while it plays Tyk."""

    @rule()
    def open_session(self) -> None:
        """Where no token is asked for, there is nothing to give."""
        self.ask("open_session", "session_opened")

    @rule()
    def close_session(self) -> None:
        self.ask("close_session", "session_closed")


def test_the_control_api_does_as_the_model_of_it(pytestconfig: pytest.Config) -> None:
    """Whatever is arranged, broken, asked, kept and forgotten, in up to four sandboxes."""
    see_through(Control, pytestconfig)


def test_every_operation_of_the_control_api_is_a_rule() -> None:
    """A new operation is modelled, too."""
    promised = set(operations("control"))
    assert promised == rules_of(Control) & promised
