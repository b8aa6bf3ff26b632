"""`schema` for editors, `completion` for shells."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.estates import Answer, Estate, environment

Program = Callable[..., Answer]

_COMPLETE = """\
source /dev/stdin <<< "$(reconciler completion bash)"
COMP_WORDS=({words}) COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
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


@pytest.mark.skipif(shutil.which("bash") is None, reason="this machine has no bash")
@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        (("expl",), "explain"),
        (("plan", "--detailed"), "--detailed-exitcode"),
        (("plan", "--target", "contoso/o"), "contoso/office"),
        (("explain", "seat_loss"), "seat_loss_not_allowed"),
        (("adopt", "contoso/o"), "contoso/office"),
        (("plan", "--report", "mark"), "markdown="),
    ],
)
def test_bash_completes_commands_options_addresses_and_codes(
    estate: Estate, typed: tuple[str, ...], offered: str
) -> None:
    assert offered in completed(estate.root, *typed)


@pytest.mark.skipif(shutil.which("bash") is None, reason="this machine has no bash")
@pytest.mark.parametrize(
    ("typed", "offered"), [(("forget", "contoso/m"), "contoso/mail"), (("unlock", "con"), "contoso")]
)
def test_bash_completes_what_state_remembers(
    estate: Estate, reconciler: Program, typed: tuple[str, ...], offered: str
) -> None:
    reconciler("apply", "--auto-approve")

    assert offered in completed(estate.root, *typed)


@pytest.mark.skipif(shutil.which("bash") is None, reason="this machine has no bash")
def test_where_nothing_can_be_read_nothing_is_offered(here: Path) -> None:
    assert completed(here, "plan", "--target", "con") == [""]


def completed(cwd: Path, *typed: str) -> list[str]:
    """What a real bash offers for the last word typed after `reconciler`."""
    program = cwd / "bin" / "reconciler"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m reconciler "$@"\n')
    program.chmod(0o755)
    ran = subprocess.run(
        ["bash", "-c", _COMPLETE.format(words=" ".join(("reconciler", *typed)))],
        cwd=cwd,
        env=environment(PATH=f"{program.parent}:{os.environ['PATH']}"),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    assert "Traceback" not in ran.stderr
    return ran.stdout.splitlines()
