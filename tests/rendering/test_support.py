"""The ids that Microsoft's support asks for stand in every format, to be copied."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reconciler.rendering.subjects.plans import FORMATS
from tests.rendering import plans
from tests.rendering.happenings import SUPPORT
from tests.rendering.shown import a_view

VIEW = a_view(now=plans.NOON + timedelta(minutes=5), next_command=("apply", "plan.json"))
UNREADABLE = plans.plan(
    blocked=(plans.blocked("contoso/office", replace(plans.reason("customer_unreadable"), support=SUPPORT)),)
)


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in {"brief", "csv"}])
def test_every_id_of_a_failed_request_stands_unbroken_in_the_plan(name: str) -> None:
    shown = FORMATS[name](UNREADABLE, VIEW)
    for told in (SUPPORT.request_id, SUPPORT.correlation_id, SUPPORT.ms_cv, SUPPORT.server_id, SUPPORT.path):
        assert str(told) in shown


def test_in_a_comment_it_is_folded_away() -> None:
    shown = FORMATS["markdown"](UNREADABLE, VIEW)
    assert "For a support ticket with Microsoft:\n\n```\nRequest: POST /v1" in shown
    assert "\nTime: 2026-" in shown
