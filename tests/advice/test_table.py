"""The advice table: what a row gives for a case, and for a reader without one."""

import re

import pytest

from reconciler import advice
from reconciler.advice import Row
from reconciler.model.limits import OF_PLAN
from reconciler.model.pending import Reply
from reconciler.model.reason import Explanation
from reconciler.model.remedy import Actor, Step

ROW = {"code": "late", "origin": "rule", "description": "{who} is late.", "meaning": "M."}


def row(*steps: object) -> Row:
    return Row.model_validate({**ROW, "steps": steps})


def test_a_step_is_left_out_where_something_that_it_names_is_unknown_or_empty() -> None:
    late = row("Ask {who}.", {"text": "Wait.", "when": "late"}, {"run": "forget {who}"}, "Go on.")
    given = [step.plain for step in late.steps_for({"who": "Ann", "late": "yes"})]
    assert given == ["Ask Ann.", "Wait.", "reconciler forget Ann", "Go on."]
    assert late.steps_for({"who": ""}) == (Step("Go on."),)


def test_who_takes_a_step_stays_with_it_where_others_are_left_out() -> None:
    late = row("Ask {who}.", {"text": "Agree.", "by": "customer"}, "Go on.")
    assert [step.by for step in late.remedy().steps] == [Actor.CUSTOMER, Actor.PARTNER]


def test_a_value_is_one_word_of_a_command_and_is_quoted_for_a_shell() -> None:
    (step,) = row({"text": "Drop it:", "run": "forget {who}"}).steps_for({"who": "Ann's {0} $HOME"})
    assert step.run == ("forget", "Ann's {0} $HOME")
    assert step.plain == """Drop it:\nreconciler forget 'Ann'"'"'s {0} $HOME'"""


@pytest.mark.parametrize(("removed", "says"), [("1", "This removes 1 seat."), ("11", "This removes 11 seats.")])
def test_what_is_counted_is_in_the_singular_where_it_is_one(removed: str, says: str) -> None:
    assert advice.row("seats_removed").sentence({"removed": removed}) == says


def test_braces_in_data_are_left_as_they_are() -> None:
    assert row("Ask {who}.").steps_for({"who": "{tenant} {0}"}) == (Step("Ask {tenant} {0}."),)


def test_without_a_case_data_stand_in_angle_brackets_and_in_commands_in_capitals() -> None:
    (explained,) = row({"text": "Drop {own_name}:", "run": "forget {own_name}", "when": "late"}).explanations()
    assert explained.meaning == "<who> is late. M."
    assert explained.remedy.steps == (Step("Drop <own name>:", ("forget", "OWN_NAME")),)


def test_a_code_that_no_table_has_is_explained_as_unknown_and_makes_no_problem() -> None:
    assert advice.row("unknown(42)").code == "unknown"
    with pytest.raises(KeyError, match="unknown"):
        advice.problem("unknown(42)")


def test_every_reply_of_the_service_that_state_records_has_a_sentence() -> None:
    assert all(advice.row_or_none(f"reply_{reply}") for reply in ("none", *Reply))


def test_no_code_stands_in_two_rows() -> None:
    codes = [explanation.code for explanation in advice.explanations()]
    assert len(codes) == len(set(codes))


def test_an_item_never_waits_for_another_partner_whom_nobody_here_can_ask() -> None:
    assert not [row.code for row in advice.all_rows() if row.actor is Actor.OTHER_PARTNER]


def is_whole(explanation: Explanation) -> bool:
    """Returns True if it ends in a full stop, has a step, and its commands have no placeholder left."""
    commands = (" ".join(step.run) for step in explanation.remedy.steps)
    return (
        explanation.meaning.endswith((".", ">"))
        and bool(explanation.remedy.steps or explanation.origin == "usage")
        and not any(re.search(r"(?<!: )[{}](?!id|\}|$)", command) for command in commands)
    )


def test_every_code_says_what_it_means_and_what_to_do_without_a_case() -> None:
    assert [explanation for explanation in advice.explanations() if not is_whole(explanation)] == []


def test_no_text_holds_a_command() -> None:
    steps = [(row.code, step.text) for row in advice.all_rows() for step in row.steps]
    assert [step for step in steps if re.search(r"(^|: )reconciler [a-z]", step[1])] == []


def test_data_that_were_looked_for_in_vain_are_called_unknown() -> None:
    assert row().sentence({}, unknown=["who"]) == "unknown is late."
    with pytest.raises(KeyError):
        row().sentence({})


def test_every_limit_of_a_plan_has_a_row() -> None:
    explained = {explanation.code for explanation in advice.explanations() if explanation.origin == "limit"}
    assert {limit.name for limit in OF_PLAN} <= explained


def test_steps_that_rows_share_are_explained_under_their_codes_only() -> None:
    shared = {row.code for row in advice.all_rows() if row.shared}
    assert shared
    assert not shared & {explanation.code for explanation in advice.explanations()}
