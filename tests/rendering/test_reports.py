"""Reports: what one decides, every format shows; and what a report must not say."""

from dataclasses import replace
from xml.etree.ElementTree import fromstring

import pytest

from reconciler.model.address import Address
from reconciler.model.change import Difference
from reconciler.model.event import DONE_ALREADY, Finished, Recovered, Skipped
from reconciler.model.invocation import Invocation
from reconciler.model.remedy import Step
from reconciler.model.result import Outcome
from reconciler.rendering.formats import paint
from reconciler.rendering.outputs.applies import applied_outputs
from reconciler.rendering.report import Advice, Field, Item, Level, Report, Section, Span
from reconciler.rendering.reports.applied import Applied
from reconciler.rendering.subjects.applies import APPLIED
from reconciler.rendering.subjects.plans import FORMATS
from reconciler.rendering.view import View
from tests.rendering import happenings, plans
from tests.rendering.shown import a_view

PAINTED = [form for form in FORMATS if form != "json"]
IN_FULL = [form for form in PAINTED if form not in {"brief", "csv"}]


def everywhere(form: str, report: Report, view: View | None = None) -> str:
    return " ".join(paint(form, report, view or a_view()).replace("%3A", ":").replace("<", " <").split())


def report(*items: Item, table: bool = False) -> Report:
    section = Section(id="renewals", heading="Renewals", items=items, table=table)
    return Report(
        name="reconciler plan",
        case="limits",
        marker="reconciler plan",
        at=plans.NOON,
        verdict=(Span("1 renewal."),),
        sections=(section,),
    )


RENEWAL = Item(
    subject="contoso/office",
    address=Address("contoso/office"),
    sign=Span("@"),
    kind="renewal",
    level=Level.WARNING,
    state="lapses",
    code="lapses_soon",
    says="It lapses at the end of its term.",
    fields=(Field("term ends", "2026-04-01"),),
    advice=Advice(steps=(Step("To keep it:", ("renewals", "--within", "45d")),)),
)


@pytest.mark.parametrize("form", IN_FULL)
@pytest.mark.parametrize("table", [True, False])
def test_every_format_shows_an_item_that_no_format_knows_of(form: str, table: bool) -> None:
    shown = everywhere(form, report(RENEWAL, table=table))

    assert "contoso/office" in shown
    assert "2026-04-01" in shown


@pytest.mark.parametrize("form", IN_FULL)
def test_every_format_shows_a_command_with_the_flags_in_force_quoted(form: str) -> None:
    view = View(invocation=Invocation(manifests="my estate"))
    shown = everywhere(form, report(RENEWAL), view).replace("&#39;", "'")

    assert "reconciler renewals --within 45d --manifests 'my estate'" in shown


def test_an_apply_that_fails_by_what_is_blocked_fails_in_junit_too() -> None:
    events = (Finished(at=plans.NOON),)
    failing, passing = (
        fromstring(APPLIED["junit"](Applied(events, held), a_view()))
        for held in ((plans.blocked("northwind/office"),), ())
    )

    assert (failing.get("failures"), passing.get("failures")) == ("1", "0")


@pytest.mark.parametrize("form", PAINTED)
def test_what_could_not_be_read_is_not_shown_as_if_it_were_live(form: str) -> None:
    unread = plans.blocked("contoso/office", plans.reason("customer_unreadable", "No answer."), old=None)
    shown = FORMATS[form](plans.plan(blocked=(unread,)), a_view())

    assert "not read" in shown


@pytest.mark.parametrize("form", PAINTED)
def test_drift_names_offers_where_their_names_are_known(form: str) -> None:
    ids = Difference(path="offer_id", before=plans.EXCHANGE.id, after=plans.E3.id)
    names = Difference(path="offer_name", before=plans.EXCHANGE.name, after=plans.E3.name)
    shown = FORMATS[form](plans.plan(drift=(plans.drift("contoso/mail", ids, names),)), a_view())

    assert plans.E3.name in shown
    assert plans.E3.id not in shown


@pytest.mark.parametrize("form", ["markdown", "junit", "sarif"])
def test_what_is_cut_names_the_file_of_this_plan(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reconciler.rendering.formats.junit._CASES", 1)
    monkeypatch.setattr("reconciler.rendering.formats.sarif._RESULTS", 1)
    many = plans.plan(*(plans.resize(f"a/b{number}") for number in range(60)))
    shown = FORMATS[form](many, a_view(files=("out/b.json",), limit=4_000))

    assert "reconciler show out/b.json" in shown
    assert "reconciler show plan.json" not in shown


def test_a_name_that_means_another_offer_upgrades_only_what_had_the_old_one() -> None:
    moved, edited = plans.upgrade("contoso/office"), plans.upgrade("fabrikam/mail", old=plans.EXCHANGE)
    by_name = [replace(change, after=replace(change.after, catalogue_name="Suite")) for change in (moved, edited)]
    name = plans.catalogue_name("Suite", plans.E3, was=plans.PREMIUM)
    shown = " ".join(FORMATS["text"](plans.plan(*by_name, catalogue=(name,)), a_view()).split())

    assert "That upgrades 1 subscription with 25 seats, contoso/office." in shown
    assert "Upgraded to it from another offer: 1 subscription with 25 seats, fabrikam/mail." in shown


@pytest.mark.parametrize("form", sorted(APPLIED))
def test_a_report_names_what_was_not_begun_or_was_done_already_with_what_is_left_of_it(form: str) -> None:
    skipped = Skipped(at=plans.NOON, address=happenings.MAIL, code="lock_held", description="Somebody holds the lock.")
    again = replace(skipped, code=DONE_ALREADY, description="It was done.", left_to_do=("Assign three users.",))
    for event, words in ((skipped, "Somebody holds the lock."), (again, "Assign three users.")):
        assert words in APPLIED[form](Applied((event, Finished(at=plans.NOON))), a_view())


@pytest.mark.parametrize("form", sorted(APPLIED.keys() - {"json"}))
def test_users_left_behind_are_told_with_the_command_that_lists_them_and_unknown_ones_as_unknown(form: str) -> None:
    left = happenings.succeeded(users=2)
    told = APPLIED[form](Applied((left,)), a_view())
    assert "The licences of 2 users did not move." in told
    ids = [user.user_object_id for user in left.result.license_errors]
    assert [user_id in told for user_id in ids] == [form == "text"] * 2  # what a host publishes names nobody
    assert "reconciler state show contoso/office" in told
    recovered = Recovered(at=plans.NOON, address=happenings.OFFICE, result=happenings.result(outcome=Outcome.RECOVERED))
    assert "Whose licences moved is not known" in " ".join(
        APPLIED[form](Applied((recovered,)), a_view(width=200)).split()
    )


def test_outputs_of_a_pipeline_count_users_left_to_assign_as_the_summary_does() -> None:
    counts = applied_outputs(Applied((happenings.succeeded(users=2), happenings.succeeded())))
    assert (counts["succeeded"], counts["with_license_errors"]) == (1, 1)


def test_what_is_in_doubt_is_an_error_of_junit_whatever_its_code_and_all_else_that_is_wrong_a_failure() -> None:
    wrong = replace(RENEWAL, level=Level.ERROR)
    for item, counts in ((wrong, ("1", "0")), (replace(wrong, in_doubt=True), ("0", "1"))):
        shown = fromstring(paint("junit", report(item), a_view()))
        assert (shown.get("failures"), shown.get("errors")) == counts


@pytest.mark.parametrize("form", ["markdown", "html"])
def test_a_page_that_a_pipeline_publishes_ends_with_no_command(form: str) -> None:
    closing = (Step("Look at it again."), Step("To carry it out:", ("apply", "plan.json")))
    ended = replace(report(RENEWAL), closing=closing)
    at_a_desk, published = (
        everywhere(form, ended, a_view(run_url=url)) for url in (None, "https://github.com/o/r/actions/runs/1")
    )

    assert "reconciler apply plan.json" in at_a_desk
    assert "reconciler apply plan.json" not in published
    assert "Look at it again." in published


def test_a_comment_says_in_one_line_where_a_plan_is_from_and_each_caveat_by_itself() -> None:
    source, size = (Span("Sandbox"),), (Span("1 customer"),)
    said = replace(report(RENEWAL), origin=(source, size), caveats=((Span("Only a part."),), (Span("Not all of it."),)))

    assert "\nSandbox. 1 customer.\n\nOnly a part.\n\nNot all of it.\n" in paint("markdown", said, a_view())
