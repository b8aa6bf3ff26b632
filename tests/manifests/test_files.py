"""The files that are read, and the messages about those that can't be."""

import os
from pathlib import Path

import pytest

from reconciler.manifests.estate import read_estate
from reconciler.manifests.settings import read_settings
from reconciler.model.errors import InvalidInput
from tests.manifests.builders import manifest, problems, write


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write(tmp_path / "manifests", {"fabrikam.yaml": manifest()})


def test_a_link_to_a_file_outside_is_refused_without_reading_it(root: Path) -> None:
    (root.parent / "secrets.yaml").write_text("password: hunter2")
    (root / "tailspin.yaml").symlink_to("../secrets.yaml")

    assert problems(root) == ["tailspin.yaml:1:1: this link leads out of the estate's directory"]


def test_a_link_to_a_directory_outside_is_refused(root: Path) -> None:
    (root / "more").symlink_to(root.parent)

    assert problems(root) == ["more:1:1: this link leads out of the estate's directory"]


def test_a_settings_file_that_is_a_link_to_outside_is_refused(root: Path) -> None:
    (root / "reconciler.yaml").symlink_to("/etc/hostname")

    with pytest.raises(InvalidInput, match="leads out of the estate"):
        read_settings(root)


def test_a_link_within_the_estate_is_read_where_its_target_is_hidden(root: Path) -> None:
    write(root, {".data/tailspin.yaml": manifest("tailspin", 2)})
    (root / "tailspin.yaml").symlink_to(".data/tailspin.yaml")

    estate = read_estate(root, shown_as=Path("m"))

    assert [str(entry.source) for entry in estate.desired] == ["m/fabrikam.yaml:5:3", "m/tailspin.yaml:5:3"]


def test_what_is_read_anyway_is_not_read_again_through_a_link(root: Path) -> None:
    (root / "again.yaml").symlink_to("fabrikam.yaml")
    (root / "round").symlink_to(".")

    assert problems(root) == []


@pytest.mark.parametrize("target", ["nowhere.yaml", "loop.yaml"])
def test_a_link_that_leads_nowhere_is_a_problem(root: Path, target: str) -> None:
    (root / "loop.yaml").symlink_to(target)

    (problem,) = problems(root)

    assert problem.startswith("loop.yaml:1:1: this file can't be read: ")


def test_a_pipe_is_not_waited_for(root: Path) -> None:
    os.mkfifo(root / "pipe.yaml")

    assert problems(root) == ["pipe.yaml:1:1: this is not an ordinary file"]


def test_a_directory_named_like_a_manifest_is_entered(root: Path) -> None:
    write(root, {"north.yaml/tailspin.yaml": "customer: {"})

    assert [problem.partition(":")[0] for problem in problems(root)] == ["north.yaml/tailspin.yaml"]


def test_a_file_over_1_mib_is_refused_by_size(root: Path) -> None:
    write(root, {"large.yaml": "#" * (1024 * 1024), "larger.yaml": "#" * (1024 * 1024 + 1)})

    assert problems(root) == ["larger.yaml:1:1: this file has 1,048,577 bytes, more than 1,048,576 (1 MiB)"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_directory_and_a_file_without_permission_are_problems(root: Path) -> None:
    write(root, {"closed/a.yaml": "", "b.yaml": ""})
    (root / "b.yaml").chmod(0)
    (root / "closed").chmod(0)

    found = problems(root)

    (root / "closed").chmod(0o700)
    assert [problem.partition(" can't")[0] for problem in found] == ["b.yaml:1:1: this file", "closed: this directory"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"customer:\n  name: f\xfcr\n", "2:10: not UTF-8: byte 0xfc at offset 19"),
        (b"\xef\xbb\xbf\xe4\xb8\x80\xff", "1:2: not UTF-8: byte 0xff at offset 6"),
        ("customer: {}".encode("utf-16"), "1:1: this file is UTF-16 text, not UTF-8"),
        (b"a: b\nc: \x00\n", "2:4: the control character U+0000"),
        (b"a: b\nc: \x1b[31m\n", "2:4: the control character U+001B"),
        (b"a: \xc2\x9b\n", "1:4: the control character U+009B"),
    ],
)
def test_what_is_no_text_is_told_by_its_place(root: Path, content: bytes, expected: str) -> None:
    write(root, {"x.yaml": content})

    assert problems(root) == [f"x.yaml:{expected}"]


def test_a_byte_order_mark_and_windows_line_ends_move_no_place(root: Path) -> None:
    write(root, {"fabrikam.yaml": b"\xef\xbb\xbf" + manifest().replace("\n", "\r\n").encode()})

    assert str(read_estate(root, shown_as=Path()).desired[0].source) == "fabrikam.yaml:5:3"


def test_a_file_name_that_is_not_utf_8_is_shown_escaped(root: Path) -> None:
    Path(os.fsdecode(os.fsencode(root) + b"/\xff.yaml")).write_text("customer: {")

    assert [problem.partition(":")[0] for problem in problems(root)] == [r"\xff.yaml"]
