"""All that the program reads is UTF-8, whatever the console; what people hand in may begin with a byte order mark."""

import io
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.cli.main import run
from tests.cli.estates import OFFICE, Answer, Estate
from tests.cli.test_apply import fail_after_first_write

Program = Callable[..., Answer]
NAME = "Büro 365 € 翼"
"""Two signs that a Western code page has, and one that it lacks."""

MARK = b"\xef\xbb\xbf"


@pytest.fixture
def spoken(estate: Estate) -> Estate:
    """The estate, its frontline under an offer's name that is not ASCII."""
    offers = estate.root / "manifests" / "offers.yaml"
    offers.write_text(offers.read_text().replace(" F1:", f' "{NAME}":'), "utf-8")
    manifest = estate.root / "manifests" / "contoso.yaml"
    manifest.write_text(manifest.read_text().replace("offer: F1", f'offer: "{NAME}"'), "utf-8")
    with estate.changed() as world:
        world.customers[0].subscriptions[1].offer_name = NAME
    return estate


def printed(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> bytes:
    """Returns what the program writes to a stdout in a Western code page, as a pipe on Windows has it."""
    written = io.BytesIO()
    with monkeypatch.context() as patched:
        stdout = io.TextIOWrapper(written, encoding="cp1252", errors="backslashreplace", newline="\r\n")
        patched.setattr(sys, "stdout", stdout)
        assert run(list(arguments)) in {0, 2, 3}
        stdout.flush()
        return written.getvalue()


FORMATS = ("json", "markdown", "html", "github", "azure-devops", "junit", "sarif")


def test_every_format_that_a_program_reads_is_utf_8_whatever_the_console(
    spoken: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(["plan", "--out", "plan.json"])
    commands: list[tuple[str, ...]] = [
        (command, "--format", form) for form in FORMATS for command in ("plan", "show plan.json")
    ]
    commands += [("plan", "--report", "markdown=-"), ("apply --auto-approve", "--format", "json")]
    commands += [("state pull contoso",), ("state pull",), ("show", "--format", "json")]
    for command, *options in commands:
        assert NAME in printed(monkeypatch, *command.split(), *options).decode("utf-8"), (command, options)
    shutil.rmtree(spoken.root / "state")
    spoken.customer("contoso", office=(OFFICE, "E3", 25))
    for form in ("json", "markdown"):
        assert NAME in printed(monkeypatch, "drift", "--format", form).decode("utf-8")


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize(
    "command", ["offers --format yaml", "offers --format json", "sandbox ledger", "schema customer"]
)
def test_what_else_a_program_reads_is_utf_8_with_the_same_line_breaks(
    monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    run(["apply", "--auto-approve"])
    text = printed(monkeypatch, *command.split())

    assert text.decode("utf-8")
    assert b"\r" not in text


@pytest.mark.usefixtures("spoken")
def test_text_keeps_to_the_consoles_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    assert r"Büro 365 € \u7ffc" in printed(monkeypatch, "plan").decode("cp1252")


@pytest.mark.usefixtures("spoken")
def test_a_plan_that_was_printed_into_a_file_is_applied(monkeypatch: pytest.MonkeyPatch, here: Path) -> None:
    (here / "plan.json").write_bytes(printed(monkeypatch, "plan", "--format", "json"))

    assert run(["apply", "plan.json"]) == 0


@pytest.fixture
def files(spoken: Estate) -> Path:
    """A plan, a snapshot and a state, each as the program wrote it."""
    assert run(["apply", "--auto-approve", "--target", "contoso/frontline"]) == 0
    assert run(["plan", "--out", "plan.json"]) == 0
    assert run(["snapshot", "snapshot.json"]) == 0
    (spoken.root / "pulled.json").write_bytes((spoken.root / "state" / "contoso.json").read_bytes())
    return spoken.root


HANDED_IN = {
    "plan.json": ("show plan.json", "apply plan.json"),
    "snapshot.json": ("plan --snapshot snapshot.json",),
    "pulled.json": ("state push pulled.json",),
    "manifests/contoso.yaml": ("validate", "plan"),
    "manifests/offers.yaml": ("validate", "plan"),
    "manifests/reconciler.yaml": ("validate", "plan"),
    "state/contoso.json": ("state list", "plan"),
    "state/estate.json": ("plan",),
}


@pytest.mark.parametrize("name", HANDED_IN)
def test_a_byte_order_mark_is_passed_over_in_every_file_that_people_hand_in(
    files: Path, reconciler: Program, name: str
) -> None:
    (files / name).write_bytes(MARK + (files / name).read_bytes())

    for command in HANDED_IN[name]:
        assert reconciler(*command.split()).code == 0, command


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("name", HANDED_IN)
def test_utf_16_is_named_as_that_with_the_file(files: Path, reconciler: Program, name: str, encoding: str) -> None:
    (files / name).write_bytes((files / name).read_text("utf-8").encode(encoding))
    answer = reconciler(*HANDED_IN[name][0].split())

    assert answer.code == 1
    assert name in answer.text
    assert "UTF-16" in answer.text
    assert "UTF-8" in answer.text


def test_the_command_that_is_advised_for_utf_16_makes_a_file_that_is_taken(files: Path, reconciler: Program) -> None:
    (files / "pulled.json").write_text((files / "pulled.json").read_text("utf-8"), "utf-16")
    answer = reconciler("state", "push", "pulled.json")
    (advised,) = (line.strip() for line in answer.err.splitlines() if "iconv" in line)
    subprocess.run(["bash", "-c", advised], cwd=files, check=True)

    assert reconciler("state", "push", "pulled.json.utf8").code == 0


def test_a_snapshot_with_the_line_breaks_of_another_system_is_the_same(files: Path, reconciler: Program) -> None:
    (files / "snapshot.json").write_bytes((files / "snapshot.json").read_bytes().replace(b"\n", b"\r\n"))

    assert reconciler("plan", "--snapshot", "snapshot.json").code == 0


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format_version": 1}'])
def test_a_damaged_file_for_push_is_told_about_that_file_and_not_the_state(
    files: Path, reconciler: Program, content: str
) -> None:
    (files / "pulled.json").write_text(content)
    answer = reconciler("state", "push", "pulled.json")

    assert answer.code == 1
    assert "Nothing was pushed. Give the whole document" in answer.text
    assert "version control" not in answer.text


def test_a_state_that_is_rescued_into_the_log_is_whole_in_any_encoding(
    spoken: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_after_first_write(monkeypatch)
    answer = reconciler("apply", "--auto-approve", "--target", "contoso/frontline")
    monkeypatch.undo()
    monkeypatch.chdir(spoken.root)

    assert answer.err.isascii()
    (spoken.root / "copied.json").write_text(answer.err[answer.err.index("{") : answer.err.rindex("}") + 1])
    assert reconciler("state", "push", "copied.json").code == 0
    assert NAME in (spoken.root / "state" / "contoso.json").read_text("utf-8")
