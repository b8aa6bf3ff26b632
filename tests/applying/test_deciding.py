"""Deciding about a change whose answer was lost: every case there can be."""

from itertools import product

import pytest

from reconciler.model.evidence import Decision, Log, Standing, Verdict, decide

FLAGS = ("watched", "own", "may_send", "abandoned")
CASES = [
    (verdict, log, Standing(**dict(zip(FLAGS, flags, strict=True))))
    for verdict, log in product(Verdict, Log)
    for flags in product([True, False], repeat=len(FLAGS))
]
SENDABLE = Standing(watched=True, own=True, may_send=True)
LATER = Standing(watched=True, abandoned=True)


def cases(step: Decision) -> list[tuple[Verdict, Log, Standing]]:
    """The cases in which this is done."""
    return [case for case in CASES if decide(*case) is step]


@pytest.mark.parametrize(
    ("verdict", "standing", "step"),
    [
        (Verdict.UNCHANGED, SENDABLE, Decision.SEND_AGAIN),
        (Verdict.UNCHANGED, Standing(watched=True, own=True), Decision.LEAVE),
        (Verdict.UNCHANGED, Standing(watched=False, own=True, may_send=True), Decision.WAIT),
        (Verdict.OVERTAKEN, SENDABLE, Decision.STALE),
        (Verdict.UNCLEAR, SENDABLE, Decision.LEAVE),
        (Verdict.UNCHANGED, LATER, Decision.GIVE_UP),
        (Verdict.UNCHANGED, Standing(watched=False, abandoned=True), Decision.WAIT),
        (Verdict.UNCHANGED, Standing(watched=True), Decision.LEAVE),
        (Verdict.OVERTAKEN, LATER, Decision.LEAVE),
        (Verdict.UNCLEAR, LATER, Decision.LEAVE),
    ],
)
def test_where_the_log_is_silent_the_subscriptions_decide(verdict: Verdict, standing: Standing, step: Decision) -> None:
    assert decide(verdict, Log.SILENT, standing) is step


def test_what_is_done_is_recorded_by_whoever_sees_it_and_nothing_else_is() -> None:
    assert cases(Decision.RECOVER) == [case for case in CASES if case[0] is Verdict.DONE]


def test_it_is_sent_again_only_by_its_own_run_once_and_after_the_whole_wait() -> None:
    for verdict, log, standing in cases(Decision.SEND_AGAIN):
        assert (verdict, log) == (Verdict.UNCHANGED, Log.SILENT)
        assert standing.own
        assert standing.may_send
        assert standing.watched


def test_it_is_given_up_only_by_a_later_run_when_nobody_can_be_at_work_on_it() -> None:
    for verdict, log, standing in cases(Decision.GIVE_UP):
        assert (verdict, log) == (Verdict.UNCHANGED, Log.SILENT)
        assert not standing.own
        assert standing.abandoned
        assert standing.watched


def test_the_logs_word_that_it_was_performed_leaves_it_until_it_shows() -> None:
    performed = {decide(*case) for case in CASES if case[1] is Log.PERFORMED}
    assert performed == {Decision.RECOVER, Decision.FAIL, Decision.LEAVE}


def test_it_is_failed_by_whoever_sees_that_the_service_says_so_and_nothing_else_is() -> None:
    assert cases(Decision.FAIL) == [case for case in CASES if case[0] is Verdict.REFUSED]


def test_only_a_resize_of_its_own_run_is_stale() -> None:
    assert all(case[0] is Verdict.OVERTAKEN and case[2].own and case[2].watched for case in cases(Decision.STALE))


def test_to_be_told_to_wait_means_that_waiting_can_help() -> None:
    for verdict, log, standing in cases(Decision.WAIT):
        watched = Standing(watched=True, own=standing.own, may_send=True, abandoned=standing.abandoned)
        assert standing.own or decide(verdict, log, watched) is not Decision.LEAVE
