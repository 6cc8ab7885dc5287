"""Nothing that is promised is left out of the machines."""

import pytest

from tests.models.documents import operations
from tests.models.machine import VendorMachine
from tests.models.running import rules_of
from tests.models.test_elevate import Elevate
from tests.models.test_ivalt import Ivalt
from tests.models.test_koneksi import Koneksi
from tests.models.test_tyk import Tyk


@pytest.mark.parametrize("machine", [Elevate, Ivalt, Koneksi, Tyk])
def test_every_operation_of_the_contract_is_a_rule_and_stands_in_the_model(machine: type[VendorMachine]) -> None:
    """A new operation is modelled, too."""
    promised = set(operations(machine.vendor))
    assert promised == rules_of(machine) & promised
    assert promised == {name for name in dir(machine.model) if name in promised}
