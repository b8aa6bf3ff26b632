"""One layout for every file: only white space moves, the meaning stays, and a second time changes nothing."""

import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reconciler.manifests.files import Source
from reconciler.manifests.formatting import formatted
from reconciler.model.errors import InvalidInput

UNEVEN = """\


# Contoso, since 2019
x-office: &office
    offer: E3\x20\x20
customer:
      name: contoso   # as in the contract
removed:
-    kiosk
# and
-   k: 1
    l: 2
subscriptions:
    # inside
        # the main one
        office:


              <<: *office
              id: "1"
              note: |
                   as
                     it is\x20

                   here
        mail: {id: 2,
           quantity: 3, # three
        }

                # of mail

        list:
          - a: 1
            b: 2
          -
            -   - x
            -   |2
                  far
        empty:
          # of empty
        last: 1
# end


"""

EVEN = """\
# Contoso, since 2019
x-office: &office
  offer: E3
customer:
  name: contoso   # as in the contract
removed:
  - kiosk
  # and
  - k: 1
    l: 2
subscriptions:
  # inside
  # the main one
  office:

    <<: *office
    id: "1"
    note: |
      as
        it is\x20

      here
  mail: {id: 2,
     quantity: 3, # three
  }

    # of mail

  list:
    - a: 1
      b: 2
    -
      - - x
      - |2
            far
  empty:
    # of empty
  last: 1
# end
"""


def laid_out(text: str) -> str:
    return formatted(Source(relative="contoso.yaml", shown="contoso.yaml", content=text.encode())).decode()


@pytest.mark.parametrize("text", [UNEVEN, UNEVEN.replace("\n", "\r\n"), f"\ufeff{UNEVEN}", EVEN])
def test_a_file_is_laid_out_in_one_way(text: str) -> None:
    assert laid_out(text) == EVEN


@pytest.mark.parametrize(
    "text", ['a: "x\u2028  y"\nb:   1', "a: b\n  c\n     d\n", "--- # one\n    a: 1\n...\n--- >\n  x\n"]
)
def test_what_is_written_strangely_keeps_its_meaning(text: str) -> None:
    assert list(yaml.safe_load_all(laid_out(text))) == list(yaml.safe_load_all(text))


def test_what_has_question_marks_before_its_keys_stays_as_a_second_time_finds_it() -> None:
    text = "s:\n   ? office\n   :\n     a: 1\n       # note\n     b: x\n       y  # note\n"
    assert laid_out(laid_out(text)) == laid_out(text) == text


def test_what_is_no_yaml_is_told() -> None:
    with pytest.raises(InvalidInput):
        laid_out("a: [1")


def owners(text: str) -> list[str]:
    """Returns the nearest line above each comment that it is set in below."""
    lines = [(len(line) - len(line.lstrip()), line.split()) for line in text.splitlines() if line.strip()]
    plain = [(column, words, words[0] == "#") for column, words in lines]
    return [
        next((" ".join(above) for set_in, above, aside in reversed(plain[:at]) if set_in < column and not aside), "")
        for at, (column, _, is_comment) in enumerate(plain)
        if is_comment
    ]


_FLUSH = re.compile(r"^( *)[a-e]:[^\n]*\n\1- ", re.MULTILINE)
"""A list at the column of its key: its items are set in below the key, though their column does not show it."""

_KINDS = ["plain", "mapping", "list", "text", "braces", "words"]


@st.composite
def files(draw: st.DrawFn, depth: int = 0, column: int = 0) -> list[str]:
    """The lines of a mapping: any indentation, comments and blank lines anywhere, values of every kind."""
    lines = list[str]()
    for key in draw(st.lists(st.sampled_from("abcde"), min_size=1, max_size=4, unique=True)):
        between = draw(st.sampled_from(["", " " * draw(st.integers(0, 9)) + "# note: x", None, None]))
        lines += [] if between is None else [between]
        step, indent = draw(st.integers(1, 5)), " " * column
        tail = draw(st.sampled_from(["", "  ", " # why"]))
        kind = draw(
            st.sampled_from(["plain", "mapping", "list", "text", "braces", "words"] if depth < 3 else ["plain"])
        )
        if kind == "mapping":
            lines += [f"{indent}{key}:{tail}", *draw(files(depth + 1, column + step))]
        elif kind == "list":
            dashes = " " * (column + draw(st.integers(0, 3)))
            gap, aside = " " * draw(st.integers(1, 4)), " " * draw(st.integers(0, 9))
            lines += [f"{indent}{key}:{tail}", f"{dashes}-{gap}x{tail}", f"{aside}# in", f"{dashes}-   k: 1"]
            lines.append(f"{dashes}    l: 2")
            if draw(st.booleans()):
                lines += [f"{dashes}-{gap}|-", f"{dashes}{gap} one", f"{dashes}{gap}  # three"]
        elif kind == "text":
            inner = " " * (column + step)
            lines += [f"{indent}{key}: |", f"{inner}one  ", f"{inner}  two", "", f"{inner}# three"]
        elif kind == "braces":
            lines += [f"{indent}{key}: {{a: 1,{tail}", f"{' ' * (column + step)}b: [x, y]", f"{' ' * (column + 1)}}}"]
        elif kind == "words":
            lines += [f"{indent}{key}: one", f"{' ' * (column + step)}two"]
        else:
            lines.append(f"{indent}{key}: 1{tail}")
    return lines


@given(lines=files(), sign=st.sampled_from(["\n", "\r\n"]), end=st.sampled_from(["", "\n", "\n\n"]))
def test_whatever_a_file_looks_like_only_white_space_moves(lines: list[str], sign: str, end: str) -> None:
    text = sign.join(lines) + end
    after = laid_out(text)
    assert after.split() == text.split()
    assert yaml.safe_load(after) == yaml.safe_load(text.replace("\r\n", "\n"))
    assert laid_out(after) == after
    if not any(mark in text for mark in ("{", " two", "# three")) and not _FLUSH.search(text):
        assert owners(after) == owners(text)
    assert after.endswith(("\n", "# three"))
    assert not any(line.endswith(" ") for line in after.splitlines() if line.strip() != "one")
