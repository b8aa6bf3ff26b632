"""Shortens pydantic's JSON Schema, so that an editor's hints are short and strict."""

from typing import Any

from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema


class Terse(GenerateJsonSchema):
    """Names of keys are checked, too; a title that only repeats a key says nothing."""

    def dict_schema(self, schema: core_schema.DictSchema) -> dict[str, Any]:
        made = super().dict_schema(schema)
        for pattern, values in made.pop("patternProperties", {}).items():
            made["additionalProperties"] = values
            made["propertyNames"] = {"pattern": pattern, **made.get("propertyNames", {})}
        return made

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> dict[str, Any]:
        """A key that may be left out is not for that a key that may be empty."""
        made = super().default_schema(schema)
        if made.get("default", self) is None:
            first, *others = (choice for choice in made["anyOf"] if choice != {"type": "null"})
            made = {"anyOf": [first, *others]} if others else first
        return made

    def field_title_should_be_set(self, _: object) -> bool:
        return False
