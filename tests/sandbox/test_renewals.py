"""Ends of terms of new commerce, reached by moving the sandbox's own clock."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from reconciler.model.errors import InvalidInput
from reconciler.sandbox import Behaviour
from tests.sandbox.emulated import NOON, Emulated, emulated
from tests.sandbox.modern import STANDARD, a_trial, action, bought, next_term, shown


def _to(service: Emulated, month: int, day: int, hour: int = 0, year: int = 2026) -> list[str]:
    return [entry.kind for entry in service.world_clock.set(datetime(year, month, day, hour, tzinfo=UTC))]


def test_an_ordinary_renewal_moves_the_dates_and_opens_a_window_for_all_seats(tmp_path: Path) -> None:
    service = bought(tmp_path)
    before = shown(service)
    assert before["commitmentEndDateTime"] == "2026-09-09T23:59:59Z"
    assert _to(service, 9, 10, 1) == ["renewal"]
    after = shown(service)
    assert (after["effectiveStartDate"], after["commitmentEndDate"]) == ("2026-09-10T00:00:00Z", "2027-09-09T00:00:00Z")
    assert after["refundableQuantity"] == {
        "totalQuantity": 10,
        "details": [{"quantity": 10, "allowedUntilDateTime": "2026-09-17T01:00:00Z"}],
    }
    assert after["cancellationAllowedUntilDate"] == "2026-09-17T01:00:00Z"


def test_the_date_header_follows_the_clock_and_time_never_goes_back(tmp_path: Path) -> None:
    service = bought(tmp_path)
    service.world_clock.advance(days=12)
    assert service.get().headers["Date"] == "Sat, 14 Mar 2026 12:00:00 GMT"
    service.later(60)
    assert service.world_clock.now() == NOON + timedelta(days=12, seconds=60)
    with pytest.raises(InvalidInput, match="can't be moved"):
        service.world_clock.set(NOON)


def test_what_is_scheduled_happens_at_the_renewal_and_is_gone_afterwards(tmp_path: Path) -> None:
    service = bought(tmp_path)
    service.patch(scheduledNextTermInstructions=next_term(6, STANDARD, "P1M"))
    _to(service, 9, 11)
    after = shown(service)
    assert (after["offerId"], after["quantity"], after["termDuration"]) == (
        "CFQ7TTC0LDPB:0001:" + after["offerId"][-12:],
        6,
        "P1M",
    )
    assert after["id"] == service.first.id
    assert "scheduledNextTermInstructions" not in after
    assert after["commitmentEndDate"] == "2026-10-09T00:00:00Z"


def test_until_the_renewal_is_through_nothing_can_be_changed(tmp_path: Path) -> None:
    service = bought(tmp_path, Behaviour(renewed_after=6 * 3600))
    _to(service, 9, 10, 2)
    assert shown(service)["effectiveStartDate"] == "2025-09-10T00:00:00Z"
    assert service.patch(quantity=11).code == (409, "800082")
    assert service.patch(scheduledNextTermInstructions=next_term(6)).code == (409, "800082")
    assert _to(service, 9, 10, 6) == ["renewal"]
    assert service.patch(quantity=11).status == 200


@pytest.mark.parametrize(
    ("arranged", "kinds", "status", "term"),
    [
        ({"auto_renew": False}, ["extension"], "active", "P1M"),
        ({"auto_renew": False, "actions": action("Cancel")}, ["end"], "deleted", "P1Y"),
        ({"auto_renew": False, "actions": action("RenewToExtendedServiceTerm")}, ["extension"], "active", "P1M"),
        ({"auto_renew": False, "lapse": "expired"}, ["end"], "expired", "P1Y"),
        ({"status": "suspended", "auto_renew": False}, ["end"], "disabled", "P1Y"),
        ({"created": datetime(2025, 4, 20, tzinfo=UTC), "auto_renew": False}, ["end", "end", "end"], "deleted", "P1Y"),
    ],
    ids=["lapses", "cancelled", "extended", "old rule", "suspended", "before May 2026"],
)
def test_without_renewal_a_term_ends_as_was_arranged(
    tmp_path: Path, arranged: dict[str, Any], kinds: list[str], status: str, term: str
) -> None:
    service = bought(tmp_path, **arranged)
    assert _to(service, 9, 12) == kinds
    assert (shown(service)["status"], shown(service)["termDuration"]) == (status, term)


def test_the_extended_service_term_is_another_item_and_goes_on_by_the_month_until_it_is_left(tmp_path: Path) -> None:
    service = bought(tmp_path, Behaviour(availability_days=0), auto_renew=False)
    assert _to(service, 11, 11) == ["extension"] * 3
    extended = shown(service)
    assert extended["offerId"].startswith("CFQ7TTC0EST1:0001:")
    assert (extended["id"], extended["offerName"]) == (
        service.first.id,
        "Microsoft 365 Business Basic - Extended Service Term",
    )
    back = service.patch(autoRenewEnabled=True, scheduledNextTermInstructions=next_term(8))
    assert back.status == 200
    assert _to(service, 12, 11) == ["renewal"]
    assert (shown(service)["offerId"][:17], shown(service)["quantity"]) == ("CFQ7TTC0LH18:0001", 8)


def test_what_expired_is_disabled_after_thirty_days_and_deleted_after_ninety_more(tmp_path: Path) -> None:
    service = bought(tmp_path, auto_renew=False, lapse="expired")
    statuses = []
    for days in (192, 29, 1, 90):
        service.world_clock.advance(days=days)
        statuses.append(shown(service)["status"])
    assert statuses == ["expired", "expired", "disabled", "deleted"]
    assert service.patch(quantity=11).code == (400, "2011")


def test_an_undisturbed_trial_becomes_a_paid_year(tmp_path: Path) -> None:
    service = emulated(tmp_path, a_trial(created=NOON))
    trial = shown(service)
    assert (trial["isTrial"], trial["commitmentEndDate"]) == (True, "2026-03-31T00:00:00Z")
    assert trial["scheduledNextTermInstructions"]["quantity"] == 25
    assert _to(service, 4, 1, 2) == ["conversion"]
    paid = shown(service)
    assert (paid["isTrial"], paid["termDuration"], paid["billingCycle"]) == (False, "P1Y", "monthly")
    assert paid["offerId"].startswith("CFQ7TTC0LCHC:0002:")


def test_a_trial_without_auto_renewal_ends(tmp_path: Path) -> None:
    service = emulated(tmp_path, a_trial(created=NOON))
    assert service.patch(autoRenewEnabled=False).status == 200
    assert _to(service, 4, 2) == ["end"]


def test_several_terms_pass_in_order(tmp_path: Path) -> None:
    service = bought(tmp_path, term="P1M", created=datetime(2026, 1, 31, 9, tzinfo=UTC))
    assert _to(service, 6, 15) == ["renewal"] * 3
    times = [entry.at for entry in service.world.ledger]
    assert times == sorted(times)
    assert {entry.actor for entry in service.world.ledger} == {"service"}


def test_time_that_passes_by_itself_does_the_same_when_a_customer_is_read(tmp_path: Path) -> None:
    service = bought(tmp_path)
    service.later(200 * 86_400)
    assert shown(service)["effectiveStartDate"] == "2026-09-10T00:00:00Z"
    assert [entry.kind for entry in service.world.ledger] == ["renewal"]
