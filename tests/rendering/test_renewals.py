"""The list of renewals in each format: harmless whatever it holds, never too long, and read back as a calendar."""

import csv
import io
import json
import os
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib.util import find_spec
from typing import Any

import pytest

from reconciler import advice
from reconciler.model.address import Address
from reconciler.model.cost import NoPrice
from reconciler.model.customer import Customer
from reconciler.model.errors import InvalidInput
from reconciler.model.place import Place
from reconciler.model.remedy import Actor, Remedy, Retry, Step
from reconciler.model.renewals import Renewals, TermEnd, TermEvent, TermFinding, TermValues
from reconciler.planning import months_of, timeline
from reconciler.rendering import as_calendar
from reconciler.rendering.phrases import without_price
from reconciler.rendering.report.labels import labelled
from reconciler.rendering.reports.term_facts import FACTS, columns
from reconciler.rendering.subjects.renewals import RENEWALS
from tests.rendering.attacks import ATTACKS, MARKUP
from tests.rendering.shown import a_view

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CONTOSO = Customer(name="contoso", tenant="0c0c0c0c-0000-4000-8000-000000000000")
VALUES = TermValues(offer_id="A:1", offer_name="Office", quantity=25, term="annual", billing="monthly")

INSTALLED = bool(find_spec("icalendar") and find_spec("vobject")) or "CI" in os.environ
FORMS = [form for form in RENEWALS if INSTALLED or form != "ics"]

calendars = pytest.mark.skipif(not INSTALLED, reason="the libraries that write and read calendars are not installed")


def finding(code: str = "renews_otherwise", says: str = "The manifest asks for 20 seats.") -> TermFinding:
    known = {"address": "contoso/office", "place": "contoso.yaml:7:3", "date": "2026-03-12", "own": "true"}
    remedy = advice.row(code).remedy(known)
    return TermFinding(code=code, description=says, remedy=remedy)


def term(name: str = "office", days: int = 10, *found: TermFinding, **more: Any) -> TermEnd:
    ends = NOW + timedelta(days=days)
    known = {
        "ends_on": ends.date(),
        "address": Address(f"contoso/{name}"),
        "customer": CONTOSO,
        "subscription_id": f"id-of-{name}",
        "event": TermEvent.RENEWS,
        "before": VALUES,
        "after": VALUES,
        "change_until": ends,
        "undo_until": ends + timedelta(days=7),
        "source": Place(file="manifests/contoso.yaml", line=7, column=3),
    }
    return TermEnd(**{**known, "findings": found, **more})


def renewals(*terms: TermEnd, **more: Any) -> Renewals:
    known = {"created_at": NOW, "cloud": "sandbox", "within_days": 45, "customers": 1, "subscriptions": len(terms)}
    return Renewals(**{**known, "terms": terms, "months": timeline(months_of(terms), NOW.date()), **more})


def shown(form: str, *terms: TermEnd, limit: int = 65_536, **more: Any) -> str:
    return RENEWALS[form](renewals(*terms, **more), a_view(width=80, now=NOW, limit=limit))


@pytest.mark.parametrize("attack", ATTACKS + MARKUP)
def test_no_text_from_elsewhere_acts(attack: str) -> None:
    evil = replace(VALUES, offer_name=attack, term=attack)
    for form in FORMS:
        page = shown(form, term("office", 3, finding(says=attack), before=evil, after=evil))

        assert not any(sign in page for sign in ("\x1b", "\u202e", "##vso[", "\n::"))
        assert form not in {"markdown", "html"} or "<img" not in page


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", " =1"])
def test_no_cell_is_a_formula(start: str) -> None:
    rows = csv.DictReader(io.StringIO(shown("csv", term(before=replace(VALUES, offer_name=start)))))
    assert [row["offer"] for row in rows] == [f"'{start}"]


def test_what_is_due_this_week_comes_first_with_its_line_and_what_to_do() -> None:
    page = shown("markdown", term("later", 20, finding()), term("now", 3, finding()), term("plain", 4), term("far", 30))

    first = page.index("### Due by 2026-03-08: 2 terms")
    places = [page.index(f"`contoso/{name}`") for name in ("now", "plain", "later", "far")]
    assert [first, *places] == sorted([first, *places])
    week = page[first : places[2]]
    assert "`manifests/contoso.yaml:7`" in week
    assert "`reconciler plan --target contoso/office`" in week


def test_an_issue_is_never_longer_than_its_host_takes_and_says_what_is_missing() -> None:
    many = [term(f"a{number}", 10 + number % 20, finding()) for number in range(2000)]
    page = shown("markdown", *many)

    assert len(page.encode()) <= 65_536
    assert "entries are left out" in page
    assert page.startswith("<!-- reconciler renewals: sandbox -->\n## 2000 terms ending by 2026-04-16 need you\n")


def test_lines_to_write_into_a_manifest_stay_lines_in_an_issue() -> None:
    told = TermFinding(
        code="x",
        description="Look.",
        remedy=Remedy(actor=Actor.PARTNER, retry=Retry.NO, steps=(Step("Write:\nquantity: 7\nrenew: end"),)),
    )
    assert "Write:<br>quantity: 7<br>renew: end" in shown("markdown", term("office", 3, told))


def test_a_common_end_date_stands_beside_the_term() -> None:
    assert "annual, billed monthly, the next until 2026-06-30" in shown("text", term(ends_after=date(2026, 6, 30)))


def test_plain_monthly_renewals_are_a_counted_line_unless_they_are_listed() -> None:
    monthly = replace(VALUES, term="monthly")
    plain = term(before=monthly, after=monthly)
    assert "3 monthly terms renew as they are by 2026-04-16 (--all lists them)." in shown("text", routine=3)
    assert "--all" not in shown("text", plain, routine=1)


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_where_prices_are_shown_it_is_said_what_they_are_and_each_estimate_is_marked(form: str) -> None:
    exact, estimate = (replace(VALUES, price="10.50 USD", price_estimate=known) for known in (False, True))

    first, other = (shown(form, term("a", 3, before=exact, after=after)) for after in (exact, estimate))

    assert "Partner cost before tax and promotions." in first
    assert "estimate" not in first
    assert "10.50 USD (estimated) a seat and month" in other
    assert "An estimate is from the sheet of another month" in " ".join(other.split())
    assert "Partner cost" not in shown(form, term("a", 3))


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_where_there_are_sheets_a_term_without_a_price_says_so_and_is_counted_and_named(form: str) -> None:
    priced = replace(VALUES, price="10.50 USD", price_estimate=False)
    terms = (term("a", 3), term("b", 3, before=priced), term("c", 3, before=priced, after=priced))
    over = term("d", -2, event=TermEvent.RENEWED, after=priced)

    page, without = (shown(form, *terms, over, priced=known) for known in (True, False))

    words = " ".join(page.split())
    assert words.count("no price") == 2
    assert "10.50 USD a seat and month" in words
    assert "No price for 2 subscriptions: contoso/a and contoso/b." in words
    assert "no price for" not in without.lower()


def test_what_has_no_price_is_named_by_its_reasons_those_of_most_subscriptions_first() -> None:
    rare, often, once, last = (NoPrice(code=f"price_{word}", why=f"It is {word}.") for word in ("a", "b", "c", "d"))
    names = [("x/1", rare), ("x/2", often), ("x/3", often), ("x/4", once), ("x/5", last), ("x/6", None)]

    assert list(without_price(names)) == [
        ("No price for 2 subscriptions: x/2 and x/3. It is b.", "price_b"),
        ("No price for 1 subscription: x/1. It is a.", "price_a"),
        ("No price for 1 subscription: x/4. It is c.", "price_c"),
        ("No price for 2 subscriptions: x/5 and x/6.", ""),
    ]


@calendars
def test_a_calendar_says_that_a_term_has_no_price() -> None:
    assert "Price: no price" in shown("ics", term(), priced=True)
    assert "Price" not in shown("ics", term())


def test_a_program_reads_of_each_price_whether_it_is_an_estimate() -> None:
    exact, estimate = (replace(VALUES, price="10.50 USD", price_estimate=known) for known in (False, True))
    only = term(before=exact, after=estimate)

    (row,) = csv.DictReader(io.StringIO(shown("csv", only)))
    (listed,) = json.loads(shown("json", only))["terms"]

    assert (row["price_estimate"], row["price_after_estimate"]) == ("no", "yes")
    assert [listed[which]["price_estimate"] for which in ("before", "after")] == [False, True]


def test_what_is_unknown_is_null_and_not_a_guess() -> None:
    document = json.loads(shown("json", term("office", 3, finding())))

    assert document["format_version"] == "1.0"
    assert document["found"] is True
    assert document["terms"][0]["before"]["price"] is None
    assert document["terms"][0]["findings"][0]["remedy"]["commands"][0] == ["plan", "--target", "contoso/office"]


def test_the_table_of_plain_renewals_is_a_line_each() -> None:
    page = shown("text", term(days=20, after=replace(VALUES, quantity=20)))
    assert "2026-03-22  contoso/office  25 -> 20  renews as it is  annual, billed monthly" in page


@calendars
class TestCalendar:
    """The calendar, as another library reads it."""

    def events(self, *terms: TermEnd) -> list[Any]:
        import vobject

        return list(vobject.readOne(shown("ics", *terms)).contents.get("vevent", []))

    def test_a_term_is_a_whole_day_with_reminders(self) -> None:
        (event,) = self.events(term("office", 10, finding()))

        assert (event.dtstart.value, event.dtend.value) == (date(2026, 3, 12), date(2026, 3, 13))
        assert event.summary.value == "! contoso/office renews as it is: 25 seats of Office"
        assert "manifests/contoso.yaml:7:3" in event.description.value
        assert [alarm.trigger.value for alarm in event.valarm_list] == [timedelta(days=-14), timedelta(days=-4)]

    def test_an_event_keeps_its_id_when_its_date_and_its_text_change(self) -> None:
        (before,), (after,) = self.events(term("office", 10)), self.events(term("office", 30, finding()))
        assert before.uid.value == after.uid.value
        assert before.dtstart.value != after.dtstart.value

    def test_a_later_list_has_later_events(self) -> None:
        import vobject

        later = RENEWALS["ics"](renewals(term(), created_at=NOW + timedelta(days=1)), a_view())
        numbers = [vobject.readOne(text).vevent.sequence.value for text in (shown("ics", term()), later)]
        assert int(numbers[0]) < int(numbers[1])

    def test_plain_monthly_renewals_are_no_events(self) -> None:
        monthly = replace(VALUES, term="monthly")
        assert not self.events(term(before=monthly, after=monthly))
        assert len(self.events(term("office", 10, finding(), before=monthly, after=monthly))) == 1

    def test_a_renewal_is_an_event_only_while_it_needs_to_be_undone(self) -> None:
        over: dict[str, Any] = {"event": TermEvent.RENEWED, "change_until": None}
        assert not self.events(term(days=-2, **over))
        (event,) = self.events(term("office", -2, finding("renewed_otherwise"), **over))
        assert event.dtstart.value == date(2026, 3, 7)

    def test_texts_of_any_language_survive(self) -> None:
        name = "Größe, 東京; \\ «Büro»" * 9
        (event,) = self.events(term(before=replace(VALUES, offer_name=name), after=replace(VALUES, offer_name=name)))
        assert event.summary.value.endswith(f"25 seats of {name}".replace("\\", "\\"))


def test_without_the_library_the_error_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(as_calendar, "find_spec", lambda _: None)
    with pytest.raises(InvalidInput) as raised:
        as_calendar.check_calendar()
    assert "pip install 'reconciler[calendar]'" in raised.value.problems[0].steps[0].text


@pytest.mark.parametrize("form", FORMS)
def test_a_term_of_which_nothing_is_known_is_listed_all_the_same(form: str) -> None:
    assert "id-of-office" in shown(form, term(before=None, after=None, address=None, source=None))


def test_a_page_a_list_a_calendar_and_a_table_show_the_facts_of_one_list() -> None:
    columns_of_table = next(csv.reader(io.StringIO(shown("csv", term()))))
    assert columns_of_table == [name for name, _ in columns()]
    headings = [FACTS[name].title for name in ("date", "address", "seats", "event", "term")]
    assert any(line.split() == headings for line in shown("text", term("far", 30)).splitlines())
    page = shown("markdown", term("now", 3))
    assert all(f"{labelled(fact.words)}: " in page for fact in (FACTS["offer"], FACTS["seats"], FACTS["until"]))
