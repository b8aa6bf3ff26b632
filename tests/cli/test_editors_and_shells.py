"""`schema` for editors, `completion` for shells."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from reconciler.cli.main import program, run
from tests.cli.estates import Answer, Estate, environment

Program = Callable[..., Answer]

_COMPLETE = """\
source /dev/stdin <<< "$(reconciler completion bash)"
COMP_LINE="{line}" COMP_POINT=${{#COMP_LINE}} COMP_WORDS=({words}) COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
_reconciler_completion reconciler
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.mark.usefixtures("estate")
def test_the_schema_of_a_customer_lists_the_offers_of_this_estate(reconciler: Program) -> None:
    answer = reconciler("schema", "customer")

    assert answer.code == 0
    offer = json.loads(answer.out)["definitions"]["SubscriptionEntry"]["properties"]["offer"]
    assert offer["anyOf"][0] == {"enum": ["E1", "E3", "Exchange", "F1"]}


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("kind", ["customer", "offers", "settings"])
def test_a_schema_needs_no_estate(reconciler: Program, kind: str) -> None:
    assert json.loads(reconciler("schema", kind).out)["$id"] == f"urn:reconciler:manifest:{kind}"


def test_a_broken_catalogue_is_told_with_its_place(estate: Estate, reconciler: Program) -> None:
    (estate.root / "manifests" / "offers.yaml").write_text("offers: {E1: nonsense}\n")

    answer = reconciler("schema")

    assert (answer.code, answer.out) == (1, "")
    assert "manifests/offers.yaml:1:14" in answer.err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_a_script_of_its_own(reconciler: Program, shell: str) -> None:
    assert f"_RECONCILER_COMPLETE={shell}_complete" in reconciler("completion", shell).out


SHELLS = ("bash", "zsh", "fish")

OFFERED = [
    ("expl", "explain"),
    ("plan --detailed", "--detailed-exitcode"),
    ("plan --target con", "contoso"),
    ("plan --target=con", "contoso"),
    ("plan --target contoso/o", "contoso/office"),
    ("plan --exclude=contoso/o", "contoso/office"),
    ("plan --format=mark", "markdown"),
    ("plan --cloud=sand", "sandbox"),
    ("--cloud=sand", "sandbox"),
    ("plan --report=mark", "markdown="),
    ("plan --report mark", "markdown="),
    ("plan --blocked=f", "fail"),
    ("plan --changed-since=origin/ma", "origin/main"),
    ("apply --override-limit=max_seats_r", "max_seats_removed"),
    ("snapshot --upgrades=a", "all"),
    ("explain seat_loss", "seat_loss_not_allowed"),
    ("adopt contoso/o", "contoso/office"),
    ("forget contoso/m", "contoso/mail"),
    ("state show contoso/m", "contoso/mail"),
    ("state mv contoso/m", "contoso/mail"),
    ("state mv contoso/mail contoso/m", "contoso/mail"),
    ("state resolve contoso/m", "contoso/mail"),
    ("state pull con", "contoso"),
    ("unlock con", "contoso"),
    ("guide lo", "locks"),
    ("schema of", "offers"),
    ("completion z", "zsh"),
    ("sandbox serve --source-fate=st", "stays_active"),
]
"""The words typed after `reconciler`, and what its last word is completed to."""

PLACES = [
    ("-m man", "dir", "man"),
    ("--manifests=man", "dir", "man"),
    ("--chdir=man", "dir", "man"),
    ("plan --state=st", "dir", "st"),
    ("import --into=man", "dir", "man"),
    ("plan --out=pl", "file", "pl"),
    ("plan --report=markdown=pl", "file", "markdown=pl"),
    ("plan --report markdown=pl", "file", "markdown=pl"),
    ("plan --snapshot pl", "file", "pl"),
    ("apply pl", "file", "pl"),
    ("apply --approved=pl", "file", "pl"),
    ("apply --license-report=pl", "file", "pl"),
    ("show pl", "file", "pl"),
    ("state push pl", "file", "pl"),
    ("snapshot pl", "file", "pl"),
]
"""The words typed, and which kind of place the shell itself completes."""


@pytest.fixture
def completions(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[str, str], list[tuple[str, str]]]:
    """The kinds and values that a shell is given for what was typed after `reconciler`."""

    def ask(shell: str, typed: str) -> list[tuple[str, str]]:
        line = f"reconciler {typed}"
        word = re.split("[ =:]" if shell == "bash" else " ", line)[-1]
        position = str(len(line.split()) - 1)
        monkeypatch.setenv("_RECONCILER_COMPLETE", f"{shell}_complete")
        monkeypatch.setenv("COMP_WORDS", line)
        monkeypatch.setenv("COMP_CWORD", {"bash": word or "=", "zsh": position, "fish": word}[shell])
        with pytest.raises(SystemExit):
            run([])
        lines = capsys.readouterr().out.splitlines()
        if shell == "zsh":
            return list(zip(lines[::3], lines[1::3], strict=True))
        items = (line.partition("\t")[0].partition(",") for line in lines)
        return [(kind, value) for kind, _, value in items]

    return ask


def whole(shell: str, typed: str, value: str) -> str:
    """The value as this shell wants it: bash replaces what is behind the last `=`, the others the whole word."""
    option, equals, _ = typed.rsplit(maxsplit=1)[-1].partition("=")
    return f"{option}={value}" if equals and option.startswith("-") and shell != "bash" else value


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.usefixtures("estate")
def test_every_argument_and_every_value_behind_an_equals_sign_is_completed(
    completions: Callable[[str, str], list[tuple[str, str]]], shell: str
) -> None:
    missing = [
        typed for typed, value in OFFERED if ("plain", whole(shell, typed, value)) not in completions(shell, typed)
    ]

    assert missing == []


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.usefixtures("estate")
def test_folders_and_files_are_left_to_the_shell(
    completions: Callable[[str, str], list[tuple[str, str]]], shell: str
) -> None:
    found = {typed: completions(shell, typed) for typed, _, _ in PLACES}

    for typed, kind, value in PLACES:
        ((told, given),) = found[typed]
        assert told == kind
        assert shell == "bash" or given == whole(shell, typed, value)


def test_every_option_and_argument_that_takes_an_address_a_choice_or_a_place_is_completed() -> None:
    """A new one is either completed, or named here as free text."""
    free = {
        *(
            "--shard",
            "--lock-timeout",
            "--country",
            "--succeeded",
            "--not-ours",
            "--host",
            "--fault",
            "--offer-name",
            "--run",
        ),
        *("--within", "--offer"),
        *("subscription_id", "lock_id", "text", "--token-env"),
    }
    left = {
        parameter.opts[0]
        for command in commands(program)
        for parameter in command.params
        if not isinstance(parameter, click.Option) or not (parameter.is_flag or parameter.count)
        if parameter._custom_shell_complete is None  # noqa: SLF001 -- click shows it nowhere
        if type(parameter.type) is type(click.STRING)
    }

    assert left <= free


def commands(group: click.Group) -> Iterator[click.Command]:
    yield group
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield from commands(command) if isinstance(command, click.Group) else (command,)


def test_what_state_remembers_is_completed_where_no_manifest_declares_it(
    estate: Estate, reconciler: Program, completions: Callable[[str, str], list[tuple[str, str]]]
) -> None:
    reconciler("apply", "--auto-approve")
    (estate.root / "manifests" / "contoso.yaml").unlink()

    assert ("plain", "contoso/mail") in completions("bash", "forget contoso/m")
    assert ("plain", "contoso") in completions("bash", "unlock con")


def test_a_fault_in_the_manifests_hides_no_name_and_no_odd_name_is_offered(
    estate: Estate, completions: Callable[[str, str], list[tuple[str, str]]]
) -> None:
    manifests = estate.root / "manifests"
    (manifests / "broken.yaml").write_text("customer: [")
    (manifests / "odd.yaml").write_text('customer: {name: "con\\e[31m"}\nsubscriptions: {mail: {}, "a b": {}}\n')
    (manifests / "half.yaml").write_text("customer: {name: contoso-half}\nsubscriptions: {mail: {}, a b: {}}\n")

    assert ("plain", "contoso/mail") in completions("bash", "forget contoso/m")
    assert {value for _, value in completions("bash", "plan --target con")} >= {"contoso", "contoso-half/mail"}
    assert not [value for _, value in completions("bash", "plan --target con") if " " in value or "\x1b" in value]


@pytest.mark.skipif(shutil.which("bash") is None, reason="this machine has no bash")
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("plan", "--target", "=", "con"), "contoso"),
        (("plan", "--report=", "mark"), "markdown="),
        (("-m", "man"), "manifests"),
    ],
)
def test_a_real_bash_is_given_what_belongs_behind_the_equals_sign(
    estate: Estate, words: tuple[str, ...], offered: str
) -> None:
    assert offered in completed(estate.root, *words)


@pytest.mark.skipif(shutil.which("bash") is None, reason="this machine has no bash")
def test_where_nothing_can_be_read_nothing_is_offered(here: Path) -> None:
    assert completed(here, "plan", "--target", "con") == [""]


def completed(cwd: Path, *words: str) -> list[str]:
    """Returns what a real bash offers for the last of the words that it made of what was typed after `reconciler`."""
    reconciler = cwd / "bin" / "reconciler"
    reconciler.parent.mkdir()
    reconciler.write_text(f'#!/bin/sh\nexec {sys.executable} -m reconciler "$@"\n')
    reconciler.chmod(0o755)
    line = " ".join(("reconciler", *words)).replace(" = ", "=").replace("= ", "=")
    ran = subprocess.run(
        ["bash", "-c", _COMPLETE.format(line=line, words=" ".join(("reconciler", *words)))],
        cwd=cwd,
        env=environment(PATH=f"{reconciler.parent}:{os.environ['PATH']}"),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    assert "Traceback" not in ran.stderr
    return ran.stdout.splitlines()
