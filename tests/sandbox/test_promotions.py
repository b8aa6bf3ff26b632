"""Promotions: listed, and whether a customer may have one."""

from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.modern import PREMIUM
from tests.sandbox.ordering import COPILOT, a_shop

PROMOTION = "39NFJQT1PFPJ:000H:39NFJQT1Q5DK"


def eligibilities(path: Path, **asked: Any) -> list[dict[str, Any]]:
    """The answer about 30 seats of Business Premium for a year, paid monthly."""
    service = a_shop(path)
    item = {"catalogItemId": PREMIUM, "quantity": 30, "termDuration": "P1Y", "billingCycle": "Monthly", **asked}
    reply = service.send("POST", f"/customers/{service.tenant.tenant}/promotionEligibilities", {"items": [item]})
    found: list[dict[str, Any]] = reply.body["items"][0]["eligibilities"]
    return found


def test_promotions_are_listed_for_a_segment(tmp_path: Path) -> None:
    service = a_shop(tmp_path)
    listed = {
        segment: [found["id"] for found in service.send("GET", path).body["items"]]
        for segment in ("commercial", "education")
        if (path := f"/productpromotions?country=US&segment={segment}")
    }
    assert listed == {"commercial": [PROMOTION], "education": []}


def test_a_promotion_that_fits_is_eligible_named_or_not(tmp_path: Path) -> None:
    expected = [{"promotionId": PROMOTION, "isEligible": True}]
    assert eligibilities(tmp_path) == eligibilities(tmp_path, promotionId=PROMOTION) == expected


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ({"catalogItemId": "CFQ7TTC00000:0001:CFQ7TTC00000", "promotionId": PROMOTION}, "InvalidCatalogItemId"),
        ({"catalogItemId": COPILOT, "promotionId": PROMOTION}, "InvalidPromotion"),
        ({"catalogItemId": COPILOT}, "NoPromotionsAvailable"),
        ({"termDuration": "P1M"}, "Term"),
        ({"quantity": 101}, "SeatCount"),
    ],
)
def test_what_stands_against_a_promotion_has_a_type(tmp_path: Path, asked: dict[str, Any], kind: str) -> None:
    (found,) = eligibilities(tmp_path, **asked)
    assert (found["isEligible"], [error["type"] for error in found["errors"]]) == (False, [kind])
