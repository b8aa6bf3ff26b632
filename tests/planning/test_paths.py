"""Hints at a way in two steps."""

import pytest

from reconciler.changes.rules.paths import by_way_of


@pytest.mark.parametrize(
    ("source", "target", "way"),
    [
        ("Office 365 Business Essentials", "Office 365 Enterprise E3", ("Office 365 Business Premium",)),
        ("Office 365 Business", "Office 365 Enterprise E3", ("Office 365 Business Premium",)),
        ("OFFICE 365  business", "Office 365 Enterprise E3 (operated by 21Vianet)", ("Office 365 Business Premium",)),
        ("Office 365 Business Premium", "Office 365 Enterprise E3", ()),
        ("Office 365 Enterprise E1", "Office 365 Enterprise E3", ()),
        ("", "", ()),
    ],
)
def test_the_matrix_knows_the_offers_in_between(source: str, target: str, way: tuple[str, ...]) -> None:
    assert by_way_of(source, target, []) == way


def test_an_offer_that_the_service_permits_now_is_named_as_the_service_names_it() -> None:
    name = "Office 365 Business Premium (operated by 21Vianet)"
    assert by_way_of("Anything", "Office 365 Enterprise E3 operated by 21Vianet", [name, "Another"]) == (name,)


def test_an_offer_that_leads_nowhere_is_no_hint() -> None:
    assert by_way_of("Anything", "Office 365 Enterprise E3", ["Office 365 ProPlus"]) == ()
