"""A plan as one self-contained web page: to be searched, filtered and sorted, by mouse, finger, keyboard or ear.

The page asks nothing of any network, and its own policy forbids it to. Every value passes `visible` and is escaped on
its way into the template, whatever the template does; only what stands in the template's own files acts.
"""

from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from reconciler.documents.plan import fingerprint
from reconciler.model.plan import Plan
from reconciler.rendering.asked import also, asked_before, blocked_before
from reconciler.rendering.catalogue import catalogue_notices
from reconciler.rendering.catalogue import heading as catalogue_heading
from reconciler.rendering.foremost import foremost
from reconciler.rendering.gravity import is_one_way
from reconciler.rendering.guards import heading, means
from reconciler.rendering.html_items import Filters, blocked, others, ready
from reconciler.rendering.html_seats import by_offer
from reconciler.rendering.notices import DROPPED, exceeded, overriding
from reconciler.rendering.phrases import CLOUDS, count
from reconciler.rendering.places import source_url, web
from reconciler.rendering.prose import passages
from reconciler.rendering.safe import defused, visible
from reconciler.rendering.verdict import (
    compared,
    counts,
    origin,
    plain,
    selected,
    unknown,
    verdict,
)
from reconciler.rendering.view import View

Tile = tuple[str, int, str, str]
"""A count: what of, how many, how it is coloured, and the section that tells of it, if one does."""


def plan_html(plan: Plan, view: View) -> str:
    """The page, a whole document."""
    filters = Filters()
    sections = {
        "ready": [ready(change, filters, view) for change in plan.changes],
        "blocked": blocked(plan, filters, view),
        "others": others(plan, filters, view),
    }
    page = _environment().get_template("plan.html.jinja")
    return defused(page.render(_facts(plan, view) | _own() | sections | {"filters": filters, "chart": by_offer(plan)}))


def _facts(plan: Plan, view: View) -> dict[str, Any]:
    return {
        "plan": plan,
        "view": view,
        "verdict": plain(verdict(plan)),
        "counts": counts(plan),
        "tiles": [tile for tile in _tiles(plan) if tile[1]],
        "cloud": CLOUDS.get(plan.cloud, plan.cloud),
        "origin": origin(plan, view.now),
        "selected": selected(plan),
        "compared": compared(plan),
        "guards": heading(plan.notices) if plan.notices else "",
        "means": means,
        "catalogue": catalogue_notices(plan),
        "catalogue_heading": catalogue_heading,
        "breaches": [exceeded(breach) for breach in plan.limits],
        "override": overriding(view.next_command, plan.limits) if plan.limits and plan.changes else "",
        "dropped": DROPPED,
        "asked_before": asked_before(plan),
        "before": frozenset(plan.asked_before),
        "also": also(plan),
        "foremost": foremost(plan),
        "blocked_before": blocked_before(plan),
        "losing": [change for change in plan.changes if change.seats < 0],
        "removed": plan.summary.seats_removed,
        "unknown": unknown(plan),
        "one_way": [change.address for change in plan.changes if is_one_way(change)],
        "place_url": lambda place: source_url(place, view),
        "fingerprint": fingerprint(plan),
        "run_url": web(view.run_url),
        "count": count,
        "told": passages,
    }


def _tiles(plan: Plan) -> Iterator[Tile]:
    summary = plan.summary
    yield "upgrades", summary.upgrade, "good", "ready"
    yield "resizes", summary.resize, "good", "ready"
    yield "blocked", summary.blocked, "bad", "blocked"
    yield "outcome unknown", unknown(plan), "bad", "pending"
    yield "waiting", summary.waiting, "", "pending"
    yield "unchanged", summary.unchanged, "", ""
    yield "seats upgraded", summary.seats_upgraded, "", "ready"
    yield "seats added", summary.seats_added, "", "ready"
    yield "seats removed", summary.seats_removed, "bad", "ready"
    yield "changed outside", len(plan.drift), "", "drift"
    yield "no longer declared", len(plan.undeclared), "", "undeclared"


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("reconciler.rendering", "web"),
        autoescape=True,
        finalize=_harmless,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _harmless(value: object) -> object:
    return value if isinstance(value, (Markup, int)) else visible(str(value))


@cache
def _own() -> dict[str, object]:
    """The page's own style and script, and the hashes by which its policy knows them."""
    loader = PackageLoader("reconciler.rendering", "web")
    own: dict[str, object] = {}
    for name in ("plan.css", "plan.js"):
        source = loader.get_source(_environment(), name)[0]
        kind = name.removeprefix("plan.")
        own[kind] = Markup(source)  # noqa: S704 -- our own file
        own[f"{kind}_hash"] = Markup(_hash(source))  # noqa: S704 -- base 64
    return own


def _hash(source: str) -> str:
    return f"sha256-{b64encode(sha256(source.encode()).digest()).decode()}"
