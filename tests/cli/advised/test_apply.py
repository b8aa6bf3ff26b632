"""Every `apply` that is advised carries out what it says."""

import pytest

from tests.cli.advised.orders import a_shop, bought
from tests.cli.advised.situations import Elsewhere, advised
from tests.cli.estates import FRONTLINE, OFFICE

YES = "--auto-approve"


@advised("cart_not_created", "apply")
def test_an_order_without_a_cart_is_placed_by_the_next_apply(elsewhere: Elsewhere) -> None:
    a_shop(elsewhere)
    elsewhere.estate.arm("performed_then_dropped", method="POST", path="/carts", times=2)
    failed = elsewhere.run("apply", YES)
    assert elsewhere.follow(failed, "cart_not_created", "apply", YES).code == 0
    assert elsewhere.state().subscriptions["copilot"].id == bought(elsewhere)


@advised("plan_and_approved", "apply --approved REVIEWED")
def test_a_plan_and_a_review_are_one_too_many(elsewhere: Elsewhere) -> None:
    elsewhere.run("plan", "--out", "plan.json")
    refused = elsewhere.run("apply", "plan.json", "--approved", "plan.json", code=64)
    assert elsewhere.follow(refused, "plan_and_approved", "apply --approved REVIEWED").code == 0
    elsewhere.run("plan", "--detailed-exitcode", code=0)


@advised("other_reviews_alone", "apply --approved PLANFILE")
def test_what_other_jobs_carry_out_is_no_review_of_this_one(elsewhere: Elsewhere) -> None:
    elsewhere.run("plan", "--out", "plan.json")
    refused = elsewhere.run("apply", "--also-reviewed", "plan.json", code=64)
    run = "apply --approved PLANFILE"
    assert elsewhere.follow(refused, "other_reviews_alone", run, PLANFILE="plan.json").code == 0
    elsewhere.run("plan", "--detailed-exitcode", code=0)


@advised("not_reviewed", "apply --also-reviewed PLANFILE OPTIONS")
def test_a_job_that_is_told_of_the_other_review_leaves_the_change_to_it(elsewhere: Elsewhere) -> None:
    elsewhere.declare(frontline=(FRONTLINE, "F1", 12))
    elsewhere.run("plan", "--out", "first.json", code=0)
    elsewhere.declare(frontline=(FRONTLINE, "F1", 12), office=(OFFICE, "E3", 25))
    elsewhere.run("plan", "--out", "second.json", code=0)
    run = "apply --also-reviewed PLANFILE OPTIONS"
    answer = elsewhere.run("apply", "--approved", "first.json", code=6)
    assert elsewhere.follow(answer, "not_reviewed", run, PLANFILE="second.json").code == 0


@advised("nothing_read", "apply OPTIONS")
def test_an_apply_that_could_read_nothing(elsewhere: Elsewhere) -> None:
    with elsewhere.refusing("GET", "subscriptions", "503 Service Unavailable"):
        refused = elsewhere.apply(code=1)
    assert elsewhere.follow(refused, "nothing_read", "apply OPTIONS").code == 0
    elsewhere.run("plan", "--detailed-exitcode", code=0)


@advised("nobody_to_ask", "plan --out plan.json", "apply plan.json")
def test_an_apply_where_nobody_can_be_asked(elsewhere: Elsewhere) -> None:
    refused = elsewhere.run("apply", code=1)
    assert elsewhere.follow(refused, "nobody_to_ask", "plan --out plan.json").code == 0
    assert elsewhere.follow(refused, "nobody_to_ask", "apply plan.json").code == 0
    elsewhere.run("plan", "--detailed-exitcode", code=0)


@pytest.mark.parametrize("how", [("plan", "--out", "plan.json"), ("plan",), ("show", "plan.json")])
@advised("To carry out <them>:", "apply OPTIONS")
def test_a_plan_names_the_command_that_carries_it_out(elsewhere: Elsewhere, how: tuple[str, ...]) -> None:
    elsewhere.run("plan", "--out", "plan.json")
    planned = elsewhere.run(*how, code=0)
    saved = "plan.json" in how
    assert elsewhere.follow(planned, "To carry out <them>:", "apply OPTIONS", *(() if saved else (YES,))).code == 0
    elsewhere.run("plan", "--detailed-exitcode", code=0)


@pytest.mark.parametrize(
    "flags", [("--target", "contoso/frontline"), ("--exclude", "contoso/office"), ("--shard", "1/1")]
)
@advised("To carry out <them>:", "apply OPTIONS")
def test_the_apply_of_a_plan_of_a_selection_carries_out_the_selection(
    elsewhere: Elsewhere, flags: tuple[str, ...]
) -> None:
    planned = elsewhere.run("plan", *flags, code=0)
    assert elsewhere.follow(planned, "To carry out <them>:", "apply OPTIONS", YES).code == 0
    assert len(elsewhere.estate.bought) == (2 if "--shard" in flags else 1)


@advised("price_withheld", "apply")
def test_an_order_whose_price_the_service_withheld(elsewhere: Elsewhere) -> None:
    a_shop(elsewhere)
    elsewhere.estate.behave(prices_shown=False)
    failed = elsewhere.apply(code=4)
    elsewhere.estate.behave(prices_shown=True)
    assert elsewhere.follow(failed, "price_withheld", "apply", YES).code == 0
    assert elsewhere.state().subscriptions["copilot"].id == bought(elsewhere)


@advised("too_many_failures", "apply")
def test_what_was_not_started_after_too_many_failures_is_applied_again_and_nothing_else(elsewhere: Elsewhere) -> None:
    elsewhere.settings("limits: {stop_after_failures: 1}\nparallelism: 1\n")
    with elsewhere.refusing("PATCH", "subscriptions", "400 Bad Request", "2012"):
        failed = elsewhere.run("apply", YES, "--target", "contoso")
    assert "reconciler apply --auto-approve --target contoso" in failed.text
    assert elsewhere.follow(failed, "too_many_failures", "apply").code == 0
    elsewhere.run("plan", "--detailed-exitcode", code=0)


LATER = ("interrupted", "lock_held", "state_not_written", "ordered_after")


@pytest.mark.parametrize("code", [pytest.param(code, marks=advised(code, "apply")) for code in LATER])
def test_what_was_not_started_is_carried_out_by_the_next_apply(elsewhere: Elsewhere, code: str) -> None:
    explained = elsewhere.run("explain", code, code=0)
    assert elsewhere.follow(explained, code, "apply", YES).code == 0
    elsewhere.run("plan", "--detailed-exitcode", code=0)


@advised("plan_file_is_a_name", "apply --target NAME")
def test_a_customer_in_the_place_of_a_plan_file_is_applied_as_a_target(elsewhere: Elsewhere) -> None:
    refused = elsewhere.run("apply", "contoso", code=64)
    applied = elsewhere.follow(refused, "plan_file_is_a_name", "apply --target NAME", "--auto-approve")
    assert (applied.code, len(elsewhere.estate.bought)) == (0, 2)
