"""What a change of the manifests does to the estate's own guards, in words; every format says it first."""

from collections.abc import Iterable

from reconciler.model.plan import Notice
from reconciler.rendering.items import FIELDS
from reconciler.rendering.page import Page

_MEANINGS = {
    "cloud": "another cloud has other customers and other prices",
    "state": "what was bought and what is pending is remembered at the old location",
    "lineage": "the guard against a lost or mistyped state location",
    "partner.tenant": "another partner's tenant signs in",
    "partner.client_id": "another application signs in",
    "partner.auth": "it signs in another way",
    "names": "an upgrade goes ahead though the service calls its offer otherwise than offers.yaml",
    "partner.mpn_id": "other subscriptions count as your own",
}

_WAITS = {
    "wait.timeout_seconds": "a lost answer is watched for less long before a change is sent again or given up",
    "wait.interval_seconds": "what became of a lost answer is looked at less often",
    "wait.request_seconds": "a write is taken for lost earlier, and other runs may give it up earlier",
}

_FLAGS = {
    "allow_seat_loss": "seats may be removed there",
    "alias": "whatever the service calls this offer is taken for right",
    "allow_duplicate_offer": "an offer may be bought there that the customer holds already",
}


def heading(notices: Iterable[Notice]) -> str:
    """What they all come to."""
    codes = {one.code for one in notices}
    if "guard_loosened" in codes:
        return "READ THIS FIRST: this change loosens its own guards"
    if "guard_moved" in codes:
        return "READ THIS FIRST: this change moves its own guards"
    return "This change tightens its own guards"


def means(notice: Notice) -> str:
    """Why it matters."""
    if notice.code == "guard_tightened":
        return "less is let through than before"
    setting = notice.subject.rpartition(": ")[2]
    return _MEANINGS.get(setting) or _FLAGS.get(setting) or _WAITS.get(setting) or "more is let through than before"


def values(notice: Notice) -> str:
    """`before -> after`."""
    return f"{notice.before} -> {notice.after}"


def guards_text(notices: tuple[Notice, ...], *, width: int = 80, color: bool = False) -> str:
    """The notices by themselves."""
    page = Page(width=width, color=color)
    write_guards(page, notices)
    return page.text()


def write_guards(page: Page, notices: tuple[Notice, ...]) -> None:
    """The notices, each with its place."""
    weaker = any(one.code != "guard_tightened" for one in notices)
    page.write((heading(notices), "bold red" if weaker else "bold"))
    for one in notices:
        mark = ("- ", "") if one.code == "guard_tightened" else ("! ", "bold red")
        right = (str(one.source), "dim") if one.source else ""
        page.ends(((one.subject, "bold"), f": {values(one)}"), right, indent=2, mark=mark)
        page.write(means(one), indent=FIELDS - 2)
    page.gap()
