"""Edits of entries: the value asked for is there afterwards, and nothing else in the file differs."""

import re
from datetime import date
from difflib import ndiff
from itertools import count
from typing import Any, TypeAlias

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.manifests.comments import comments_gone
from reconciler.manifests.editing import Edits, Values, edited_file
from reconciler.manifests.files import Source
from reconciler.manifests.writing import Entry
from reconciler.model.address import Address
from reconciler.model.errors import InvalidInput
from reconciler.model.term import FewerSeats, SeatPermission
from tests.thoroughness import examples

FILE = """\
# Contoso, since 2019 — ü
customer: {name: contoso, tenant: x}
subscriptions:
  office:   # the main one
    id: "1"
    # the seats of all sites
    quantity: 25        # was 20
    offer: 'Office 365 E3'
  mail: {id: "2", offer: E1, quantity: 7}
  last:
    id: "3"
    quantity: 1"""


def edited(text: str, **edits: Values) -> str:
    return in_file(text, Edits(values={Address(f"contoso/{name}"): values for name, values in edits.items()}))


def in_file(text: str, edits: Edits) -> str:
    return edited_file(Source(relative="contoso.yaml", shown="contoso.yaml", content=text.encode()), edits).decode()


def test_a_value_is_replaced_and_its_comment_stays() -> None:
    wanted = FILE.replace("quantity: 25 ", "quantity: 30 ").replace("'Office 365 E3'", '"Office 365: E5"')
    assert edited(FILE, office={"quantity": 30, "offer": "Office 365: E5"}) == wanted


def test_a_key_that_is_not_there_is_added_below_the_entrys_last() -> None:
    wanted = FILE.replace("'Office 365 E3'\n", "'Office 365 E3'\n    fewer_seats: now\n")
    assert edited(FILE, office={"fewer_seats": "now"}) == wanted
    assert edited(FILE, last={"renew": "end"}) == f"{FILE}\n    renew: end"
    assert edited(FILE, mail={"term": "annual"}) == FILE.replace("quantity: 7}", "quantity: 7, term: annual}")


@pytest.mark.parametrize("form", [lambda text: text.replace("\n", "\r\n"), lambda text: f"\ufeff{text}\n"])
def test_the_files_own_line_breaks_and_mark_stay(form: Any) -> None:
    wanted = form(FILE.replace("quantity: 25 ", "quantity: 3 ").replace("E3'\n", "E3'\n    term: annual\n"))
    assert edited(form(FILE), office={"quantity": 3, "term": "annual"}) == wanted


SHARED = FILE.replace("quantity: 25", "quantity: &seats 25").replace("quantity: 7", "quantity: *seats")


def test_an_entry_gets_a_value_of_its_own_in_place_of_an_alias() -> None:
    assert edited(SHARED, mail={"quantity": 30}) == SHARED.replace("*seats", "30")
    broken = SHARED.replace("quantity: 1", "quantity:  # all\n      *seats")
    assert edited(broken, last={"quantity": 30}) == broken.replace("      *seats", "      30")
    assert edited(broken, last={"renew": "end"}) == f"{broken}\n    renew: end"


def test_a_value_that_another_entry_takes_over_is_edited_with_that_one_only() -> None:
    with pytest.raises(InvalidInput, match="office can't be edited alone: contoso/mail would change too"):
        edited(SHARED, office={"quantity": 30})
    both = SHARED.replace("*seats", "30").replace("&seats 25", "&seats 30")
    assert edited(SHARED, office={"quantity": 30}, mail={"quantity": 30}) == both


@pytest.mark.parametrize(
    ("entry", "after"),
    [
        (
            "\n    <<: {quantity: 5, offer: E1}\n    id: '4'\n",
            "\n    <<: {quantity: 5, offer: E1}\n    id: '4'\n    quantity: 6\n",
        ),
        (" {id: '4', <<: *last}\n", " {id: '4', <<: *last, quantity: 6}\n"),
        (" *last  # the same\n", " {<<: *last, quantity: 6}  # the same\n"),
        ("\n    quantity: >-\n      5\n    id: '4'\n", "\n    quantity: 6\n    id: '4'\n"),
    ],
)
def test_a_value_that_is_merged_in_or_a_block_is_edited_at_the_entry(entry: str, after: str) -> None:
    base = FILE.replace("last:", "last: &last")
    assert edited(f"{base}\n  more:{entry}", more={"quantity": 6}) == f"{base}\n  more:{after}"


BLOCK = f"{FILE}\n    fewer_seats:  # agreed\n      # by then\n      to: 1  # all\n      until: 2098-01-31  # end\n"


def test_a_permission_of_several_lines_is_edited_where_it_stands() -> None:
    once = SeatPermission(to=2, until=date(2098, 2, 28))
    assert edited(BLOCK, last={"fewer_seats": once}) == BLOCK.replace("to: 1", "to: 2").replace("01-31", "02-28")
    no_end = BLOCK.replace("to: 1", "to: 2").replace("      until: 2098-01-31  # end\n", "")
    assert edited(BLOCK, last={"fewer_seats": SeatPermission(to=2)}) == no_end
    at_renewal = edited(no_end, last={"fewer_seats": SeatPermission(to=2, when=FewerSeats.AT_RENEWAL)})
    assert at_renewal == f"{no_end}      when: at_renewal\n"


def test_the_comments_of_a_permission_that_goes_as_a_whole_are_named() -> None:
    lines = f"{FILE}\n    fewer_seats:\n      to: 1  # all\n"
    assert edited(lines, last={"fewer_seats": "refuse"}) == f"{FILE}\n    fewer_seats: refuse  # all\n"
    assert lost_places(BLOCK, edited(BLOCK, last={"fewer_seats": "refuse"})) == ["contoso.yaml:15:14: # all"]


def lost_places(before: str, after: str) -> list[str]:
    source = Source(relative="contoso.yaml", shown="contoso.yaml", content=before.encode())
    return [f"{place}: {note}" for place, note in comments_gone(source, after.encode())]


NEW = Entry(name="new", id="7a1c9f60-0d3e-4b5f-9c11-2f4d8e6ab001", offer="E1", quantity=7)
LINES = "  new:\n    id: 7a1c9f60-0d3e-4b5f-9c11-2f4d8e6ab001\n    offer: E1\n    quantity: 7"


def with_new(text: str) -> str:
    return in_file(text, Edits(added={"contoso": (NEW,)}))


@pytest.mark.parametrize("sign", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "end", ["", "\n", "\n...\n", "\n--- # next\n", "\n  # of what is next\n", "\n# the end\n", "\nx-y: 1"]
)
@pytest.mark.parametrize("own", ["", "\n    # of the last", "\n\n     # of the last\n    # as well", " # a\n   # b"])
def test_comments_below_an_entry_that_stand_deeper_than_its_name_are_its_own(sign: str, end: str, own: str) -> None:
    before, after = f"{FILE}{own}{end}", f"{FILE}{own}\n{LINES}{end}"
    assert with_new(before.replace("\n", sign)) == after.replace("\n", sign)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("subscriptions:", f"subscriptions:\n{LINES}"),
        ("subscriptions: {}  # none\n  # yet\n", f"subscriptions:  # none\n{LINES}\n  # yet\n"),
        ("subscriptions: {\n  # none\n}", None),
        ("subscriptions: {\n  a: {id: x, offer: E1, quantity: 1}  # of a\n  # the end\n}", None),
        ("subscriptions:  # none\nx-y: 1", f"subscriptions:  # none\n{LINES}\nx-y: 1"),
    ],
)
def test_an_entry_is_added_where_there_is_none_yet_or_braces_have_comments(before: str, after: str | None) -> None:
    head = "customer: {name: contoso, tenant: x}\n"
    text = with_new(head + before)
    assert after is None or text == head + after
    assert lost_places(head + before, text) == []
    assert "# of a\n  new: {" in text or "# of a" not in before


HEAD = "customer: {name: contoso, tenant: x}\nsubscriptions:"


@pytest.mark.parametrize(
    ("entries", "after"),
    [
        (" {mail: {id: a, quantity: 1},\n}", " {}"),
        (" {mail: {id: a},  # of mail\n # alone\n}", " {\n # alone\n}"),
        (" {last: {id: b}, mail: {id: a}}", " {last: {id: b}}"),
        (" {\n last: {id: b},  # of last\n mail: {id: a}  # of mail\n}", " {\n last: {id: b},  # of last\n}"),
        (" {mail: {id: a},  # of mail\n # of last\n last: {id: b}}", " {\n # of last\n last: {id: b}}"),
        ("\n  mail:\n    id: a\n", " {}\n"),
        ("\n  last: {id: b}\n  mail:\n    id: a", "\n  last: {id: b}"),
    ],
)
def test_an_entry_is_taken_out_of_lines_and_out_of_braces(entries: str, after: str) -> None:
    assert in_file(HEAD + entries, Edits(removed=frozenset({Address("contoso/mail")}))) == HEAD + after


def test_what_another_entry_takes_over_is_not_removed() -> None:
    shared = f"{HEAD}\n  mail: &mail\n    id: a\n  last: *mail\n"
    with pytest.raises(InvalidInput, match="can't be edited"):
        in_file(shared, Edits(removed=frozenset({Address("contoso/mail")}), added={"contoso": (NEW,)}))


@pytest.mark.parametrize("sign", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    "last", ["? offer\n    : E1", "offer: >-\n      E1\n\n", "offer: |  # E\n      E1", "offer: E1\n    #1"]
)
def test_a_key_is_added_below_a_value_in_any_form(sign: str, last: str) -> None:
    text = f"{HEAD}\n  mail:\n    ? id\n    : a\n    {last}\nmoved: {{a: b}}\n".replace("\n", sign)
    written, empty = last.rstrip("\n").removesuffix("\n    #1"), last[len(last.rstrip("\n")) :]
    note = last.removeprefix("offer: E1") if last.endswith("#1") else ""
    after = f"{HEAD}\n  mail:\n    ? id\n    : a\n    {written}\n    renew: end{note}{empty}\nmoved: {{a: b}}\n"
    assert edited(text, mail={"renew": "end"}) == after.replace("\n", sign)


def test_what_belongs_to_an_entry_that_is_removed_goes_with_it_and_is_named() -> None:
    entry = "  mail:  # 1\n    id: '2' # 2\n    offer: E1\n    # 3\n"
    text = f"customer: {{name: contoso, tenant: x}}\nsubscriptions:\n  # above\n{entry}  # below\n  last: {{id: '3'}}\n"
    after = in_file(text, Edits(removed=frozenset({Address("contoso/mail")})))
    assert after == text.replace(entry, "")
    assert [place.partition(": ")[2] for place in lost_places(text, after)] == ["# 1", "# 2", "# 3"]


def test_an_entry_that_is_not_there_is_told() -> None:
    with pytest.raises(InvalidInput, match="contoso/other does not stand in"):
        edited(FILE, other={"quantity": 1})


_NOTES = st.sampled_from(["", "", "  # note N", " # quantity: 1 N", "   #é: { N"])
_BETWEEN = st.sampled_from(
    ["", "", "\n", "    # on its own N\n", "\n  # less deep N\n", "      # deeper N\n", "# at the margin N\n"]
)
_GAPS = st.sampled_from(["", " ", "  # in braces N\n        "])
_KEYS = st.permutations(["id", "quantity", "offer"])
_Pairs: TypeAlias = dict[str, Any]
PERMISSION = {"fewer_seats": {"to": "9", "until": "2098-01-31"}}


@st.composite
def files(draw: st.DrawFn, more: _Pairs = {}, *, lines: bool = False) -> str:  # noqa: B006 (nobody changes it)
    """A customer's file with three entries, blocks and braces, comments and blank lines anywhere, no comment twice.
    The entries may have `more`. With `lines` each begins in a line of its own.
    """
    entries: _Pairs = {}
    for name in ("office", "mail", "last"):
        values = {"id": f'"{name}"', "quantity": draw(st.integers(1, 99)), "offer": draw(st.sampled_from("AB"))}
        keys = [*draw(_KEYS), *(key for key in more if draw(st.booleans()))]
        entries[name] = {key: (values | more)[key] for key in keys}
    text = f"customer: {{name: contoso, tenant: x}}\nsubscriptions:{_value(draw, entries, 2, block=lines)}"
    numbers = count()
    text = re.sub(r"\bN\b", lambda _: str(next(numbers)), text)
    return draw(st.sampled_from([text, text.replace("\n", "\r\n"), text.rstrip("\n"), f"--- # 1\n{text}...\n# 2\n"]))


def _value(draw: st.DrawFn, value: Any, column: int, *, block: bool = False) -> str:
    """A value behind its colon, and the lines up to the next key."""
    if not block and (not isinstance(value, dict) or draw(st.booleans())):
        return f" {_in_braces(draw, value)}{draw(_NOTES)}\n{draw(_BETWEEN)}"
    pairs = (f"{' ' * column}{key}:{_value(draw, item, column + 2)}" for key, item in value.items())
    return f"{draw(_NOTES)}\n{draw(_BETWEEN)}{''.join(pairs)}"


def _in_braces(draw: st.DrawFn, value: Any) -> str:
    if not isinstance(value, dict):
        return str(value)
    inside = ",".join(f"{draw(_GAPS)}{key}: {_in_braces(draw, item)}" for key, item in value.items())
    return f"{{{inside}{draw(_GAPS)}}}"


def notes(text: str) -> list[str]:
    """The comments that `files` has put into a text."""
    return re.findall(r"#[\w:{ ]*\b\d+$", text, re.MULTILINE)


def lost(before: str, after: str) -> list[str]:
    """The comments that are in one text only; those that a command would name are the same."""
    source = Source(relative="contoso.yaml", shown="contoso.yaml", content=before.encode())
    gone = [note for note in notes(before.replace("\r", "")) if note not in notes(after.replace("\r", ""))]
    assert [note for _, note in comments_gone(source, after.encode())] == gone
    return gone


WORDS = {"fewer_seats": ["now"], "term": ["annual"], "billing": ["monthly"], "renew": ["end"], "offer": ["C", "D: d"]}
ONCE = [
    SeatPermission(to=12, until=date(2098, 2, 28)),
    SeatPermission(to=12),
    SeatPermission(to=12, when=FewerSeats.AT_RENEWAL),
    SeatPermission(to=12, when=FewerSeats.AT_RENEWAL, until=date(2098, 2, 28)),
]


@st.composite
def values(draw: st.DrawFn) -> Values:
    """Values of any keys that an edit may set."""
    texts = {key: st.sampled_from(words) for key, words in WORDS.items()} | {"quantity": st.integers(100, 999)}
    return draw(st.fixed_dictionaries({}, optional=texts | {"fewer_seats": st.sampled_from(["now", *ONCE])}))


def loaded(text: str) -> Any:
    return next(document for document in yaml.safe_load_all(text) if document)["subscriptions"]


@settings(max_examples=examples(100))
@given(text=files(PERMISSION), new=values())
def test_whatever_the_file_looks_like_nothing_but_the_values_is_edited(text: str, new: Values) -> None:
    after = edited(text, mail=new)
    permission = new.get("fewer_seats")
    read = {**new, "fewer_seats": yaml.safe_load(str(permission))} if permission else new
    before = loaded(text)
    assert loaded(after) == before | {"mail": before["mail"] | read}
    stays = permission in {None, *ONCE[::3]}
    assert not lost(text, after) or not stays
    assert edited(after, mail=new) == after
    changed = [line for line in ndiff(text.splitlines(), after.splitlines()) if line.startswith("-")]
    parts = ["to:", "until:", "{", "}", "# in braces", *(f"{key}:" for key in new)]
    assert all(
        any(part in line for part in parts) or not (stays or line[2:].partition("#")[0].strip()) for line in changed
    )
