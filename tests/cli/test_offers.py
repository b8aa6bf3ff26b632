"""`offers`: the live catalogue, and what it advertises."""

import json
from collections.abc import Callable

import pytest
import yaml

from reconciler.manifests.estate import read_catalogue
from reconciler.model.offer import CatalogueOffer
from reconciler.rendering.formats import paint
from reconciler.rendering.reports.offers import offers_report
from reconciler.sandbox.catalogue import BUSINESS, CHINA_E1, E3
from tests.cli.estates import Answer, Estate
from tests.rendering.shown import a_view

Program = Callable[..., Answer]


@pytest.mark.usefixtures("estate")
def test_each_offer_stands_with_its_id_and_what_it_advertises(reconciler: Program) -> None:
    answer = reconciler("offers")

    assert answer.code == 0
    assert f"Office 365 Enterprise E3 {E3.lower()}" in answer.text
    assert f"Office 365 Business {BUSINESS.lower()} -> Office 365 Enterprise E3" in answer.text


@pytest.mark.usefixtures("estate")
def test_a_word_narrows_it_down_and_the_country_chooses_the_catalogue(reconciler: Program) -> None:
    narrowed = reconciler("offers", "enterprise e3", "--format", "json")
    chinese = json.loads(reconciler("offers", "--country", "cn", "--format", "json").out)

    assert [load["id"] for load in json.loads(narrowed.out)["offers"]] == [E3.lower()]
    assert chinese["country"] == "CN"
    assert CHINA_E1 in {item["id"] for item in chinese["offers"]}


def test_as_yaml_it_is_a_catalogue_for_the_estate(estate: Estate, reconciler: Program) -> None:
    written = reconciler("offers", "--format", "yaml").out
    (estate.root / "manifests" / "offers.yaml").write_text(written)

    assert yaml.safe_load(written)["offers"]["Office 365 Enterprise E3"] == E3.lower()
    assert "Office 365 Enterprise E3" in read_catalogue(estate.root / "manifests").offers


@pytest.mark.usefixtures("estate")
def test_what_is_no_country_is_refused(reconciler: Program) -> None:
    answer = reconciler("offers", "--country", "Germany")

    assert (answer.code, answer.out) == (1, "")
    assert "is not a country's code" in answer.err


def test_what_the_catalogue_calls_its_offers_does_not_act() -> None:
    evil = CatalogueOffer(id="?", name="\x1b[2J\u202e##vso[x]\n::error::", upgrades=("\x1b",))

    shown = paint("text", offers_report([evil], "US", [evil]), a_view())

    assert not any(sign in shown for sign in ("\x1b", "\u202e", "##vso[", "\n::"))
