"""Data on stdout and all else on stderr; streams that break, are full, or are closed; colour."""

import json
import os
import re
import shlex
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import forked
from tests.cli.estates import Answer, Estate, command, environment, process

Program = Callable[..., Answer]
ESCAPE = "\x1b["


def shell(cwd: Path, line: str, **variables: str) -> Answer:
    """A line of shell in which `$R` is the program, and `$START` one that starts with an interpreter of its own."""
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", line],
        cwd=cwd,
        env=environment(R=forked.command(), START=" ".join(command()), **variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    assert "fault in reconciler" not in done.stderr
    return Answer(code=done.returncode, out=done.stdout, err=done.stderr)


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize("arguments", ["plan --format json", "show --format json", "state pull"])
def test_json_on_stdout_is_json_and_nothing_else(reconciler: Program, arguments: str) -> None:
    answer = reconciler(*arguments.split())

    assert isinstance(json.loads(answer.out), dict)
    assert ESCAPE not in answer.out


@pytest.mark.usefixtures("estate")
def test_json_is_without_colour_even_where_colour_is_forced(
    reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")

    assert ESCAPE not in reconciler("plan", "--format", "json").out
    assert ESCAPE not in reconciler("apply", "--auto-approve", "--format", "json").out


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize(
    ("variables", "arguments", "colored"),
    [
        ({}, [], False),
        ({"FORCE_COLOR": "1"}, [], True),
        ({"FORCE_COLOR": "1", "TERM": "dumb"}, [], True),
        ({"FORCE_COLOR": ""}, [], False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, [], False),
        ({"FORCE_COLOR": "1", "NO_COLOR": ""}, [], True),
        ({"FORCE_COLOR": "1"}, ["--no-color"], False),
    ],
)
def test_colour_is_for_terminals_and_those_who_ask(
    reconciler: Program,
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    arguments: list[str],
    colored: bool,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert (ESCAPE in reconciler("plan", *arguments).out) is colored
    assert (ESCAPE in reconciler(*arguments, "plan").out) is colored
    assert (ESCAPE in reconciler(*arguments, "-m", "nowhere", "plan").err) is colored


@pytest.mark.usefixtures("estate")
def test_colour_changes_no_word(reconciler: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = reconciler("plan", "--target", "contoso/office").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    colored = reconciler("plan", "--target", "contoso/office").out

    def without_time(text: str) -> str:
        return re.sub(r"read live at .* \(.*\)", "", text)

    assert without_time(re.sub(r"\x1b\[[0-9;]*m", "", colored)) == without_time(plain)


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize("columns", [40, 80, 200])
def test_a_plan_is_as_wide_as_asked(reconciler: Program, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))

    lines = reconciler("plan").out.splitlines()
    several_words = (line for line in lines if " " in line.strip() and not line.strip().startswith("reconciler "))
    assert columns // 2 < max(map(len, several_words)) <= columns


def test_a_reader_who_stops_reading_a_plan_hears_no_complaint(estate: Estate) -> None:
    answer = shell(estate.root, "$R plan | true; $R state list | true; $R explain | head -1")

    assert answer.err == ""


def test_a_plan_that_does_not_fit_the_disk_is_an_error(estate: Estate) -> None:
    answer = shell(estate.root, "$START plan >/dev/full")

    assert answer.code == 1
    assert "The output can't be written: No space left on device." in answer.text


def test_an_apply_whose_output_takes_nothing_is_refused_before_anything_is_sent(estate: Estate) -> None:
    answer = shell(estate.root, "$R plan --out plan.json >/dev/null && $START apply plan.json >/dev/full")

    assert answer.code == 1
    assert "The output can't be written: No space left on device." in answer.text
    assert estate.bought == []


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("$START apply <&-", 1),
        ("$START plan >&-", 0),
        ("$START -m nowhere plan 2>&-", 1),
        ("$START apply --auto-approve <&- >&- 2>&-", 0),
        ("rm manifests/reconciler.yaml; $START plan --cloud worldwide <&- >&- 2>&-", 8),
    ],
)
def test_closed_streams_change_no_exit_code(estate: Estate, line: str, code: int) -> None:
    assert shell(estate.root, line).code == code


def test_what_belongs_on_a_closed_stdout_is_said_on_stderr(estate: Estate) -> None:
    done = subprocess.run(
        ["sh", "-c", f"{shlex.join(command('apply', '--auto-approve'))} >&-"],
        cwd=estate.root,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 0
    assert "Apply finished: 2 succeeded." in done.stderr


def test_text_that_the_terminal_can_not_show_comes_as_escapes(estate: Estate) -> None:
    with estate.changed() as world:
        world.customers[0].subscriptions[0].offer_name = "翼尖"

    answer = shell(estate.root, "$START plan", PYTHONIOENCODING="ascii")

    assert (answer.code, r"\u7ffc\u5c16" in answer.out) == (0, True)


def test_out_to_a_device_leaves_the_device_what_it_is(estate: Estate) -> None:
    answer = shell(
        estate.root, "mknod null c 1 3 2>/dev/null || mkfifo null; (cat null >/dev/null &) ; $R plan --out null"
    )

    assert answer.code == 0
    assert not (estate.root / "null").is_file()


def test_out_to_a_pipe_is_read_at_its_other_end(estate: Estate) -> None:
    os.mkfifo(estate.root / "pipe")
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append((estate.root / "pipe").read_text()))
    reader.start()
    process(estate.root, "plan", "--out", "pipe")
    reader.join(timeout=60)

    assert json.loads(read[0])["format_version"]
    assert (estate.root / "pipe").is_fifo()


def test_out_to_standard_output_prints_the_plan_file(estate: Estate) -> None:
    answer = shell(estate.root, "$R plan --out /dev/stdout | cat")

    assert json.JSONDecoder().raw_decode(answer.out)[0]["fingerprint"]
    assert Path("/dev/stdout").is_symlink()
