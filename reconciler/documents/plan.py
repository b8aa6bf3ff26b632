"""The plan's document: what `--format json` prints is what a plan file holds.

Promises that what was hashed is what is loaded, and that any other text is refused with its reason. The fingerprint
guards against accidents, not against forgery.
"""

from reconciler import advice
from reconciler.documents.coherence import contradiction
from reconciler.documents.format import Derived, Format
from reconciler.documents.requests import requests_of_plan
from reconciler.documents.text import canonical, digest, encodable, indented, parse
from reconciler.documents.unreadable import Unreadable
from reconciler.model.errors import PlanFileRefused
from reconciler.model.plan import Plan, Summary

FORMAT = Format(
    Plan,
    "2.0",
    upgrades=(requests_of_plan,),
    names_writer=True,
    derived={
        "unchanged": Derived(
            name="summary",
            type=Summary,
            write=lambda plan: plan.summary,
            read=lambda summary: summary.unchanged,
            contradicted="its summary does not count what it lists",
        )
    },
    required=frozenset(
        {"observed_from", "selection", "errored", "changes", "blocked", "pending", "drift", "warnings", "undeclared"}
        | {"observed", "limits"}
    ),
    contradiction=contradiction,
)
FOLLOWS_FINGERPRINT = "errored"
"""The member before which the fingerprint stands."""


def dump(plan: Plan) -> str:
    """Returns the plan's document: byte for byte the same for the same plan and version of the program."""
    members = encodable(FORMAT.members(plan))
    signed = {"fingerprint": digest(canonical(members))}
    at = list(members).index(FOLLOWS_FINGERPRINT)
    return indented({**dict(list(members.items())[:at]), **signed, **dict(list(members.items())[at:])})


def fingerprint(plan: Plan) -> str:
    """Returns `sha256:…` over the document's other members: the same as in the file that this version writes."""
    return digest(canonical(encodable(FORMAT.members(plan))))


def load(text: str, where: str) -> Plan:
    """Returns the plan that `dump` wrote. `where` is the file's name as the user typed it.

    Raises PlanFileRefused for anything that is no plan file, is damaged, was altered, or has a newer major version.
    """
    try:
        return _read(text)
    except Unreadable as error:
        data = {"fault": next(iter(error.faults), ""), **error.data}
        code = f"plan_{error.code}" if advice.row_or_none(f"plan_{error.code}") else "plan_not_json"
        raise PlanFileRefused(advice.problem(code, where, **data)) from None


def _read(text: str) -> Plan:
    try:
        members = parse(text)
    except Unreadable as error:
        raise Unreadable("no_version" if error.code == "not_an_object" else error.code, **error.data) from None
    claimed = members.pop("fingerprint", None)
    FORMAT.check_version(members)
    content = canonical(members)
    if claimed != digest(content):
        raise Unreadable("altered")
    return FORMAT.value(members, content)
