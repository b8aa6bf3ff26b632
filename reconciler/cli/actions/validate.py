"""Carries out `reconciler validate`."""

import os
from dataclasses import replace
from pathlib import Path

from reconciler.cli import annotating
from reconciler.cli.chosen import Chosen, again
from reconciler.cli.rehearsal import rehearsal
from reconciler.cli.terminal import output
from reconciler.cli.workspace import in_repository
from reconciler.model.errors import InvalidInput
from reconciler.operations.validation import Validation
from reconciler.operations.validation import validate as found_in
from reconciler.rendering.as_json import validation_json
from reconciler.rendering.formats import paint
from reconciler.rendering.hosts import of_pipeline
from reconciler.rendering.reports.failure import validation_report
from reconciler.rendering.view import View


def validate(files: tuple[Path, ...], form: str, chosen: Chosen) -> int:
    """Checks the manifests, and prints how much they declare; returns 1 where a format has shown problems.

    Raises InvalidInput with every problem where they are shown as text.
    """
    found = found_in(chosen.root, files, rehearsal=rehearsal(chosen.cloud))
    screen = output(no_color=chosen.no_color, forms=(form,))
    if form == "json":
        counts = found.customers, found.subscriptions
        screen.write(validation_json(found.problems, *counts, chosen.invocation))
        return 1 if found.problems else 0
    if not found.problems:
        screen.say(*_summary(found, chosen))
        return 0
    error = InvalidInput(*found.problems)
    if form == "text":
        raise error
    view = in_repository(of_pipeline(View(invocation=chosen.invocation), os.environ, None), chosen.root, os.environ)
    text = paint(form, validation_report(error), replace(view, annotations=annotating.room(form)))
    screen.write(text)
    annotating.shown(form, text)
    return 1


def _summary(validation: Validation, chosen: Chosen) -> tuple[str, ...]:
    declared = f"{_count(validation.customers, 'customer')}, {_count(validation.subscriptions, 'subscription')}"
    if not validation.files:
        return (f"The manifests are valid: {declared}.",)
    checked = f"{_count(validation.files, 'file')} checked, without a problem."
    if not validation.elsewhere:
        return (checked,)
    others = f"{checked} Other files of the estate have {_count(validation.elsewhere, 'problem')}:"
    return others, again("validate", chosen=chosen)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
