"""The advice that plans give: complete, and without a step that can never be shown."""

import re
import string
from collections.abc import Iterable

from reconciler import advice
from reconciler.advice.rows import Template
from reconciler.model.reason import Reason
from reconciler.model.transition import TargetErrorCode, TransitionErrorCode
from reconciler.model.upgrade import UpgradeErrorCode
from reconciler.planning import CustomerPlan
from tests.planning import gallery, gallery_new_commerce, gallery_orders

TABLE = {row.code: row for row in advice.all_rows() if row.origin in {"service", "rule", "caution"}}
OF_PLANS = [code for code, row in TABLE.items() if row.origin != "caution"]
CAUTIONS = [code for code, row in TABLE.items() if row.origin == "caution"]

CONTRACT = {
    "subscription_missing",
    "subscription_status_not_active",
    "target_offer_already_held",
    "add_on_cannot_be_upgraded",
    "quantity_out_of_range",
    "seat_loss_not_allowed",
    "license_transfer_required",
    "not_our_customer",
    "sold_by_another_partner",
    "new_commerce_subscription",
    "id_conflicts_with_state",
    "customer_unreadable",
    "eligibility_not_in_snapshot",
    "outcome_unknown",
}
"""The rules that the contract names."""


def reasons(plans: Iterable[CustomerPlan]) -> list[Reason]:
    return [reason for plan in plans for item in plan.blocked for reason in item.reasons]


SHOWN = [
    *reasons([*gallery.service(), *gallery.rules()]),
    *reasons([*gallery_new_commerce.service(), *gallery_new_commerce.rules()]),
    *reasons(gallery_orders.rules()),
    *gallery.transitions(),
]


def as_pattern(step: Template) -> re.Pattern[str]:
    """The step with anything in the place of its placeholders."""
    command = f"reconciler {step.run}" if step.run else ""
    parsed = string.Formatter().parse("\n".join(filter(None, (step.text, command))))
    return re.compile("".join(re.escape(text) + ("(.|\n)+" if name else "") for text, name, _, _ in parsed))


def test_every_upgrade_error_code_has_an_entry_with_its_number() -> None:
    entries = {code: TABLE[code.word] for code in UpgradeErrorCode}
    assert {code: (row.origin, row.number) for code, row in entries.items()} == {
        code: ("service", code.value) for code in UpgradeErrorCode
    }


def test_every_rule_of_the_contract_has_an_entry() -> None:
    assert set(TABLE) >= CONTRACT


def test_every_error_code_of_transitions_has_an_entry_with_its_number() -> None:
    for code in (*TransitionErrorCode, *TargetErrorCode):
        row = TABLE[code.name.lower()]
        number = row.number if row.number_in_transitions is None else row.number_in_transitions
        assert (row.origin, number) == ("service", code.value), code


def test_only_the_services_codes_against_a_change_have_numbers() -> None:
    words = {item.name.lower() for item in (*UpgradeErrorCode, *TransitionErrorCode, *TargetErrorCode)}
    assert {code for code, row in TABLE.items() if row.number is not None} == words


def test_advice_on_a_transition_names_nothing_that_only_traditional_subscriptions_have() -> None:
    """Licences move with every transition of all seats, and its billing is a member of the request."""
    steps = " ".join(step.plain for item in gallery.transitions() for step in item.remedy.steps)
    assert "license_transfer: never" not in steps
    assert "on the order" not in steps


def test_every_row_of_a_plan_says_what_it_means_and_what_to_do() -> None:
    lacking = [
        code
        for code, row in TABLE.items()
        if not (row.steps and row.description.endswith(".") and row.meaning.endswith("."))
    ]
    assert lacking == []


def test_every_reason_that_planning_gives_has_its_entry_in_the_table() -> None:
    assert {item.code for item in SHOWN} <= set(OF_PLANS)


def test_every_reason_of_the_table_is_given_by_some_case_and_never_without_a_step() -> None:
    for code in OF_PLANS:
        given = [item for item in SHOWN if item.code == code]
        assert given, code
        assert all(item.remedy.steps for item in given), code
        advised = {(item.remedy.actor, item.remedy.retry) for item in given}
        assert advised == {(TABLE[code].actor, TABLE[code].retry)}, code


def test_every_step_is_shown_in_some_case() -> None:
    shown = {
        code: [step.plain for item in SHOWN if item.code == code for step in item.remedy.steps] for code in OF_PLANS
    }
    patterns = [(code, as_pattern(step)) for code in OF_PLANS for step in TABLE[code].steps]
    assert [(code, pattern) for code, pattern in patterns if not any(map(pattern.fullmatch, shown[code]))] == []


def test_no_step_is_shown_with_a_placeholder_left_in_it() -> None:
    assert not [step for item in SHOWN for step in item.remedy.steps if re.search(r"\{\w*\}", step.plain)]


def test_every_caution_of_the_table_is_given_by_some_case_and_every_caution_given_is_in_the_table() -> None:
    plans = [*gallery.cautions(), *gallery_new_commerce.cautions(), *gallery_orders.cautions()]
    given = {warning.code for plan in plans for change in plan.changes for warning in change.warnings}
    given |= {alarm.code for plan in plans for alarm in plan.warnings}
    assert given == set(CAUTIONS)
