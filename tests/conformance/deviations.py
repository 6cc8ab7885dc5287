"""Answers that Schemathesis takes for failures and the contracts promise, each with the reason.

A deviation is one answer, by its name, of one operation to one check. A status would be wider: `create_member` also
answers 400 where it cannot read the body, and to a body that keeps to the schema that is a failure still.
"""

from dataclasses import dataclass
from typing import Any, Literal

from schemathesis import Case, Response
from schemathesis.core.failures import Failure


@dataclass(frozen=True, slots=True)
class Deviation:
    """One answer that one check shall not complain about."""

    provider: str
    operation: str
    answer: str
    check: Literal["positive_data_acceptance", "negative_data_rejection", "not_a_server_error"]
    reason: str
    lists: frozenset[str] = frozenset()
    """Only for a form in which one of these members, which should be a list, is something else."""

    def covers(self, provider: str, failure: Failure, case: Case[Any], response: Response) -> bool:
        """Tell whether a failure is this one."""
        return (
            (self.provider, self.operation) == (provider, case.operation.definition.raw["operationId"])
            and response.headers.get("understudy-answer") == [self.answer]
            and self.check in failure.checks
            and (not self.lists or _is_form_without_lists(case, self.lists))
        )


def _is_form_without_lists(case: Case[Any], lists: frozenset[str]) -> bool:
    return (
        case.media_type == "application/x-www-form-urlencoded"
        and isinstance(case.body, dict)
        and any(not isinstance(case.body.get(name), list) for name in lists & case.body.keys())
    )


def _refused(provider: str, operation: str, **answers: str) -> list[Deviation]:
    """Requests that keep to the schema and are refused with 400, which the vendor uses for broken rules as well."""
    return [
        Deviation(provider, operation, answer, "positive_data_acceptance", reason) for answer, reason in answers.items()
    ]


def _list_of_one(operation: str, answer: str, *members: str) -> Deviation:
    reason = "a form does not tell a list of one from the one: what was meant as a number arrives as a list"
    return Deviation("elevate", operation, answer, "negative_data_rejection", reason, frozenset(members))


def _unfit(operation: str, *answers: str) -> list[Deviation]:
    reason = "a record is held to the schema that its vendor's contract has for it, which no other schema can say"
    return [Deviation("control", operation, answer, "positive_data_acceptance", reason) for answer in answers]


def _criteria(*operations: str) -> list[Deviation]:
    reason = "a schema cannot say that a matcher can be read, nor which operations the vendors have"
    return [
        Deviation("control", operation, "unusable_criteria", "positive_data_acceptance", reason)
        for operation in operations
    ]


def _no_body(operation: str, answer: str) -> Deviation:
    reason = "the vendor's own contract declares a 500 for a request without a body"
    return Deviation("tyk", operation, answer, "not_a_server_error", reason)


DEVIATIONS = (
    *_refused("koneksi", "create_member", passwords_differ="a schema cannot say that two members must be equal"),
    *_refused("koneksi", "update_user_limit", usage_exceeds_limit="depends on what the member has stored"),
    *_refused(
        "elevate",
        "login",
        email_not_registered="a schema cannot say who has an account",
        password_invalid="nor with which password",
    ),
    *_refused("elevate", "read_organization", organization_not_found="400 is this vendor's word for not found"),
    *_refused(
        "elevate",
        "update_organization",
        organization_not_found="400 is this vendor's word for not found",
        access_denied="400 is this vendor's word for an organisation that is not the caller's own",
        related_organizations_denied="400 is this vendor's word for what only a system administrator may set",
    ),
    *_refused("elevate", "deactivate_org", deactivation_failed="there is no such organisation, or it is inactive"),
    *_refused(
        "elevate",
        "deactivate_user",
        not_an_admin="400 is this vendor's word for a caller who administrates no organisation",
        deactivation_failed="nobody of those named can be deactivated",
        email_or_id_required="the vendor documents both members as optional, and wants one of them",
    ),
    _list_of_one("update_organization", "organization_updated", "related_orgs"),
    _list_of_one("deactivate_user", "user_deactivated", "id", "email"),
    *_refused("control", "put_sandbox", no_such_world="a schema cannot say which worlds the vendors' fixtures have"),
    *_unfit("put_record", "id_differs", "record_breaks_schema", "record_unusable"),
    *_unfit("patch_record", "id_differs", "record_breaks_schema", "record_unusable"),
    *_refused("control", "import_snapshot", snapshot_unfit="a schema cannot say what the present contracts take"),
    *_criteria("list_requests", "find_requests", "count_requests", "export_har", "verify_requests"),
    *_refused("control", "set_clock", out_of_range="time has no end in a schema, and one in Python"),
    *_refused(
        "control",
        "advance_clock",
        out_of_range="time has no end in a schema, and one in Python",
        unusable_duration="a schema cannot say in full what an ISO 8601 duration is",
    ),
    *_refused(
        "control",
        "add_fault",
        unusable_fault="a schema cannot say that a regular expression or a JSONPath can be read",
        undeclared_answer="a schema cannot say which answers the vendors' operations declare",
    ),
    *_refused("ivalt", "update_user", timeslot_ends_before_start="a schema cannot compare two members"),
    _no_body("create_organisation", "body_empty"),
    _no_body("import_organisation", "body_empty"),
    _no_body("update_organisation", "organisation_body_empty"),
    _no_body("create_user", "body_empty"),
    _no_body("update_user", "body_empty"),
    _no_body("create_api_user", "api_body_empty"),
    _no_body("update_api_user", "api_body_empty"),
    _no_body("reset_password", "api_body_empty"),
)
PROVIDER_VARIABLE = "CONFORMANCE_PROVIDER"


def is_expected(provider: str, failure: Failure, case: Case[Any], response: Response) -> bool:
    """Tell whether a failure is one of the deviations."""
    return _is_about_a_number_beyond_64_bits(failure, response) or any(
        deviation.covers(provider, failure, case, response) for deviation in DEVIATIONS
    )


def _is_about_a_number_beyond_64_bits(failure: Failure, response: Response) -> bool:
    """Tell whether a body was refused for a number that no server here reads: undeclared members may hold one."""
    told = "".join(response.headers.get("understudy-violations", []))
    return "positive_data_acceptance" in failure.checks and "does not fit into 64 bits" in told
