"""Changes of new commerce by PATCH: terms, charges, promotions, cancellations, pending operations, and ledger lines."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import Behaviour, Cloud, Fault, FaultKind, Sold
from tests.sandbox.emulated import NOON, Emulated, emulated
from tests.sandbox.modern import BASIC, PREMIUM, STANDARD, a_trial, bought, licences, move, next_term, shown

LATELY = NOON - timedelta(days=2)
PROMOTION = "39NFJQT1PFPJ:000H:39NFJQT1Q5DK"


@pytest.mark.parametrize(
    ("live", "wanted", "answer"),
    [
        (("P1M", "monthly"), ("P1Y", "monthly"), 200),
        (("P1M", "monthly"), ("P3Y", "triennial"), 200),
        (("P1Y", "monthly"), ("P3Y", "annual"), 200),
        (("P1Y", "monthly"), ("P1Y", "annual"), "800097"),
        (("P1Y", "monthly"), ("P1M", "monthly"), "800122"),
        (("P3Y", "annual"), ("P1Y", "annual"), "800122"),
        (("P1M", "monthly"), ("P2Y", "monthly"), "800121"),
        (("P1M", "monthly"), ("P1Y", "triennial"), "800028"),
    ],
)
def test_a_term_can_only_become_longer(
    tmp_path: Path, live: tuple[str, str], wanted: tuple[str, str], answer: int | str
) -> None:
    service = bought(tmp_path, term=live[0], billing_cycle=live[1], created=NOON - timedelta(days=20))
    reply = service.patch(termDuration=wanted[0], billingCycle=wanted[1])
    if isinstance(answer, str):
        assert reply.code == (400, answer)
        return
    assert (reply.body["termDuration"], reply.body["billingCycle"]) == wanted
    assert reply.body["effectiveStartDate"] == "2026-03-02T00:00:00Z"
    assert [entry.kind for entry in service.world.ledger] == ["term"]


def test_a_three_year_term_changes_its_billing_cycle_at_the_next_charge(tmp_path: Path) -> None:
    service = bought(tmp_path, term="P3Y", billing_cycle="monthly")
    asked = next_term(10, term="P3Y", cycle="annual")
    assert service.patch(nextChargeInstructions=asked).body["nextChargeInstructions"] == asked
    service.patch(status="suspended")
    assert shown(service)["nextChargeInstructions"] == asked
    service.world_clock.advance(days=9)
    assert (shown(service)["billingCycle"], "nextChargeInstructions" in shown(service)) == ("annual", False)
    assert [entry.kind for entry in service.world.ledger if entry.actor] == ["billing"]


@pytest.mark.parametrize(
    ("sold", "changed", "refusal"),
    [
        (a_trial(created=NOON), {"quantity": 26}, (400, "800027")),
        (a_trial(created=NOON), {"status": "suspended"}, (400, "800040")),
        (a_trial(created=NOON), {"termDuration": "P1Y", "billingCycle": "monthly"}, (400, "800107")),
        (licences(offer=PREMIUM, quantity=99, promotion=PROMOTION), {"quantity": 101}, (400, "2002")),
        (licences(created=LATELY), {"quantity": 0}, (400, "2002")),
        (licences(), {"status": "deleted"}, (400, "900213")),
        (licences(platform="Software", created=LATELY), {"quantity": 9}, (400, "800090")),
        (licences(updates=1200), {"quantity": 11}, (400, "900311")),
        (licences(status="expired"), {"quantity": 11}, (400, "900279")),
        (licences(provisioned_from=NOON + timedelta(hours=1)), {"quantity": 11}, (409, "800082")),
    ],
)
def test_what_is_refused_changes_nothing(
    tmp_path: Path, sold: Sold, changed: dict[str, Any], refusal: tuple[int, str]
) -> None:
    service = emulated(tmp_path, sold)
    assert service.patch(**changed).code == refusal
    assert service.world.ledger == []


def test_a_subscription_can_be_cancelled_within_seven_days_of_its_purchase(tmp_path: Path) -> None:
    service = bought(tmp_path, created=LATELY)
    assert shown(service)["cancellationAllowedUntilDate"] == "2026-03-07T12:00:00Z"
    assert service.patch(status="deleted").body["status"] == "deleted"
    assert [(entry.kind, entry.status) for entry in service.world.ledger] == [("status", "deleted")]


def test_a_minimal_body_switches_off_what_it_leaves_out_and_unknown_members_are_ignored(tmp_path: Path) -> None:
    service = bought(tmp_path, next_term=next_term(6))
    path = f"/customers/{service.tenant.tenant}/subscriptions/{service.first.id}"
    body = service.send("PATCH", path, {"FRIENDLYNAME": "Renamed", "nobodyKnows": [1]}).body
    assert (body["friendlyName"], body["autoRenewEnabled"]) == ("Renamed", False)
    assert not {"scheduledNextTermInstructions", "nobodyKnows"} & set(body)


def test_a_pending_operation_keeps_everything_out_for_a_day_of_the_sandboxs_clock(tmp_path: Path) -> None:
    service = bought(tmp_path, faults=(Fault(kind=FaultKind.PENDING_OPERATION),))
    assert service.patch(quantity=11).code == (409, "900278")
    assert move(service, STANDARD, 10).code == (409, "900278")
    service.world_clock.advance(hours=24)
    assert service.patch(quantity=11).status == 200


def test_a_subscription_that_will_not_renew_is_frozen_before_it_ends(tmp_path: Path) -> None:
    service = bought(tmp_path, Behaviour(frozen_before=86_400), auto_renew=False)
    service.world_clock.advance(days=191, hours=6)
    assert service.patch(quantity=11).code == (400, "900277")


@pytest.mark.parametrize("cloud", [Cloud.CHINA, Cloud.US_GOVERNMENT])
def test_national_clouds_have_no_new_commerce(tmp_path: Path, cloud: Cloud) -> None:
    service = bought(tmp_path, Behaviour(cloud=cloud))
    assert service.patch(quantity=11).code == (403, "900263")
    assert move(service, STANDARD, 10).code == (403, "900263")
    assert service.send("GET", "/products?country=US&targetView=OnlineServices").status == 404


def test_a_repeated_request_is_answered_as_before_and_done_once(tmp_path: Path) -> None:
    service = bought(tmp_path)
    same = "750fd5ea-904b-4c3e-b476-60d0feacab0d"
    first, again = (service.patch(request_id=same, quantity=11) for _ in range(2))
    assert (first.body, len(service.world.ledger)) == (again.body, 1)


def _orders(service: Emulated) -> list[tuple[str, int]]:
    (order,) = service.send("GET", f"/customers/{service.tenant.tenant}/orders").body["items"]
    return [(line["transactionType"], line["quantity"]) for line in order["lineItems"]]


def test_orders_have_a_line_for_everything_that_was_bought_or_given_back(tmp_path: Path) -> None:
    service = bought(tmp_path)
    service.patch(quantity=14)
    service.patch(quantity=12)
    service.world_clock.advance(days=200)
    assert _orders(service) == [("new", 10), ("addQuantity", 4), ("removeQuantity", 2), ("renew", 12)]


def test_the_catalogue_has_the_availability_of_now_and_the_pairs_that_are_sold(tmp_path: Path) -> None:
    service = bought(tmp_path)
    path = "/products/CFQ7TTC0LH18/skus/0001/availabilities"
    (before,) = service.send("GET", f"{path}?country=US").body["items"]
    assert before["catalogItemId"] == BASIC
    assert {(term["duration"], term["billingCycle"]) for term in before["terms"]} >= {("P1Y", "Monthly")}
    service.world_clock.advance(days=91)
    (after,) = service.send("GET", f"{path}?country=US").body["items"]
    assert after["catalogItemId"] != BASIC
    assert service.send("GET", f"{path}/CFQ7TTC0K971?country=US").code == (404, "400019")
    reply = service.send("GET", f"{path}/{after['id']}?country=US")
    assert (reply.status, reply.content[:1]) == (200, b"{")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/products/CFQ7NOBODY?country=US", (404, "400013")),
        ("/products/CFQ7TTC0LH18/skus/0009?country=US", (404, "400018")),
        ("/products?country=US&targetView=Everything", (403, "400036")),
    ],
)
def test_the_catalogue_refuses_what_it_does_not_have(tmp_path: Path, path: str, code: tuple[int, str]) -> None:
    assert bought(tmp_path).send("GET", path).code == code


def test_products_are_listed_once_and_a_customers_products_are_skus(tmp_path: Path) -> None:
    service = bought(tmp_path)
    listed = service.send("GET", "/products?country=US&targetView=OnlineServices").body["items"]
    assert len({item["id"] for item in listed}) == len(listed) > 10
    path = f"/customers/{service.tenant.tenant}/products?targetView=OnlineServices"
    skus = service.send("GET", path).body["items"]
    assert {"productId", "minimumQuantity"} <= set(skus[0])
    assert len(skus) > len(listed)
