"""A drift report: harmless whatever it holds, and never longer than an issue may be."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from reconciler.model.address import Address
from reconciler.model.audit import AuditRecord
from reconciler.model.change import Difference
from reconciler.model.customer import Customer
from reconciler.model.drift import DriftReport, Moved, Undeclared, Unread
from reconciler.rendering.subjects.drifts import DRIFT
from tests.rendering.shown import a_view

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CONTOSO = Customer(name="contoso", tenant="0c0c0c0c-0000-4000-8000-000000000000")
ID = "aaaaaaaa-0000-4000-8000-000000000001"
WIDE = a_view(width=100)
EVIL = "\x1b[31m\u202e ##vso[task.complete] <script> @all | `x` ![a](https://e.example)\n::error::x"


def moved(name: str = "office", said: str = "active") -> Moved:
    return Moved(
        address=Address(f"contoso/{name}"),
        customer=CONTOSO,
        subscription_id=ID,
        seen_at=NOW,
        differences=(Difference(path="status", before=said, after="suspended"),),
        causes=(AuditRecord(operation=said, status="succeeded", at=NOW, by=said),),
    )


def undeclared(name: str) -> Undeclared:
    return Undeclared(customer=CONTOSO, subscription_id=ID, offer_id=name, offer_name=name, quantity=1, add_on=True)


def report(*found: Moved, **more: Any) -> DriftReport:
    whole = DriftReport(created_at=NOW, cloud="sandbox", customers=1, compared=1, unseen=0, moved=found)
    return replace(whole, **more)


@pytest.mark.parametrize("form", DRIFT)
def test_what_nobody_declares_and_ends_with_its_term_says_so(form: str) -> None:
    ending = replace(undeclared("E3"), ends_on=date(2026, 12, 19))
    assert "2026-12-19" in DRIFT[form](report(undeclared=(ending,)), a_view())
    assert "at end" not in DRIFT[form](report(undeclared=(undeclared("E3"),)), a_view())


def test_what_changed_of_the_end_of_a_term_is_one_line() -> None:
    differs = (
        Difference(path="renewal.billing", before=None, after="annual"),
        Difference(path="renewal.outcome", before="renews", after="renews_changed"),
        Difference(path="renewal.quantity", before=None, after=1),
        Difference(path="renewal.term", before=None, after="triennial"),
    )
    page = DRIFT["text"](report(replace(moved(), differences=differs)), WIDE)
    assert "at end  renews as it is -> renews with 1 seat, triennial term, billed annually\n" in page


@pytest.mark.parametrize("form", DRIFT)
def test_nothing_in_a_report_acts(form: str) -> None:
    unread = Unread(customer=CONTOSO, what=EVIL)

    shown = DRIFT[form](report(moved(said=EVIL), undeclared=(undeclared(EVIL),), unread=(unread,)), a_view())

    assert not any(sign in shown for sign in ("\x1b", "\u202e", "##vso[", "\n::"))
    assert form != "markdown" or not any(sign in shown for sign in ("<script>", "@all", "![a]"))


def test_an_issue_is_never_longer_than_its_host_takes_and_says_what_is_missing() -> None:
    many = report(*(moved(f"a{number}") for number in range(2000)))

    shown = DRIFT["markdown"](many, a_view(limit=20_000))

    assert len(shown.encode()) <= 20_000
    assert "entries are left out" in shown
    assert shown.startswith("<!-- reconciler drift: sandbox -->\n## 2000 subscriptions changed outside\n")


def test_a_change_that_the_log_does_not_know_is_said_to_be_unknown() -> None:
    silent = replace(moved(), causes=())
    unheard = replace(silent, unnamed="The cloud keeps no log.")

    assert "not in the audit log (since 2026-03-02 12:00 UTC); the log lags" in DRIFT["text"](
        report(silent), a_view(width=100)
    )
    assert "not known: The cloud keeps no log." in DRIFT["text"](report(unheard), a_view(width=100))


def test_the_order_of_findings_does_not_matter() -> None:
    assert report(moved("b"), moved("a")) == report(moved("a"), moved("b"))


@pytest.mark.parametrize(
    ("compared", "unseen", "unfinished", "verdict"),
    [
        (4, 0, 0, "Nothing changed outside."),
        (0, 3, 1, "Nothing was compared with state: whether any of 4 subscriptions changed outside is not known."),
        (9, 2, 1, "Nothing changed outside in the 9 subscriptions that were compared; 3 subscriptions were not."),
        (1, 1, 0, "Nothing changed outside in the 1 subscription that was compared; 1 subscription was not."),
        (0, 1, 0, "Nothing was compared with state: whether the subscription changed outside is not known."),
    ],
)
def test_the_verdict_speaks_only_of_what_was_compared(
    compared: int, unseen: int, unfinished: int, verdict: str
) -> None:
    drift = replace(report(), compared=compared, unseen=unseen, unfinished=unfinished)
    assert verdict in DRIFT["text"](drift, a_view(width=200))
