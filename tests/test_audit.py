"""The audit log names who changed a subscription."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from reconciler.model.audit import AuditRecord, causes

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
RESIZED = AuditRecord(
    operation="update_subscription",
    status="succeeded",
    at=NOON + timedelta(minutes=5),
    by="an-app",
    correlation_id="theirs",
    subscription_ids=("one", "two"),
)


def test_a_change_since_then_is_a_cause() -> None:
    assert causes([RESIZED], ["one"], NOON) == (RESIZED,)


@pytest.mark.parametrize(
    "other",
    [
        replace(RESIZED, at=NOON - timedelta(seconds=1)),
        replace(RESIZED, at=None),
        replace(RESIZED, subscription_ids=("three",)),
        replace(RESIZED, subscription_ids=()),
        replace(RESIZED, status="failed"),
        replace(RESIZED, status="decline"),
        replace(RESIZED, correlation_id="ours"),
    ],
)
def test_what_is_older_about_others_refused_or_our_own_is_none(other: AuditRecord) -> None:
    assert causes([other], ["one"], NOON, own_correlation_ids=["ours"]) == ()


def test_causes_come_oldest_first_whatever_the_logs_order() -> None:
    later = replace(RESIZED, at=NOON + timedelta(minutes=9))
    assert causes([later, RESIZED], ["one"], NOON) == (RESIZED, later)


@pytest.mark.parametrize(
    ("record", "who"),
    [
        (RESIZED, "application an-app"),
        (replace(RESIZED, person=True), "a signed-in user"),
        (replace(RESIZED, by=""), "somebody"),
    ],
)
def test_a_person_is_told_only_as_such(record: AuditRecord, who: str) -> None:
    assert record.who == who
