"""A JUnit report: a suite for each customer, a case for each address, a failure for each reason.

What the manifests ask and the service has already is counted and not listed: no report names it.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from reconciler.model.address import Address
from reconciler.model.place import Place
from reconciler.rendering.budget import leading
from reconciler.rendering.formats.findings import Finding, findings, whole
from reconciler.rendering.formats.room import left_out
from reconciler.rendering.places import path
from reconciler.rendering.report import Level, Report
from reconciler.rendering.safe import visible
from reconciler.rendering.view import View

_CASES = 10_000
"""GitLab refuses a report of more than 250,000 objects, and a case has up to twenty."""

_BYTES = 20 << 20
_CASE = 600
"""Bytes. GitLab takes 30 MB of a file and 100 MB of a job; the second is what a case has beside its text."""


def junit(report: Report, view: View) -> str:
    """The report: what is blocked fails, what is unknown is an error, what waits is skipped, all else passes.

    A suite for the whole, then one for each customer. Of several estates, each has names of its own.
    """
    overall, cases, ranked = list[Finding](), dict[Address, list[Finding]](), findings(report, view)
    for finding in sorted(ranked, key=_order):
        (cases.setdefault(finding.address, []) if finding.address else overall).append(finding)
    addresses = [*dict.fromkeys(finding.address for finding in ranked if finding.address)]
    sizes = (sum(_CASE + 2 * len(finding.text.encode()) for finding in cases[address]) for address in addresses)
    shown = {*addresses[: leading(sizes, _BYTES, most=_CASES)]}
    hidden = [finding for address in cases if address not in shown for finding in cases[address]]
    overall += left_out(hidden, "finding", whole(report, view))
    root = Element("testsuites", name=_named(report.name, view, ": "))
    _add_whole(root, report, overall, view)
    for customer, group in groupby((address for address in cases if address in shown), key=_customer):
        suite = _suite(root, _named(customer, view, ".", first=True), report)
        for address in group:
            _add_case(suite, str(address), cases[address], view)
    for element in (*root, root):
        _count(element)
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _customer(address: Address) -> str:
    return address.customer


def _named(name: str, view: View, between: str, *, first: bool = False) -> str:
    """The name with the estate's, where there is one: GitLab passes over a second case of the same name in a job."""
    names = (view.slug, name) if first else (name, view.slug)
    return between.join(filter(None, names))


def _order(finding: Finding) -> tuple[str, str]:
    """By customer and address; what concerns no address comes first."""
    return (finding.address.customer, finding.address) if finding.address else ("", "")


def _add_whole(root: Element, report: Report, findings: list[Finding], view: View) -> None:
    suite = _suite(root, _named(report.name, view, ": "), report)
    _add_properties(suite, report.properties)
    case = _add_case(suite, report.case, findings)
    out = case.find("system-out")
    more = "" if out is None else f"\n{out.text}"
    (SubElement(case, "system-out") if out is None else out).text = f"{visible(report.summary)}{more}"


def _suite(root: Element, name: str, report: Report) -> Element:
    at = {"timestamp": f"{report.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"} if report.at else {}
    return SubElement(root, "testsuite", {"name": name, **at})


def _add_case(suite: Element, name: str, findings: list[Finding], view: View | None = None) -> Element:
    case = SubElement(suite, "testcase", classname=suite.get("name", ""), name=name)
    place = next((finding.place for finding in findings if finding.place), None)
    if place is not None and view is not None:
        case.attrib.update(_where(place, view))
    _add_properties(case, [(f"{item.code}.{name}", value) for item in findings for name, value in item.properties])
    for finding in findings:
        if kind := _kind(finding):
            _add_outcome(case, kind, finding)
    passing = [f"{visible(finding.title)}: {finding.text}" for finding in findings if not _kind(finding)]
    if passing:
        SubElement(case, "system-out").text = "\n".join(passing)
    return case


def _add_properties(parent: Element, named: Sequence[tuple[str, str]]) -> None:
    """Figures for machines; nothing where there are none."""
    if named:
        properties = SubElement(parent, "properties")
        for name, value in named:
            SubElement(properties, "property", name=name, value=visible(value))


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
        return "error" if finding.in_doubt else "failure"
    return "skipped" if finding.left_out else ""


def _count(suite: Element) -> None:
    cases = [*suite.iter("testcase")]
    suite.set("tests", str(len(cases)))
    for attribute, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(attribute, str(sum(case.find(kind) is not None for case in cases)))
