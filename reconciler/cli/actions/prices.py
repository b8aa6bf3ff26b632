"""Carries out `reconciler prices …`."""

import os
from dataclasses import replace

from reconciler.advice import problem
from reconciler.cli import annotating
from reconciler.cli.chosen import Chosen
from reconciler.cli.terminal import output
from reconciler.cli.wiring import Wiring
from reconciler.cli.workspace import in_repository
from reconciler.model.errors import InvalidInput
from reconciler.operations.prices import check_prices
from reconciler.rendering.as_json import prices_json
from reconciler.rendering.formats import paint
from reconciler.rendering.hosts import of_pipeline
from reconciler.rendering.reports.prices import prices_report
from reconciler.rendering.view import View


def check(form: str, chosen: Chosen) -> None:
    """Shows what the price sheets are of, and what has no price. Raises InvalidInput where there is no sheet."""
    wiring = Wiring(chosen=chosen)
    if not wiring.prices:
        raise InvalidInput(problem("price_sheets_none", "reconciler.yaml"))
    found = check_prices(wiring.estate, wiring.prices, wiring.service.now().date())
    screen = output(no_color=chosen.no_color, forms=(form,))
    if form == "json":
        screen.write(prices_json(found))
    elif form == "text":
        screen.show(prices_report(found), chosen.invocation)
    else:
        view = in_repository(of_pipeline(View(invocation=chosen.invocation), os.environ, None), chosen.root, os.environ)
        text = paint(form, prices_report(found), replace(view, annotations=annotating.room(form)))
        screen.write(text)
        annotating.shown(form, text)
