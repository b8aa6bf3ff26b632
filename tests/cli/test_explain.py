"""`explain`: every code that a plan can show is explained, by its name or by the service's number."""

from collections.abc import Callable

import pytest

from reconciler.advice import explanations
from reconciler.cli.parameters import OVERRIDABLE
from tests.cli.estates import Answer

Program = Callable[..., Answer]


def test_without_a_code_all_are_listed(reconciler: Program) -> None:
    listed = reconciler("explain")

    assert (listed.code, listed.err) == (0, "")
    assert [explanation.code for explanation in explanations() if explanation.code not in listed.out] == []


def test_each_code_is_explained_with_who_acts_and_whether_waiting_helps(reconciler: Program) -> None:
    for explanation in filter(lambda row: row.origin != "api", explanations()):
        answer = reconciler("explain", explanation.code)

        assert answer.code == 0, explanation.code
        assert answer.out.strip().startswith(explanation.code)
        assert [word for word in ("means", "who", "waiting") if word not in answer.out] == [], explanation.code


def test_what_annotations_are_marked_with_is_explained_too() -> None:
    marks = {*OVERRIDABLE, "undeclared", "drift", "stale", "not_done", "not_reviewed", "canary_failed"}
    assert marks <= {explanation.code for explanation in explanations()}


def test_the_service_s_twelve_numbers_are_explained_as_their_words_are(reconciler: Program) -> None:
    for number in range(12):
        answer = reconciler("explain", str(number))

        assert (answer.code, f"service code {number}" in answer.out) == (0, True)
        assert answer.out.startswith(reconciler("explain", answer.out.split(",")[0].strip()).out)


@pytest.mark.parametrize("typed", ["http_400", "HTTP 400", "400"])
def test_the_code_that_is_named_exactly_is_explained_before_those_that_it_is_a_part_of(
    reconciler: Program, typed: str
) -> None:
    lines = reconciler("explain", typed).out.splitlines()
    assert [line.strip() for line in lines if "400" in line] == ["400", "401/400"]


def test_a_code_may_be_written_as_the_service_spells_it(reconciler: Program) -> None:
    assert reconciler("explain", "Seat_Loss_Not_Allowed").code == 0


@pytest.mark.parametrize("code", ["99", "", "nonsense"])
def test_an_unknown_code_is_answered_with_the_way_to_the_list(reconciler: Program, code: str) -> None:
    answer = reconciler("explain", code)

    assert (answer.code, answer.out) == (1, "")
    assert answer.err.endswith("\n      reconciler explain\n")


def test_an_unknown_code_is_answered_with_those_that_are_spelt_like_it(reconciler: Program) -> None:
    assert "reconciler explain seat_loss_not_allowed" in reconciler("explain", "seat-loss-not-alowed").err
    assert "delegated_admin_permissions_disabled" in reconciler("explain", "delegated").text
    assert "reconciler explain seat_loss_not_allowed" in reconciler("explain", "seat_los").err
