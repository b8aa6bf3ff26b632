"""The JSON Schema of the manifests: what an editor accepts, marks and completes."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from reconciler.manifests.editors import KINDS, json_schema

ROOT = Path(__file__).parents[2]
BAD = Path(__file__).parent / "bad"
E3 = "796B6B5F-613C-4E24-A17C-EBA730D49C02"

BEYOND = {
    "alias-bomb",
    "alias-within-itself",
    "a-copied-manifest",
    "anchors-across-documents",
    "broken-indentation",
    "colons-left-out",
    "conflict-markers",
    "duplicate-customers",
    "duplicate-keys",
    "merge-keys",
    "merged-id-under-two-addresses",
    "moves-astray",
    "nested-too-deeply",
    "no-catalogue",
    "one-fault-hides-no-other",
    "one-id-under-two-addresses",
    "signs-out-of-place",
    "state-location-with-container",
    "state-location-with-control",
    "state-location-with-credentials",
    "state-location-with-home",
    "state-location-with-user",
    "strange-keys",
    "tabs",
    "tags",
    "two-catalogues",
    "two-settings",
    "unclosed",
    "unknown-offers",
}
"""Faults of the YAML itself, between files, or in what a value means: `validate` finds them, a schema can't."""


def kind_of(path: Path) -> str:
    return {"offers": "offers", "reconciler": "settings"}.get(path.stem, "customer")


def checker(kind: str, *names: str) -> Any:
    return Draft7Validator(json.loads(json_schema(kind, names)))


@pytest.mark.parametrize("kind", KINDS)
def test_each_schema_is_one_of_the_draft_that_editors_read(kind: str) -> None:
    Draft7Validator.check_schema(json.loads(json_schema(kind, ["Office 365 Enterprise E3"])))


@pytest.mark.parametrize(
    "path",
    [*sorted((ROOT / "manifests").rglob("*.yaml")), *sorted((ROOT / "examples").rglob("manifests/*.yaml"))],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_every_example_is_valid(path: Path) -> None:
    for document in yaml.safe_load_all(path.read_text("utf-8")):
        checker(kind_of(path)).validate(document)


@pytest.mark.parametrize("fault", sorted(path.name for path in BAD.iterdir() if path.name not in BEYOND))
def test_a_fault_that_stands_in_one_file_is_marked(fault: str) -> None:
    texts = {path: path.read_text("utf-8") for path in sorted((BAD / fault).rglob("*.y*ml"))}
    found = [
        error
        for path, text in texts.items()
        for document in yaml.safe_load_all(text)
        for error in checker(kind_of(path)).iter_errors(document)
    ]

    assert found


def test_an_offer_is_a_name_of_the_catalogue_or_an_id() -> None:
    entry = {"id": "5ea053d6-1a53-4a4c-96c1-2e3a2c6c5a4e", "quantity": 1}
    customer = {"name": "contoso", "tenant": "0c39d6d5-c70d-4c55-bc02-f620844f3fd1"}

    def accepted(offer: str, *names: str) -> bool:
        manifest = {"customer": customer, "subscriptions": {"office": {**entry, "offer": offer}}}
        return bool(checker("customer", *names).is_valid(manifest))

    assert all(
        accepted(offer, "E3") for offer in ("E3", E3, E3.lower(), "ms-azr-0145p", "CFQ7TTC0LH18:0001:CFQ7TTC0K971")
    )
    assert not accepted("E4", "E3")
    assert accepted("E4")


def test_the_names_of_the_catalogue_are_completed() -> None:
    schema = json.loads(json_schema("customer", ["b", "a"]))

    assert schema["definitions"]["SubscriptionEntry"]["properties"]["offer"]["anyOf"][0] == {"enum": ["a", "b"]}
