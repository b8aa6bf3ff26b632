"""Texts as YAML scalars, and so the names of offers as a manifest writes them."""

from collections.abc import Mapping

from reconciler.manifests.scalars import scalar
from reconciler.model.characters import all_seen, escaped
from reconciler.model.offer import Offer

_PLAIN_SIGNS = frozenset(" -_.()+/&,")
"""Characters of an unquoted text beside letters and digits."""


def scalar_text(text: str) -> str:
    """Returns a text as YAML of every version reads it back: plain where that is safe, else in double quotes."""
    plain = (
        all(character.isalnum() or character in _PLAIN_SIGNS for character in text)
        and text[:1].isalnum()
        and text[-1:] != " "
    )
    if plain and all_seen(text) and scalar(text) == text:
        return text
    return double_quoted(text)


def double_quoted(text: str) -> str:
    """Returns a text in double quotes, with what they or nobody would show as an escape."""
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped(quoted)}"'


def written_as(catalogue: Mapping[str, Offer]) -> Mapping[str, str]:
    """Returns what a manifest writes for each offer, by its id: the first name that stands for it, as YAML."""
    names: dict[str, str] = {}
    for name, offer in catalogue.items():
        names.setdefault(offer.id, scalar_text(name))
    return names
