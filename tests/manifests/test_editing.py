"""Edits of entries: the value asked for is there afterwards, and nothing else in the file differs."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.manifests import Edits, Values, edited_file
from reconciler.manifests.files import Source
from reconciler.model.address import Address
from reconciler.model.errors import InvalidInput

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
    content = Source(relative="contoso.yaml", shown="contoso.yaml", content=text.encode())
    values = {Address(f"contoso/{name}"): values for name, values in edits.items()}
    return edited_file(content, Edits(values=values)).decode()


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


def test_a_permission_of_several_lines_is_replaced_as_a_whole() -> None:
    lines = f"{FILE}\n    fewer_seats:\n      to: 1  # all\n"
    assert edited(lines, last={"fewer_seats": "refuse"}) == f"{FILE}\n    fewer_seats: refuse  # all\n"


def test_an_entry_that_is_not_there_is_told() -> None:
    with pytest.raises(InvalidInput, match="contoso/other does not stand in"):
        edited(FILE, other={"quantity": 1})


_NOTES = st.sampled_from(["", "  # note", " # quantity: 1", "   #é: {"])
_BETWEEN = st.sampled_from(["", "\n", "    # on its own\n", "\n  # less deep\n"])
_KEYS = st.permutations(["id", "quantity", "offer"])


@st.composite
def files(draw: st.DrawFn) -> str:
    """A customer's file with three entries, blocks and braces, comments and blank lines anywhere."""
    lines = ["customer: {name: contoso, tenant: x}\nsubscriptions:\n"]
    for name in ("office", "mail", "last"):
        values = {"id": f'"{name}"', "quantity": str(draw(st.integers(1, 99))), "offer": draw(st.sampled_from("AB"))}
        keys = draw(_KEYS)
        if draw(st.booleans()):
            inside = ", ".join(f"{key}: {values[key]}" for key in keys)
            lines.append(f"  {name}: {{{inside}}}{draw(_NOTES)}\n{draw(_BETWEEN)}")
        else:
            lines.append(f"  {name}:{draw(_NOTES)}\n")
            lines += [f"    {key}: {values[key]}{draw(_NOTES)}\n{draw(_BETWEEN)}" for key in keys]
    text = "".join(lines)
    return draw(st.sampled_from([text, text.replace("\n", "\r\n"), text.rstrip("\n")]))


@given(text=files(), quantity=st.integers(100, 999))
def test_whatever_the_file_looks_like_nothing_but_the_values_is_edited(text: str, quantity: int) -> None:
    after = edited(text, mail={"quantity": quantity, "offer": "C", "term": "annual"})
    lines = [line for line in after.splitlines(keepends=True) if "term: annual" not in line or "{" in line]
    before = text.splitlines(keepends=True)
    assert len(lines) == len(before)
    differing = [(old, new) for old, new in zip(before, lines, strict=True) if old.rstrip("\r\n") != new.rstrip("\r\n")]
    assert 1 <= len(differing) <= 2
    assert all("quantity" in old or "offer" in old for old, _ in differing)
    assert edited(after, mail={"quantity": quantity}) == after
