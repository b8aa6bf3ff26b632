"""The table of remedies: complete, and without a step that can never be shown."""

import re
import string
from collections.abc import Iterable

import pytest

from reconciler.model.change import Actor, Reason
from reconciler.model.upgrade import UpgradeErrorCode
from reconciler.planning import CustomerPlan, explained
from reconciler.planning.remedies import Entry, Step, explanation, explanations
from tests.planning import gallery

TABLE = explanations()
OF_PLANS = [code for code, entry in TABLE.items() if entry.origin in {"service", "rule"}]
CAUTIONS = [code for code, entry in TABLE.items() if entry.origin == "caution"]

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


SHOWN = reasons([*gallery.service(), *gallery.rules()])


def as_pattern(step: Step) -> re.Pattern[str]:
    """The step with anything in the place of its placeholders."""
    parsed = string.Formatter().parse(step.say)
    return re.compile("".join(re.escape(text) + ("(.|\n)+" if name else "") for text, name, _, _ in parsed))


@pytest.mark.parametrize("code", UpgradeErrorCode, ids=lambda code: code.word)
def test_every_upgrade_error_code_has_an_entry_with_its_number(code: UpgradeErrorCode) -> None:
    assert (TABLE[code.word].origin, TABLE[code.word].number) == ("service", code.value)


def test_every_rule_of_the_contract_has_an_entry() -> None:
    assert set(TABLE) >= CONTRACT


def test_only_upgrade_error_codes_have_numbers() -> None:
    assert {code for code, entry in TABLE.items() if entry.number is not None} == {one.word for one in UpgradeErrorCode}


@pytest.mark.parametrize("code", TABLE)
def test_every_entry_says_what_it_means_and_what_to_do(code: str) -> None:
    entry = TABLE[code]
    assert entry.steps
    assert entry.description.endswith(".")
    assert entry.meaning.endswith(".")


def test_every_reason_that_planning_gives_has_its_entry_in_the_table() -> None:
    assert {one.code for one in SHOWN} <= set(OF_PLANS)


@pytest.mark.parametrize("code", OF_PLANS)
def test_every_reason_of_the_table_is_given_by_some_case_and_never_without_a_step(code: str) -> None:
    given = [one for one in SHOWN if one.code == code]
    assert given
    assert all(one.remedy.steps for one in given)
    assert all((one.remedy.actor, one.remedy.retry) == (TABLE[code].actor, TABLE[code].retry) for one in given)


@pytest.mark.parametrize(("code", "number"), [(code, n) for code in OF_PLANS for n in range(len(TABLE[code].steps))])
def test_every_step_is_shown_in_some_case(code: str, number: int) -> None:
    pattern = as_pattern(TABLE[code].steps[number])
    assert any(pattern.fullmatch(step) for one in SHOWN if one.code == code for step in one.remedy.steps)


def test_no_step_is_shown_with_a_placeholder_left_in_it() -> None:
    assert not [step for one in SHOWN for step in one.remedy.steps if re.search(r"[{}]", step)]


def test_every_caution_of_the_table_is_given_by_some_case_and_every_caution_given_is_in_the_table() -> None:
    plans = gallery.cautions()
    given = {warning.code for plan in plans for one in plan.changes for warning in one.warnings}
    given |= {alarm.code for plan in plans for alarm in plan.warnings}
    assert given == set(CAUTIONS)


def test_a_code_that_nobody_knows_is_explained_as_unknown() -> None:
    assert explanation("unknown(42)") is TABLE["unknown"]


def test_without_a_case_placeholders_stand_in_angle_brackets() -> None:
    general = {one.code: one for one in explained()}
    assert "\nreconciler adopt <address> <successor_id>" in "\n".join(general["subscription_missing"].remedy.steps)
    assert len(general["outcome_unknown"].remedy.steps) == len(TABLE["outcome_unknown"].steps)
    assert list(general) == list(TABLE)


ENTRY = {"origin": "rule", "description": "D.", "meaning": "M.", "actor": "partner", "retry": "no"}


def test_a_step_is_left_out_where_something_that_it_names_is_unknown_or_empty() -> None:
    entry = Entry.model_validate({**ENTRY, "steps": ["Ask {who}.", {"say": "Wait.", "when": "late"}, "Go on."]})
    assert entry.remedy({"who": "Ann", "late": "yes"}).steps == ("Ask Ann.", "Wait.", "Go on.")
    assert entry.remedy({"who": ""}).steps == ("Go on.",)


def test_who_takes_a_step_stays_with_it_where_others_are_left_out() -> None:
    entry = Entry.model_validate({**ENTRY, "steps": ["Ask {who}.", {"say": "Agree.", "by": "customer"}, "Go on."]})
    assert entry.remedy({}).steps_by == (Actor.CUSTOMER, Actor.PARTNER)


def test_an_item_never_waits_for_another_partner_whom_nobody_here_can_ask() -> None:
    assert not [code for code, entry in TABLE.items() if entry.actor is Actor.OTHER_PARTNER]


def test_braces_in_what_is_known_are_left_as_they_are() -> None:
    entry = Entry.model_validate({**ENTRY, "steps": ["Ask {who}."]})
    assert entry.remedy({"who": "{tenant} {0}"}).steps == ("Ask {tenant} {0}.",)
