"""A JUnit report: a suite for each customer, a case for each address, a failure for each reason.

What the manifests ask and the service has already is counted and not listed: the plan does not name it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from reconciler.model.plan import Plan
from reconciler.model.subscription import Place
from reconciler.rendering.findings import Finding, Level, findings
from reconciler.rendering.places import path
from reconciler.rendering.safe import visible
from reconciler.rendering.verdict import counts, plain, verdict
from reconciler.rendering.view import View


def plan_junit(plan: Plan, view: View) -> str:
    """The report: what is blocked fails, what is unknown is an error, what waits is skipped, all else passes."""
    says = f"{plain(verdict(plan))} {counts(plan)}"
    return report(
        Head(name="reconciler plan", case="limits", says=says, at=plan.created_at), findings(plan, view), view
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What is reported, and the case in which all stands that concerns no single address."""

    name: str
    case: str
    says: str
    at: datetime


def report(head: Head, found: Iterable[Finding], view: View) -> str:
    """A suite for the whole, then one for each customer."""
    root = Element("testsuites", name=head.name)
    by_customer = groupby(sorted(found, key=_order), key=lambda one: _order(one)[0])
    suites = {customer: [*of_customer] for customer, of_customer in by_customer}
    _add_whole(root, head, suites.pop("", []))
    for customer, of_customer in suites.items():
        suite = _suite(root, customer, head)
        for address, of_address in groupby(of_customer, key=lambda one: one.address):
            _add_case(suite, str(address), [*of_address], view)
    for element in (*root, root):
        _count(element)
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _order(finding: Finding) -> tuple[str, str]:
    """By customer and address; what concerns no address comes first."""
    return (finding.address.customer, finding.address) if finding.address else ("", "")


def _add_whole(root: Element, head: Head, found: list[Finding]) -> None:
    suite = _suite(root, head.name, head)
    _add_case(suite, head.case, found)
    out = suite[0].find("system-out")
    said = "" if out is None else f"\n{out.text}"
    (SubElement(suite[0], "system-out") if out is None else out).text = f"{visible(head.says)}{said}"


def _suite(root: Element, name: str, head: Head) -> Element:
    return SubElement(root, "testsuite", name=name, timestamp=f"{head.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}")


def _add_case(suite: Element, name: str, found: list[Finding], view: View | None = None) -> None:
    case = SubElement(suite, "testcase", classname=suite.get("name", ""), name=name)
    place = next((one.place for one in found if one.place), None)
    if place is not None and view is not None:
        case.attrib.update(_where(place, view))
    for one in found:
        if kind := _kind(one):
            _add_outcome(case, kind, one)
    told = [f"{visible(one.title)}: {one.text}" for one in found if not _kind(one)]
    if told:
        SubElement(case, "system-out").text = "\n".join(told)


def _add_outcome(case: Element, kind: str, finding: Finding) -> None:
    outcome = SubElement(case, kind, message=visible(finding.says))
    if kind != "skipped":
        outcome.set("type", visible(finding.code))
        outcome.text = finding.text


def _where(place: Place, view: View) -> Iterator[tuple[str, str]]:
    yield "file", visible(path(place, view))
    yield "line", str(place.line)


def _kind(finding: Finding) -> str:
    if finding.level is Level.ERROR:
        return "error" if finding.code == "outcome_unknown" else "failure"
    return "skipped" if finding.left_out else ""


def _count(suite: Element) -> None:
    cases = [*suite.iter("testcase")]
    suite.set("tests", str(len(cases)))
    for attribute, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(attribute, str(sum(case.find(kind) is not None for case in cases)))
