"""The plan file: a plan as text, and the plan again from text that nobody altered.

Promises that what was hashed is what is loaded, and that any other text is refused with its reason. The fingerprint
guards against accidents, not against forgery. Never reads or writes a file, and never guesses what a member meant.
"""

import json
from itertools import pairwise
from typing import Any

from pydantic import ValidationError

from reconciler.model.errors import Misused, PlanFileRefused
from reconciler.model.plan import Plan
from reconciler.planning import Shard, contradiction
from reconciler.rendering.document import FORMAT_VERSION, canonical, digest, fingerprint, plan_json, spelling

__all__ = ["dump", "fingerprint", "load"]

_AGAIN = "Make the plan again: reconciler plan --out plan.json"


def dump(plan: Plan) -> str:
    """The plan file's text, to be written as UTF-8: the same document that `--format json` prints."""
    return plan_json(plan)


def load(text: str, where: str) -> Plan:
    """The plan that `dump` wrote. `where` is the file's name as the user typed it.

    Raises PlanFileRefused for anything that is no plan file, is damaged, was altered, or has a newer major version.
    """
    try:
        members = json.loads(text)
        claimed = members.pop("fingerprint", None) if isinstance(members, dict) else None
        content = canonical(members)
    except (ValueError, RecursionError):
        what = "This is no plan file, or it was cut short: it is not JSON."
        raise PlanFileRefused.because(what, _AGAIN, where) from None
    _check_version(members, where)
    if claimed != digest(content):
        raise PlanFileRefused.because("The plan file was altered: its content is not what was planned.", _AGAIN, where)
    try:
        document = spelling().validate_json(content, strict=True)
        plan = document.plan()
    except ValueError as error:
        what = f"The plan file is damaged: {_first_fault(error)}."
        raise PlanFileRefused.because(what, _AGAIN, where) from None
    _check_once(plan, where)
    _check_shard(plan, where)
    said = contradiction(plan, document.summary)
    if said:
        raise PlanFileRefused.because(f"The plan file is damaged: {said}.", _AGAIN, where)
    return plan


def _check_once(plan: Plan, where: str) -> None:
    for one, next_one in pairwise(plan.changes):
        if one.address == next_one.address:
            what = f"The plan file is damaged: it changes {one.address} twice."
            raise PlanFileRefused.because(what, _AGAIN, where)


def _check_shard(plan: Plan, where: str) -> None:
    """One shard, or of several plans as one the shards that were there."""
    told = plan.selection.shard
    try:
        for one in told.split(", ") if told is not None else ():
            Shard.parse(one)
    except Misused:
        what = f"The plan file is damaged: {told!r} is no shard."
        raise PlanFileRefused.because(what, _AGAIN, where) from None


def _check_version(members: Any, where: str) -> None:
    if not isinstance(members, dict) or "format_version" not in members:
        what = "This is no plan file: its format_version is missing."
        raise PlanFileRefused.because(what, "Give the file that reconciler plan --out wrote.", where)
    version = members["format_version"]
    major, _, minor = version.partition(".") if isinstance(version, str) else ("", "", "")
    if not (_is_number(major) and _is_number(minor)):
        raise PlanFileRefused.because("The plan file is damaged: its format_version is no version.", _AGAIN, where)
    if int(major) != int(FORMAT_VERSION.partition(".")[0]):
        writer = str(members.get("reconciler_version", "(unknown)"))
        what = f"The plan file has format {version}; this version of reconciler reads {FORMAT_VERSION}."
        remedy = f"Use reconciler {writer}, which wrote it, or plan again with this version."
        raise PlanFileRefused.because(what, remedy, where)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10  # noqa: PLR2004 -- more digits are no version


def _first_fault(error: ValueError) -> str:
    if not isinstance(error, ValidationError):
        return "a value is out of range"
    fault = error.errors(include_url=False, include_input=False, include_context=False)[0]
    return f"{'.'.join(map(str, fault['loc'])) or 'the document'}: {fault['msg']}"
