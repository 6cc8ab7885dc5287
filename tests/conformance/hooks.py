"""What Schemathesis loads, in its own process, before it starts: see ``hooks`` in schemathesis.toml."""

import os
from typing import Any

import schemathesis
import schemathesis.cli
from schemathesis import Case, HookContext, Response
from schemathesis.core.failures import Failure

from tests.conformance import addresses, confirmation, deviations, embedded
from tests.conformance.records import Records
from tests.conformance.tally import Counting

_provider = os.environ[deviations.PROVIDER_VARIABLE]
_records = Records()


def before_load_schema(_: HookContext, raw_schema: dict[str, Any]) -> None:
    """Show Schemathesis what strings of JSON hold."""
    embedded.teach(raw_schema)


def map_case(_: HookContext, case: Case[Any]) -> Case[Any]:
    """Change a made-up request so that it gets further."""
    _records.place(case)
    confirmation.repeat(case)
    addresses.address(case)
    return case


def after_call(_: HookContext, case: Case[Any], response: Response) -> None:
    """Learn from an answer which records there are."""
    if case.method.lower() == case.operation.method.lower():
        _records.learn(case, response)


def filter_failure(_: HookContext, failure: Failure, case: Case[Any], response: Response) -> bool:
    """Keep a failure unless the contract promises just that."""
    # Schemathesis looks for a deletion below the path of the creation only, and Tyk's users can be deleted under
    # /api/users as well as under /admin/users.
    if failure.checks == ("ensure_resource_availability",) and not _records.are_there(case):
        return False
    return not deviations.is_expected(_provider, failure, case, response)


for _hook in (before_load_schema, map_case, after_call, filter_failure):
    schemathesis.hook(_hook)
schemathesis.cli.handler()(Counting)
