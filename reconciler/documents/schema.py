"""The published JSON Schema of a plan's document, by which others check and read it."""

import json
from importlib.resources import files
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from reconciler.documents.plan import FOLLOWS_FINGERPRINT, FORMAT


def plan_schema() -> str:
    """Returns the schema as it is published with the program: draft 2020-12, with the fingerprint of every document.

    Members that it does not name are allowed: a newer minor version of the format adds some.
    """
    return files("reconciler.documents").joinpath("plan.schema.json").read_text("utf-8")


class _Written(GenerateJsonSchema):
    """A document always has all of its members; and a title that only repeats a member's name says nothing."""

    def field_is_required(self, *_: object, **__: object) -> bool:
        return True

    def field_title_should_be_set(self, _: object) -> bool:
        return False


def generated() -> str:
    """Returns the schema made from the model of today: what `plan.schema.json` must hold."""
    schema: dict[str, Any] = FORMAT.shape.model_json_schema(mode="serialization", schema_generator=_Written)
    properties = schema["properties"]
    before = list(properties).index(FOLLOWS_FINGERPRINT)
    members = [*properties.items()]
    members.insert(before, ("fingerprint", {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}))
    schema |= {"properties": dict(members), "required": [*schema["required"], "fingerprint"]}
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:reconciler:plan:{FORMAT.version}",
        "title": "A plan of reconciler",
    }
    return json.dumps({**head, **{key: value for key, value in schema.items() if key not in head}}, indent=2) + "\n"
