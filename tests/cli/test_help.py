"""Help, versions, and that asking for either loads nothing of weight."""

import subprocess
import sys
from collections.abc import Callable

import pytest

from reconciler import __version__
from reconciler.cli.commands import auth, sandbox, state
from reconciler.cli.main import COMMANDS
from tests.cli.estates import Answer, command, environment
from tests.worlds import SOURCE

Program = Callable[..., Answer]
HEAVY = ("httpx", "pydantic", "deepdiff", "rich", "yaml", "tenacity", "psutil", "filelock", "msal", "cryptography")


GROUPS = {(): COMMANDS, ("state",): state.COMMANDS, ("sandbox",): sandbox.COMMANDS, ("auth",): auth.COMMANDS}
EVERY = [(), *((*group, name) for group, commands in GROUPS.items() for name in commands)]


@pytest.mark.parametrize("arguments", EVERY, ids=" ".join)
def test_every_command_explains_itself(reconciler: Program, arguments: tuple[str, ...]) -> None:
    answer = reconciler(*arguments, "--help")

    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith(" ".join(("Usage: reconciler", *arguments)))
    assert reconciler(*arguments, "-h") == answer


@pytest.mark.parametrize("arguments", EVERY, ids=" ".join)
def test_help_fits_a_terminal_and_has_no_private_marks(reconciler: Program, arguments: tuple[str, ...]) -> None:
    lines = reconciler(*arguments, "--help").out.splitlines()

    assert max(len(line) for line in lines if " > ~/" not in line) <= 80  # a path is copied whole
    assert "\b" not in "".join(lines)


@pytest.mark.parametrize("typed", ["apply --override-limit foo", "set contoso/x --quantity abc", "plan --blocked x"])
def test_a_usage_error_fits_a_terminal(reconciler: Program, monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    answer = reconciler(*typed.split())

    assert answer.code == 64
    assert max(map(len, answer.err.splitlines())) <= 80


def test_help_lists_the_commands_with_the_first_words_of_their_own_help(reconciler: Program) -> None:
    listed = reconciler("--help").out

    for name, entry in COMMANDS.items():
        assert f"  {name}" in listed
        assert entry.help in " ".join(listed.split())


@pytest.mark.parametrize("arguments", [("version",), ("--version",), ("version", "--no-color")])
def test_the_version_is_one_line(reconciler: Program, arguments: tuple[str, ...]) -> None:
    assert reconciler(*arguments).out == f"reconciler {__version__}\n"


@pytest.mark.parametrize("arguments", ["version", "--version", "--help", "plan --help", "state --help", "apply --help"])
def test_version_and_help_load_nothing_of_weight(arguments: str) -> None:
    code = (
        "import sys; from reconciler.cli.main import run; run(sys.argv[1:]);"
        f"print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, *arguments.split()],
        cwd=SOURCE,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )

    assert ran.stderr == "[]\n"


def test_the_module_can_be_run_as_a_program() -> None:
    ran = subprocess.run(command("version"), env=environment(), capture_output=True, text=True, check=True)

    assert ran.stdout == f"reconciler {__version__}\n"
