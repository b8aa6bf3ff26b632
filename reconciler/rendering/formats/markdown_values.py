"""Shows one value in Markdown: a field's value, the name of an item's customer, an arrow."""

from reconciler.rendering.formats.commonmark import (
    code,
    wanted,
    words,
)
from reconciler.rendering.report import (
    Amount,
    Field,
    Item,
    Monthly,
    Names,
    Tone,
)


def called(item: Item, between: str = " ") -> str:
    """Returns what people call the item's customer, after its address."""
    called = words(item.customer)
    return f"{between}{called if between.strip() else f'({called})'}" if item.customer else ""


def shown_value(field: Field) -> str:
    """Returns a field's value."""
    value = field.value
    if isinstance(value, Names):
        return wanted(value.names)
    if isinstance(value, Amount | Monthly):
        return f"{value.figures}{value.delta}".replace("->", "→")
    return arrows(code(value) if field.tone is Tone.OPTIONS else words(value))


def arrows(text: str) -> str:
    """Returns a text with arrows as one character."""
    return text.replace(" -&gt; ", " → ")
