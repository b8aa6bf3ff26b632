"""A change in place without an answer: the values that its kind changes tell whether anybody was there since."""

from typing import Any

import pytest

from reconciler.changes import Sight, View
from reconciler.changes.traces import trace_in_place
from reconciler.model.evidence import Verdict
from reconciler.model.subscription import Listing
from tests.planning import cases

SENT = cases.pending(seats=30, action="resize", was=cases.live(etag="1"))


@pytest.mark.parametrize(
    ("shown", "changed", "verdict"),
    [
        ({}, ("quantity",), Verdict.UNCHANGED),
        ({"etag": "2"}, ("quantity",), Verdict.OVERTAKEN),
        ({"etag": "2", "seats": 27}, ("quantity",), Verdict.UNCLEAR),
        ({"etag": "2", "commitment": cases.committed()}, ("quantity",), Verdict.OVERTAKEN),
        ({"etag": "2", "commitment": cases.committed()}, ("term",), Verdict.UNCLEAR),
    ],
)
def test_it_can_be_carried_out_no_more_where_the_version_moved_and_nothing_that_it_changes(
    shown: dict[str, Any], changed: tuple[str, ...], verdict: Verdict
) -> None:
    live = cases.live(**{"etag": "1", **shown})
    sight = Sight(view=View(listing=Listing(lives=(live,))), claimed_ids=frozenset())
    assert trace_in_place(SENT, sight, None, changed).verdict is verdict
