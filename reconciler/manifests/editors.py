"""The manifests' JSON Schema, by which editors complete what is typed and mark what is wrong."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.manifests.catalogue import OFFER_ID_PATTERN
from reconciler.manifests.estate_files import MovesFile, OffersFile
from reconciler.manifests.fields import EXTENSION, Section
from reconciler.manifests.schema import Manifest
from reconciler.manifests.settings_schema import SettingsFile
from reconciler.manifests.terse import Terse

KINDS: Mapping[str, type[Section]] = {
    "customer": Manifest,
    "offers": OffersFile,
    "settings": SettingsFile,
    "moves": MovesFile,
}
"""The kinds of file in an estate."""

_DRAFT = "http://json-schema.org/draft-07/schema#"
"""The draft that editors' YAML servers read."""


def json_schema(kind: str, offer_names: Iterable[str] = ()) -> str:
    """The schema of one kind of file, draft 07. With the catalogue's names, an offer is one of them or an id.

    What it accepts `validate` may still refuse: a schema sees one file at a time, and not how a value is spelt.
    """
    schema: dict[str, Any] = KINDS[kind].model_json_schema(ref_template="#/definitions/{model}", schema_generator=Terse)
    definitions = schema.pop("$defs", {})
    names = sorted(set(offer_names))
    if names and "SubscriptionEntry" in definitions:
        offer = definitions["SubscriptionEntry"]["properties"]["offer"]
        offer["anyOf"] = [{"enum": names}, {"type": "string", "pattern": OFFER_ID_PATTERN}]
        del offer["type"]
    schema["patternProperties"] = {f"^{EXTENSION}": {}}
    head = {"$schema": _DRAFT, "$id": f"urn:reconciler:manifest:{kind}"}
    return json.dumps(head | schema | ({"definitions": definitions} if definitions else {}), indent=2) + "\n"
