"""Whatever a file holds, reading it ends soon, in little memory, and with nothing but the program's own errors."""

import time
import tracemalloc
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.manifests.estate import read_estate
from reconciler.model.errors import ReconcilerError
from tests.manifests.builders import guid, manifest, problems, write
from tests.thoroughness import examples

MIB = 1024 * 1024

HOSTILE = {
    "brackets": "[" * 900_000,
    "brackets on lines of their own": "[\n" * 450_000,
    "dashes": "- " * 450_000,
    "question marks": "? " * 450_000,
    "one wide list": f"[{'a,' * 100_000}]",
    "one wide mapping": "customer: {" + ",".join(f"k{number}" for number in range(150_000)) + "}",
    "tag directives": "".join(f"%TAG !a{number}! x\n" for number in range(60_000)),
    "anchors": "".join(f"- &a{number} x\n" for number in range(20_000)),
    "aliases of a wide mapping": "a: &a {" + ",".join(f"k{number}" for number in range(1000)) + "}\n"
    "b: [" + "*a," * 1000 + "]",
    "merges of a wide mapping": "a: &a {" + ",".join(f"k{number}" for number in range(1000)) + "}\n"
    "b: {<<: [" + "*a," * 1000 + "]}",
    "small documents": "---\na: 1\n" * 2_000,
    "empty documents": "---\n" * 50_000,
    "a chain of aliases": "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 8_000)),
    "a merge of itself": "a: &a {<<: *a}\n",
    "a long number": manifest().replace("25", "9" * 900_000),
    "a long key": f"{'k' * 900}: 1\n" * 900,
    "a long name": manifest("x" * 900_000),
}


SECONDS, LARGEST = 40, 900_000
"""Work that grows with the square of the largest file takes minutes; a busy machine makes the rest three times as long.
Files that are smaller may take as much less, in memory too.
"""

SIGNS = st.sampled_from("{}[]:,-?|>&*!%@`'\"#<~ \t\n\r\u0085\u2028\ufeff")
WORDS = st.sampled_from(
    ("null", "no", "1_0", "1:30", "\n---\n", "\n...\n", "&a ", "*a", "<<: *a", "!!str ", "- ", ": ")
)


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_file_is_refused_in_bounded_memory_and_time(tmp_path: Path, content: str) -> None:
    write(tmp_path, {"a.yaml": content, "b.yaml": manifest("tailspin", 2)})
    began = time.process_time()
    tracemalloc.start()

    found = problems(tmp_path)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert bool(found) == (content != HOSTILE["empty documents"])
    assert peak < 20 * MIB + 200 * MIB * len(content) / LARGEST
    assert time.process_time() - began < 5 + SECONDS * len(content) / LARGEST


def test_unknown_offers_beyond_number_are_refused_in_bounded_time(tmp_path: Path) -> None:
    names = "".join(f"  Office 365 Plan {number}: {guid(number)}\n" for number in range(5000))
    text = manifest(subscriptions=1000)
    for number in range(1000):
        text = text.replace("offer: E3", f"offer: Office Plan {number}", 1)
    write(tmp_path, {"offers.yaml": f"offers:\n{names}", "a.yaml": text})
    began = time.process_time()

    assert len(problems(tmp_path)) == 1000
    assert time.process_time() - began < SECONDS / 3


@pytest.mark.parametrize("name", ["a.yaml", "offers.yaml", "reconciler.yaml"])
@settings(max_examples=examples(30), deadline=2000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200) | st.lists(SIGNS | WORDS | st.characters(codec="utf-8")).map("".join))
def test_any_bytes_are_read_or_refused(tmp_path: Path, name: str, content: bytes | str) -> None:
    write(tmp_path, {name: content})

    assert_read_or_refused(tmp_path)


@settings(max_examples=examples(40), deadline=2000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=st.lists(st.tuples(st.integers(0, 250), st.integers(0, 20), SIGNS | WORDS), min_size=1, max_size=5))
def test_a_manifest_with_slips_of_the_pen_is_read_or_refused(tmp_path: Path, edits: list[tuple[int, int, str]]) -> None:
    text = manifest(subscriptions=2)
    for start, length, piece in edits:
        text = text[:start] + piece + text[start + length :]
    write(tmp_path, {"a.yaml": text})

    assert_read_or_refused(tmp_path)


def assert_read_or_refused(root: Path) -> None:
    """Anything but the program's own errors goes through."""
    with suppress(ReconcilerError):
        read_estate(root)
        assert problems(root) == []
