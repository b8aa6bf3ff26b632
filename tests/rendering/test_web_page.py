"""The web page in a real browser: what a person does with it, by mouse and by keyboard.

Skipped where no Chromium is installed, but not in CI.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright

from reconciler.model.cost import Cost, Costs
from reconciler.model.plan import Plan
from reconciler.model.renewals import Renewals
from reconciler.model.timeline import Month
from reconciler.rendering.subjects.plans import FORMATS
from reconciler.rendering.subjects.renewals import RENEWALS
from tests.rendering import plans
from tests.rendering.attacked import SOURCE, attacked
from tests.rendering.attacks import ATTACKS, MARKUP
from tests.rendering.shown import a_view
from tests.rendering.test_renewals import finding, renewals, term

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
VIEW = a_view(now=plans.NOON + timedelta(minutes=5), next_command=("apply", "plan.json"), source_url=SOURCE)

pytestmark = pytest.mark.skipif(not CHROMIUM and not os.environ.get("CI"), reason="no chromium is on PATH")


@dataclass
class Opened:
    """A page, what it asked of the network, and what it complained of."""

    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def shown(self, of: str = "tbody tr[data-action]") -> list[str]:
        """The addresses that can be seen, in their order."""
        rows = self.page.locator(f"{of}:visible .address")
        return [next(word for word in text.split() if "/" in word) for text in rows.all_text_contents()]

    def status(self) -> str:
        return self.page.get_by_role("status").inner_text()


Open = Callable[..., Opened]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def open_page(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    contexts = []

    def opening(plan: Plan | Renewals, *, width: int = 1280, scheme: str = "light", script: bool = True) -> Opened:
        file = tmp_path / "plan.html"
        page = RENEWALS["html"](plan, VIEW) if isinstance(plan, Renewals) else FORMATS["html"](plan, VIEW)
        file.write_text(page, "utf-8")
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
            java_script_enabled=script,
        )
        contexts.append(context)
        opened = Opened(context.new_page())
        opened.page.on("request", lambda request: _note(opened, request))
        opened.page.on("console", lambda message: opened.complaints.append(message.text))
        opened.page.on("pageerror", lambda error: opened.complaints.append(str(error)))
        opened.page.on("dialog", lambda dialog: opened.complaints.append(dialog.message))
        opened.page.goto(file.as_uri())
        return opened

    yield opening
    for context in contexts:
        context.close()


def _note(opened: Opened, request: Request) -> None:
    if not request.url.startswith(("file:", "data:,")):
        opened.asked.append(request.url)


def test_the_page_asks_nothing_of_the_network_and_complains_of_nothing(open_page: Open) -> None:
    opened = open_page(plans.showcase())

    assert (opened.asked, opened.complaints) == ([], [])
    assert opened.status() == "16 of 16 shown"


def test_each_filter_leaves_what_was_chosen(open_page: Open) -> None:
    opened = open_page(plans.showcase())
    opened.page.get_by_label("Customer").fill("litw")
    assert set(opened.shown()) == {"litware/office", "litware/branch"}
    opened.page.locator(".filters").get_by_role("button", name="Show all").click()
    for label, option, expected in (
        ("Action", "resize (1)", {"fabrikam/mail"}),
        ("Reason", "subscription_not_provisioned (1)", {"tailspin/mail"}),
    ):
        opened.page.get_by_label(label).select_option(label=option)
        assert set(opened.shown()) == expected
        opened.page.locator(".filters").get_by_role("button", name="Show all").click()
        assert opened.status() == "16 of 16 shown"


def test_a_reason_with_none_of_its_rows_shown_is_hidden_too(open_page: Open) -> None:
    opened = open_page(plans.showcase())
    opened.page.get_by_label("Action").select_option("upgrade")

    assert not opened.page.get_by_role("heading", name="Blocked", level=2).count()
    assert opened.page.get_by_role("heading", name="Ready", level=2).count() == 1
    assert opened.status() == "2 of 16 shown"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("northwind", {"northwind/office"}),
        ("ORDER still", {"tailspin/mail"}),
        ("fabrikam.yaml:12", {"fabrikam/mail"}),
        ("by hand e3", {"contoso/branch"}),
        ("nothing at all", set()),
    ],
)
def test_the_search_finds_every_word_wherever_it_stands(open_page: Open, words: str, expected: set[str]) -> None:
    opened = open_page(plans.showcase())
    opened.page.get_by_label("Search").fill(words)

    assert set(opened.shown()) == expected
    assert opened.page.locator("#nothing").is_visible() == (not expected)


def test_a_table_is_sorted_by_its_columns_up_and_down(open_page: Open) -> None:
    opened = open_page(plans.plan(*(plans.resize(f"a/b{seats}", (10, seats)) for seats in (9, 100, 25))))
    head = opened.page.locator(".ready").get_by_role("columnheader", name="Seats")
    orders = []
    for direction in ("ascending", "descending"):
        head.get_by_role("button").click()
        orders.append((head.get_attribute("aria-sort") == direction, opened.shown(".ready tbody tr")))

    assert orders == [(True, ["a/b9", "a/b25", "a/b100"]), (True, ["a/b100", "a/b25", "a/b9"])]


def test_everything_is_reached_and_done_by_keyboard(open_page: Open) -> None:
    opened = open_page(plans.plan(*(plans.resize(f"a/b{seats}", (10, seats)) for seats in (9, 100, 25))))
    keyboard = opened.page.keyboard
    keyboard.press("Tab")
    assert opened.page.evaluate("document.activeElement.className") == "skip"
    keyboard.press("/")
    keyboard.type("b100")
    assert opened.shown() == ["a/b100"]
    keyboard.press("Escape")
    assert opened.status() == "3 of 3 shown"
    while opened.page.evaluate("document.activeElement.textContent") != "Seats":
        keyboard.press("Tab")
    keyboard.press("Enter")
    assert opened.shown() == ["a/b9", "a/b25", "a/b100"]


def test_what_can_be_used_has_a_name_and_shows_that_it_has_the_focus(open_page: Open) -> None:
    opened = open_page(plans.showcase())
    for control in opened.page.locator("button:visible, input:visible, select:visible, a:visible, summary").all():
        named = control.evaluate("it => (it.labels?.[0]?.textContent || it.textContent).trim()")
        assert named
    opened.page.get_by_label("Search").focus()
    assert opened.page.get_by_label("Search").evaluate("it => getComputedStyle(it).outlineStyle") == "solid"


def test_each_count_leads_to_the_section_that_tells_of_it(open_page: Open) -> None:
    opened = open_page(plans.showcase())
    for name, heading in (("upgrades", "Ready"), ("blocked", "Blocked"), ("changed outside", "Changed outside")):
        target = opened.page.locator(".tiles a", has_text=name).get_attribute("href")
        assert heading in (opened.page.locator(f"{target} h2").text_content() or "")


def test_what_is_ready_stands_before_what_is_blocked_and_one_way_upgrades_are_named_first(open_page: Open) -> None:
    shown = open_page(plans.showcase()).page.locator("main").inner_text()
    order = ["2 upgrades are one way: contoso/branch, contoso/office", "Ready: 3 changes", "Blocked until you act"]

    assert [shown.index(said) for said in order] == sorted(shown.index(said) for said in order)


def test_each_change_leads_to_its_line_of_the_manifest(open_page: Open) -> None:
    opened = open_page(plans.plan(plans.upgrade("contoso/office", line=8)))
    link = opened.page.get_by_role("link", name="manifests/contoso.yaml:8")

    assert link.get_attribute("href") == "https://git.example/estate/blob/4f0c1d2/manifests/contoso.yaml#L8"


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_no_width_needs_scrolling_sideways_or_cuts_a_cell(open_page: Open, width: int) -> None:
    for plan in (plans.showcase(), held_with_costs(), attacked("x" * 3000)):
        opened = open_page(plan, width=width)
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
        assert opened.page.evaluate(CUT) == []


CUT = """() => [...document.querySelectorAll("section :is(td, th)")]
    .filter((cell) => cell.getBoundingClientRect().right > cell.closest("section").getBoundingClientRect().right)
    .map((cell) => cell.outerHTML.slice(0, 80))"""
"""The cells that reach over the edge of their section, which hides what is outside."""


def held_with_costs() -> Plan:
    """A change that a limit holds back, with every column that a change can have."""
    change = plans.upgrade("fabrikam-europe/productivity", line=1200)
    cost = Cost(
        currency="GBP", monthly_before=Decimal("1197.00"), monthly_after=Decimal("21953.00"), committed=Decimal()
    )
    held = plans.held(change, "max_orders", "max_monthly_cost_increase")
    return replace(plans.plan(replace(change, cost=cost), held=(held,)), costs=Costs())


CONTRAST = """() => {
  const channel = (value) => (value /= 255) <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const parts = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = (color) => { const [r, g, b] = parts(color).map(channel); return 0.2126*r + 0.7152*g + 0.0722*b; };
  const behind = (it) => {
    for (; it; it = it.parentElement) {
      const color = getComputedStyle(it).backgroundColor;
      if (parts(color)[3] !== 0) return color;
    }
    return "rgb(255, 255, 255)";
  };
  return [...document.querySelectorAll("body *")]
    .filter((it) => [...it.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()))
    .filter((it) => it.checkVisibility() && !it.closest("script, style, .unseen, .skip"))
    .map((it) => {
      const [a, b] = [light(getComputedStyle(it).color), light(behind(it))];
      return [it.outerHTML.slice(0, 80), (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)];
    })
    .filter(([, ratio]) => ratio < 4.5);
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_stands_out_from_what_is_behind_it(open_page: Open, scheme: str) -> None:
    assert open_page(plans.showcase(), scheme=scheme).page.evaluate(CONTRAST) == []


def test_without_scripts_everything_is_there_to_be_read(open_page: Open) -> None:
    opened = open_page(plans.showcase(), script=False)

    assert len(opened.shown()) == 16
    assert not opened.page.locator(".filters").is_visible()


@pytest.mark.parametrize(
    "attack", [attack for attack in ATTACKS + MARKUP if "<" in attack or '"' in attack or "'" in attack]
)
def test_no_text_from_elsewhere_runs_in_the_page(open_page: Open, attack: str) -> None:
    opened = open_page(attacked(attack))
    for control in opened.page.locator("main button:visible, main summary:visible").all()[:5]:
        control.hover()

    assert (opened.asked, opened.complaints) == ([], [])


MONTHS = tuple(
    Month(month=f"2027-{number:02}", terms=number, seats=10 * number, renewing=number, seats_after=9 * number)
    for number in range(1, 13)
)


def test_the_timeline_has_the_coming_months_and_is_sorted_by_keyboard(open_page: Open) -> None:
    opened = open_page(replace(plans.plan(plans.resize()), months=MONTHS))
    table = opened.page.get_by_role("table", name="Terms and seats by month")
    table.get_by_role("button", name="Seats").focus()
    for _ in range(2):
        opened.page.keyboard.press("Enter")

    rows = [row.inner_text().split() for row in table.locator("tbody tr").all()]
    assert rows[0] == ["2027-12", "12", "12", "0", "120", "108"]
    assert len(rows) == 12
    assert (opened.asked, opened.complaints) == ([], [])


def test_a_month_names_the_terms_that_end_in_it_by_keyboard_and_on_a_phone(open_page: Open) -> None:
    opened = open_page(renewals(term("office", 3, finding()), term("later", 3), within_days=366), width=320)
    table = opened.page.get_by_role("table", name="Terms and seats by month")
    summary = table.locator("summary").first
    summary.focus()
    opened.page.keyboard.press("Enter")

    named = table.locator("details[open] li").all_inner_texts()
    assert [line.split(" ", 1)[1].split(":")[0] for line in named] == ["contoso/office", "contoso/later"]
    assert named[0].endswith("needs you")
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_timeline_fits_a_phone_and_is_left_out_where_no_term_ends(open_page: Open) -> None:
    phone = open_page(replace(plans.plan(plans.resize()), months=MONTHS), width=320)
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 320
    assert phone.page.locator("#timeline tbody tr").first.is_visible()
    assert not open_page(plans.plan(plans.resize())).page.locator("#timeline").count()


def test_the_page_of_renewals_shows_what_is_due_and_finds_it(open_page: Open) -> None:
    opened = open_page(renewals(term("office", 3, finding()), term("later", 20), term("far", 300), within_days=366))

    assert opened.page.locator("#week tbody tr").all_inner_texts()[0].startswith("contoso/office")
    opened.page.get_by_label("Search").fill("contoso.yaml:7 asks")
    assert opened.shown() == ["contoso/office"]
    assert opened.page.locator("#timeline tbody tr").count() == 12
    assert (opened.asked, opened.complaints) == ([], [])


def test_the_chart_adds_up_the_seats_of_each_offer(open_page: Open) -> None:
    opened = open_page(plans.plan(plans.upgrade(seats=(25, 30)), plans.resize(seats=(10, 15))))
    rows = [row.inner_text().split("\t") for row in opened.page.locator(".chart tbody tr").all()]

    assert [[cell.strip() for cell in row] for row in rows] == [
        ["Office 365 Enterprise E3", "0", "30"],
        ["Office 365 Business Premium", "25", "0"],
        ["Exchange Online (Plan 1)", "10", "15"],
    ]
