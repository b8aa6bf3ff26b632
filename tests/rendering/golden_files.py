"""Expected texts kept as files, so that a change of what people read is reviewed as a change of text."""

import os
from pathlib import Path

from reconciler.rendering.formats import paint
from reconciler.rendering.report import Report
from tests.rendering.shown import a_view

_FOLDER = Path(__file__).parent / "golden"


def check(name: str, text: str) -> None:
    """Compares with `golden/<name>.txt`. With RECONCILER_UPDATE_GOLDEN=1 in the environment, writes it instead."""
    file = _FOLDER / f"{name}.txt"
    if os.environ.get("RECONCILER_UPDATE_GOLDEN"):
        file.write_bytes(text.encode())
    assert text == file.read_bytes().decode()


def shown(report: Report, width: int = 80) -> str:
    return paint("text", report, a_view(width=width))
