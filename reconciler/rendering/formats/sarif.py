"""A report as SARIF 2.1.0, for code scanning: a result for each finding with a place in a manifest.

What has no place is a notification of the run, since hosts refuse results without one.
"""

import re
from collections.abc import Iterable
from datetime import UTC
from typing import Any
from urllib.parse import quote

from pydantic_core import to_json

from reconciler.documents.escaping import json_safe
from reconciler.model.place import Place
from reconciler.rendering.formats.findings import Finding, findings, whole
from reconciler.rendering.formats.room import left_out
from reconciler.rendering.phrases import clipped
from reconciler.rendering.places import inside, path
from reconciler.rendering.report import Report
from reconciler.rendering.safe import visible
from reconciler.rendering.view import View

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"

_RESULTS = 5_000
"""GitHub shows so many results of a run, and refuses one of more than 25,000 whole."""

_NOTIFICATIONS = 1_000
_LONGEST = 3_000
"""Characters of a message: so that a log of that many stays within the 10 MB that GitHub takes, packed."""

_LONGEST_TITLE = 1_000
"""GitHub takes 1,024 characters of a rule's description."""


def sarif(report: Report, view: View) -> str:
    """The log: one run, a rule for each code. Alerts keep their identity by address and code."""
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [_run(report, view)]}
    return json_safe(to_json(log, indent=2).decode()) + "\n"


def _run(report: Report, view: View) -> dict[str, Any]:
    every = findings(report, view)
    placed = [finding for finding in every if _is_placed(finding, view)]
    others = [finding for finding in every if not _is_placed(finding, view)]
    results, notifications = placed[:_RESULTS], others[:_NOTIFICATIONS]
    hidden = ((placed[_RESULTS:], "result"), (others[_NOTIFICATIONS:], "notification"))
    notifications[:0] = [finding for rest, noun in hidden for finding in left_out(rest, noun, whole(report, view))]
    codes = {finding.code: finding for finding in reversed([*results, *notifications])}
    index = {code: at for at, code in enumerate(sorted(codes))}
    driver = {"name": "reconciler", "version": visible(view.version), "rules": [_rule(codes[code]) for code in index]}
    return {
        "tool": {"driver": driver},
        "automationDetails": {
            "id": f"reconciler {view.kind}/{view.slug}/" if view.slug else f"reconciler {view.kind}/"
        },
        "invocations": [_invocation(report, notifications)],
        "results": [_result(finding, index[finding.code], view) for finding in results],
        "columnKind": "unicodeCodePoints",
        **_properties((("planFingerprint", report.digest), *report.properties)),
    }


def _is_placed(finding: Finding, view: View) -> bool:
    return finding.place is not None and inside(finding.place, view)


def _invocation(report: Report, findings: list[Finding]) -> dict[str, Any]:
    return {
        "executionSuccessful": not report.errored,
        **({"endTimeUtc": f"{report.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"} if report.at else {}),
        "toolExecutionNotifications": [_overview(report), *map(_notification, findings)],
    }


def _overview(report: Report) -> dict[str, Any]:
    """Returns what it all comes to, first."""
    return {"level": "note", "message": _text(report.summary)}


def _rule(finding: Finding) -> dict[str, Any]:
    return {
        "id": visible(finding.code),
        "shortDescription": {"text": clipped(visible(finding.says), _LONGEST_TITLE) or "-"},
        "defaultConfiguration": {"level": str(finding.level)},
    }


def _result(finding: Finding, rule: int, view: View) -> dict[str, Any]:
    location: dict[str, Any] = {
        "logicalLocations": [{"fullyQualifiedName": _subject(finding), "kind": "resource"}],
    }
    if finding.place is not None:
        location = {"physicalLocation": _physical(finding.place, view), **location}
    return {
        "ruleId": visible(finding.code),
        "ruleIndex": rule,
        "level": str(finding.level),
        "message": _message(finding),
        "locations": [location],
        "partialFingerprints": {"addressAndCode/v1": visible(f"{_subject(finding)} {finding.code}")},
        **_properties(finding.properties),
    }


def _properties(named: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """A property bag; nothing where there is none."""
    found = {name: visible(value) for name, value in named}
    return {"properties": found} if found else {}


def _subject(finding: Finding) -> str:
    """Returns what it is about: an address, a setting, or a name of the catalogue."""
    return str(finding.address or visible(finding.subject or finding.title))


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
