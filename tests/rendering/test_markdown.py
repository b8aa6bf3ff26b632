"""A plan as a comment on a pull request: complete where it fits, loud where it does not."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.plan import Plan
from reconciler.rendering.formats.blocks import NOTE, Block, fitted
from reconciler.rendering.formats.commonmark import code, words
from reconciler.rendering.formats.markdown import markdown
from reconciler.rendering.report import Amount, Field, Item, Monthly, Names, Report, Section, Span
from reconciler.rendering.subjects.plans import FORMATS
from reconciler.rendering.view import View
from tests.rendering import plans
from tests.rendering.attacked import VIEW


def comment(plan: Plan, view: View = VIEW) -> str:
    return FORMATS["markdown"](plan, view)


def many(number: int) -> Plan:
    """As many of each kind, none of which can be told together with another."""
    return plans.plan(
        *(
            plans.upgrade(f"ready-{at}/office", warnings=(plans.caution("note", f"Note {at}."),))
            for at in range(number)
        ),
        blocked=tuple(
            plans.blocked(f"held-{at}/office", plans.reason(f"code_{at}", f"Because {at}.", "Do it." * 20))
            for at in range(number)
        ),
        drift=tuple(plans.drift(f"moved-{at}/office") for at in range(number)),
        undeclared=tuple(f"gone-{at}/office" for at in range(number)),
    )


def test_the_answer_comes_in_the_order_of_the_questions() -> None:
    shown = comment(plans.showcase())
    order = [
        "3 changes can go ahead; 5 blocked",
        "[!CAUTION]",
        "### Ready",
        "### Blocked: 5",
        "#### What to do",
        "Not finished",
    ]

    assert [shown.index(part) for part in order] == sorted(shown.index(part) for part in order)


@pytest.mark.parametrize(
    ("number", "limit"), [(10, 4_000), (10, 65_536), (300, 20_000), (300, 1_000_000), (2_000, 4_000), (2_000, 65_536)]
)
def test_a_comment_is_never_longer_than_the_host_takes_and_says_what_it_leaves_out(limit: int, number: int) -> None:
    shown = comment(many(number), replace(VIEW, limit=limit))
    whole = all(f"`{kind}-{number - 1}/office`" in shown for kind in ("ready", "held")) and "[!IMPORTANT]" not in shown

    assert len(shown.encode()) <= limit
    assert whole != ("This does not show everything" in shown)
    assert shown.index(f"{number:d} changes can go ahead") < 200


def test_a_long_section_does_not_hide_a_later_one() -> None:
    shown = comment(many(2_000))

    assert "`held-0/office`" in shown
    assert "`ready-0/office`" in shown
    assert re.search(r"\*\*1,\d{3} more changes left out here", shown)


def test_a_long_comment_tells_every_reason_and_its_remedy_before_all_addresses() -> None:
    codes = [f"code_{at}" for at in range(30)]
    held = (plans.blocked(f"a/b-{at}", plans.reason(codes[at // 100], "Why.", "Do it.")) for at in range(3_000))
    shown = comment(plans.plan(blocked=tuple(held)))

    assert shown.count("</b> 100 subscriptions</summary>") == len(codes)
    assert all(f"(`{code}`)" in shown for code in codes)
    assert re.search(r"\*\*2,\d{3} more blocked subscriptions left out here", shown)


def test_a_reason_of_two_kinds_of_remedy_is_told_with_both() -> None:
    held = (plans.blocked(f"a/b-{at}", plans.reason("code", "Why.", f"Do {at}.")) for at in range(2))
    shown = comment(plans.plan(blocked=tuple(held)))

    assert "`a/b-0` (`code`)\n\nDo 0." in shown
    assert "`a/b-1` (`code`)\n\nDo 1." in shown


def test_a_pipelines_comment_invites_nobody_to_apply_from_a_desk() -> None:
    view = replace(VIEW, next_command=("apply", "plan.json"), run_url=None)

    assert "reconciler apply" in comment(plans.plan(plans.resize()), view)
    assert "reconciler apply" not in comment(plans.plan(plans.resize()), replace(view, run_url="https://ci.example/7"))


def test_what_is_cut_is_counted() -> None:
    shown = comment(many(2_000))
    left = [int(number.replace(",", "")) for number in re.findall(r"\*\*([\d,]+) more [\w ]+ left out", shown)]
    total = re.search(r"everything: ([\d,]+) of", shown)

    assert total
    assert int(total[1].replace(",", "")) == sum(left)


def test_the_marker_is_the_same_for_every_plan_of_an_estate() -> None:
    marks = {comment(plan).split("\n")[0] for plan in (plans.plan(), plans.plan(plans.resize(), cloud="china"))}

    assert marks == {"<!-- reconciler plan -->"}


def test_two_estates_of_one_pull_request_have_markers_of_their_own() -> None:
    shown = comment(plans.plan(), replace(VIEW, name="Europe --> x"))

    assert shown.startswith("<!-- reconciler plan: europe-x -->\n## Europe --&gt; x: Nothing to do")


def test_the_footer_says_what_was_planned_by_what() -> None:
    foot = comment(plans.plan(), replace(VIEW, version="1.2.3")).splitlines()[-1]

    assert re.search(r"`sha256:[0-9a-f]{64}` · commit `4f0c1d2` · reconciler 1\.2\.3 · \[run\]", foot)


def test_only_microsofts_own_pages_can_be_followed() -> None:
    for url, followed in (
        ("https://admin.microsoft.com/x", True),
        ("https://partner.microsoftonline.cn/x", True),
        ("http://admin.microsoft.com/x", False),
        ("https://admin.microsoft.com.evil.example/x", False),
        ("https://admin.microsoft.com@evil.example/x", False),
        ("https://evilmicrosoft.com/x", False),
    ):
        held = plans.plan(blocked=(plans.blocked("a/b", plans.reason("code", "Why.", "Look.", url=url)),))
        assert (f"](<{url}>)" in comment(held)) is followed


def test_a_limit_names_the_command_that_overrides_it_and_no_other() -> None:
    shown = comment(plans.plan(plans.resize(), limits=(plans.breach(),)), replace(VIEW, next_command=("apply", "p")))

    assert "`reconciler apply p --override-limit max_seats_added=1500`" in shown
    assert "To carry out" not in shown


def test_a_plan_from_a_snapshot_offers_no_apply() -> None:
    plan = plans.plan(plans.upgrade(), limits=(plans.breach(),), snapshot=True)
    shown = comment(plan, replace(VIEW, next_command=("apply", "p")))

    assert "reconciler apply" not in shown
    assert "Planned from a snapshot" in shown


SECTIONS = st.lists(
    st.builds(
        Block, head=st.text(max_size=30), rows=st.lists(st.text(max_size=80)).map(tuple), tail=st.text(max_size=9)
    )
)


@given(SECTIONS, st.integers(min_value=0, max_value=3_000))
def test_sections_never_need_more_room_than_there_is(sections: list[Block], room: int) -> None:
    result = fitted(sections, room)

    assert len(result.text.encode("utf-8")) <= room
    assert result.rows == sum(len(section.rows) for section in sections)


@given(SECTIONS)
def test_where_there_is_room_nothing_is_left_out(sections: list[Block]) -> None:
    whole = "".join(section.head + "".join(section.rows) + section.tail for section in sections)
    room = len(whole.encode()) + NOTE * len(sections)

    assert fitted(sections, room).text == whole


@given(st.text())
def test_code_is_code_whatever_it_holds(text: str) -> None:
    span = code(text)
    fence = re.match("`*", span)

    assert fence
    assert not span or (span.endswith(fence[0]) and fence[0] not in span[len(fence[0]) : -len(fence[0])].strip("` "))


@pytest.mark.parametrize("text", ["Office 365 E3 - Ünïcode", "交换在线", "25 seats (+5)", "a/b.c: d, e; f"])
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert words(text) == text


def table(*rows: tuple[Field, ...]) -> list[list[str]]:
    """The cells of a table in a comment, the heading first."""
    items = tuple(Item(subject=f"contoso/{number}", sign=Span("~"), fields=row) for number, row in enumerate(rows))
    shown = markdown(Report(name="x", sections=(Section(id="x", heading="X", table=True, items=items),)), VIEW)
    lines = [line for line in shown.splitlines() if line.startswith("|") and "---" not in line]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_texts_that_few_rows_have_share_a_column_and_no_column_is_empty_in_every_row() -> None:
    offer, seats, price = Field("offer", Names(("E3",))), Field("seats", Amount(1, 2)), Field("monthly", Monthly())
    users = Field("users", "move along")
    head, *rows = table((offer, seats, price, users, Field("note", "")), (offer, seats, Field("undo", "no")))

    assert head == ["", "Address", "Offer", "Seats", "Monthly", "Details"]
    assert [row[-1] for row in rows] == ["**Users:** move along", "**Undo:** no"]


def test_a_text_that_every_row_has_and_one_that_alone_is_left_have_columns() -> None:
    date, term, undo = Field("date", "today"), Field("term", "annual"), Field("undo", "no")

    assert table((date, term), (date, term, undo))[0] == ["", "Address", "Date", "Term", "Undo"]
