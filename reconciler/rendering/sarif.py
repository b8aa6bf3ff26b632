"""A plan as SARIF 2.1.0, for code scanning: a result for each finding with a place in a manifest.

What has no place is a notification of the run, since hosts refuse results without one.
"""

import re
from datetime import UTC
from typing import Any
from urllib.parse import quote

from pydantic_core import to_json

from reconciler.model.plan import Plan
from reconciler.model.subscription import Place
from reconciler.rendering.document import fingerprint
from reconciler.rendering.findings import Finding, findings
from reconciler.rendering.places import inside, path
from reconciler.rendering.safe import json_safe, visible
from reconciler.rendering.verdict import counts, plain, verdict
from reconciler.rendering.view import View

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"


def plan_sarif(plan: Plan, view: View) -> str:
    """The log: one run, a rule for each code. Alerts keep their identity by address and code."""
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [_run(plan, view, [*findings(plan, view)])]}
    return json_safe(to_json(log, indent=2).decode()) + "\n"


def _run(plan: Plan, view: View, found: list[Finding]) -> dict[str, Any]:
    codes = {one.code: one for one in reversed(found)}
    index = {code: at for at, code in enumerate(sorted(codes))}
    others = [one for one in found if not _is_placed(one, view)]
    driver = {"name": "reconciler", "version": visible(view.version), "rules": [_rule(codes[code]) for code in index]}
    return {
        "tool": {"driver": driver},
        "invocations": [_invocation(plan, others)],
        "results": [_result(one, index[one.code], view) for one in found if _is_placed(one, view)],
        "columnKind": "unicodeCodePoints",
        "properties": {"planFingerprint": fingerprint(plan)},
    }


def _is_placed(finding: Finding, view: View) -> bool:
    return finding.place is not None and inside(finding.place, view)


def _invocation(plan: Plan, found: list[Finding]) -> dict[str, Any]:
    return {
        "executionSuccessful": not plan.errored,
        "endTimeUtc": f"{plan.created_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "toolExecutionNotifications": [_overview(plan), *map(_notification, found)],
    }


def _overview(plan: Plan) -> dict[str, Any]:
    """What it all comes to, first."""
    return {"level": "note", "message": _text(f"{plain(verdict(plan))} {counts(plan)}")}


def _rule(finding: Finding) -> dict[str, Any]:
    return {
        "id": visible(finding.code),
        "shortDescription": {"text": visible(finding.says) or "-"},
        "defaultConfiguration": {"level": str(finding.level)},
    }


def _result(finding: Finding, rule: int, view: View) -> dict[str, Any]:
    location: dict[str, Any] = {
        "logicalLocations": [{"fullyQualifiedName": str(finding.address), "kind": "resource"}],
    }
    if finding.place is not None:
        location = {"physicalLocation": _physical(finding.place, view), **location}
    return {
        "ruleId": visible(finding.code),
        "ruleIndex": rule,
        "level": str(finding.level),
        "message": _message(finding),
        "locations": [location],
        "partialFingerprints": {"addressAndCode/v1": visible(f"{finding.address} {finding.code}")},
    }


def _physical(place: Place, view: View) -> dict[str, Any]:
    return {
        "artifactLocation": {"uri": quote(path(place, view), errors="replace"), "uriBaseId": _ROOT},
        "region": {"startLine": place.line, "startColumn": place.column},
    }


def _notification(finding: Finding) -> dict[str, Any]:
    return {"descriptor": {"id": visible(finding.code)}, "level": str(finding.level), "message": _message(finding)}


def _message(finding: Finding) -> dict[str, str]:
    return _text(f"{visible(finding.title)}\n{finding.text}")


def _text(text: str) -> dict[str, str]:
    """In a SARIF message brackets make links and braces placeholders (sections 3.11.5 and 3.11.6)."""
    return {"text": re.sub(r"[{}]", r"\g<0>\g<0>", re.sub(r"[\\\[\]]", r"\\\g<0>", text))}
