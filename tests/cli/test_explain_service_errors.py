"""`explain` knows what the service's API refuses, too: by code, or by status where there is none."""

from collections.abc import Callable

import pytest

from reconciler.advice import explanations
from tests.cli.estates import Answer

Program = Callable[..., Answer]


@pytest.mark.parametrize(
    "code", ["20002", "403/20002", "403 20002", "403", "HTTP_403", "HTTP 403", "service_unreachable"]
)
def test_a_code_of_the_api_is_explained_with_who_acts(reconciler: Program, code: str) -> None:
    answer = reconciler("explain", code)
    assert answer.code == 0
    for label in ("means", "who", "do", "waiting"):
        assert label in answer.out


def test_a_code_with_two_meanings_is_explained_under_both_statuses(reconciler: Program) -> None:
    answer = reconciler("explain", "2006")
    assert "400/2006" in answer.out
    assert "403/2006" in answer.out


def test_every_code_of_the_api_is_listed(reconciler: Program) -> None:
    listed = reconciler("explain").out.replace(",", " ").split()
    assert {explanation.code for explanation in explanations() if explanation.origin == "api"} <= set(listed)
