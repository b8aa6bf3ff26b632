"""The meaning of names of `offers.yaml`, where a reader would be misled: said before the plan itself, in every
format.
"""

import html
import json
import re
from dataclasses import replace
from xml.etree.ElementTree import fromstring

import pytest

from reconciler.model.plan import Plan
from reconciler.rendering.phrases import offers
from reconciler.rendering.subjects.plans import FORMATS
from tests.rendering.plans import (
    E3,
    E5_NAMED,
    M365_E5,
    PREMIUM,
    after,
    before,
    blocked,
    catalogue_name,
    named_otherwise,
    plan,
    upgrade,
)
from tests.rendering.shown import a_view

VIEW = a_view(width=200)
PEOPLE = ("text", "markdown", "html", "github", "azure-devops", "junit", "sarif")
REDEFINED = "names of offers.yaml mean other offers than before"
MISNAMED = "the service's names of offers differ from offers.yaml"


def _misnamed() -> Plan:
    return plan(named_otherwise(), named_otherwise("fabrikam/mail", 50), catalogue=(catalogue_name(),))


def _redefined() -> Plan:
    moved = [upgrade(f"{name}/office", seats=40) for name in ("contoso", "fabrikam")]
    by_name = [replace(item, after=replace(item.after, catalogue_name="Suite")) for item in moved]
    held = blocked("northwind/office", new=replace(after(), catalogue_name="Suite"))
    return plan(*by_name, blocked=(held,), catalogue=(catalogue_name("Suite", E3, was=PREMIUM),))


def _shown(made: Plan, form: str) -> str:
    text = FORMATS[form](made, VIEW)
    if form == "sarif":
        return "\n".join(load["message"]["text"] for load in json.loads(text)["runs"][0]["results"])
    if form == "junit":
        return "\n".join(filter(None, (item.text for item in fromstring(text).iter())))
    return html.unescape(re.sub(r"</?\w[^>]*>", "", text)) if form == "html" else text


@pytest.mark.parametrize("form", PEOPLE)
def test_a_misnamed_offer_is_told_first_with_both_names_its_id_and_what_it_buys(form: str) -> None:
    shown = _shown(_misnamed(), form)
    box = shown[shown.index(MISNAMED) :]

    assert shown.index(MISNAMED) < shown.index("contoso/office")
    for said in (E5_NAMED, M365_E5.name, M365_E5.id, "2 subscriptions with 250 seats"):
        assert said in box[:600], said


@pytest.mark.parametrize("form", PEOPLE)
def test_a_name_that_means_another_offer_is_told_first_with_how_much_it_moves(form: str) -> None:
    shown = _shown(_redefined(), form)
    box = shown[shown.index(REDEFINED) :]

    for said in (PREMIUM.id, E3.id, "2 subscriptions with 80 seats", "25 seats"):
        assert said in box[:600], said


@pytest.mark.parametrize("form", ["github", "azure-devops", "sarif"])
@pytest.mark.parametrize("made", [_misnamed(), _redefined()], ids=["misnamed", "redefined"])
def test_the_annotation_stands_at_the_line_of_the_name_and_comes_first(form: str, made: Plan) -> None:
    text = FORMATS[form](made, VIEW)
    if form == "sarif":
        first = json.loads(text)["runs"][0]["results"][0]
        place = first["locations"][0]["physicalLocation"]
        assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("manifests/offers.yaml", 4)
        assert "None" not in first["partialFingerprints"]["addressAndCode/v1"]
        return
    line = next(line for line in text.splitlines() if "manifests/" in line)
    assert re.search(r"manifests/offers\.yaml[,;]line(number)?=4", line)


def test_the_document_has_both_names_and_the_line() -> None:
    document = json.loads(FORMATS["json"](_misnamed(), VIEW))

    assert document["changes"][0]["after"]["offer_name"] == M365_E5.name
    assert document["changes"][0]["after"]["catalogue_name"] == E5_NAMED
    assert document["catalogue"][0]["source"]["line"] == 4


def test_no_offer_goes_over_into_one_of_the_same_name() -> None:
    renamed = replace(after(E3), offer_name=PREMIUM.name.upper(), catalogue_name=PREMIUM.name)
    unknown = replace(after(E3), offer_name=E3.id, catalogue_name=PREMIUM.name)
    nameless = replace(after(E3), offer_name=PREMIUM.name)

    for wanted in (renamed, unknown, nameless):
        old, new = offers(before(), wanted)
        assert E3.id in new
        assert old.startswith(PREMIUM.name)
        assert not new.startswith(old)


def test_a_name_of_our_own_stands_beside_the_services() -> None:
    (_, new) = offers(before(), named_otherwise().after)

    assert new == f"{M365_E5.name} (in offers.yaml: {E5_NAMED})"
