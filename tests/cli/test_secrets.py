"""The access token goes to the service, and nowhere else."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.sandbox import Fault, User
from tests.cli.estates import TOKEN, Answer, Estate, build, process
from tests.cli.repositories import repository
from tests.cli.servers import answering, http

COMMANDS = [
    "validate",
    "plan",
    "plan --format json --out plan.json",
    "apply --auto-approve",
    "apply --auto-approve --format json",
    "apply plan.json",
    "show plan.json",
    "show --format json",
    "state pull",
    "state list",
    "adopt contoso/office 5ea053d6-1a53-4a4c-96c1-2e3a2c6c5a4e",
    "state resolve contoso/office --not-done",
    "sandbox nudge",
]

ECHO = f'{{"code": "900420", "description": "Bearer {TOKEN} is no token. Authorization: Bearer {TOKEN}"}}'.encode()
SERVICES = {
    "401": http(ECHO, "401 Unauthorized"),
    "403": http(ECHO, "403 Forbidden"),
    "500": http(ECHO, "500 Internal Server Error"),
    "200": http(ECHO),
    "web page": http(b"<html>" + TOKEN.encode(), content_type="text/html"),
    "status line": http(b"", f"401 {TOKEN}"),
}


def kept(root: Path) -> Iterator[bytes]:
    """Every byte below a directory, and every file's name."""
    for file in root.rglob("*"):
        yield str(file).encode()
        if file.is_file():
            yield file.read_bytes()


def leaks(estate: Estate, *answers: Answer) -> list[bytes]:
    """Returns what holds the token: of the answers, and of the files that are left."""
    told = [(answer.out + answer.err).encode() for answer in answers]
    return [text[:200] for text in (*told, *kept(estate.root)) if TOKEN.encode() in text]


def test_no_command_keeps_or_shows_the_token_where_all_goes_well(tmp_path: Path) -> None:
    estate = build(tmp_path, stuck=(User(object_id="u-1", name="Ann", email="ann@example.com"),))
    with estate.served() as address:
        given = {"RECONCILER_ACCESS_TOKEN": TOKEN, "RECONCILER_ENDPOINT": address, "RECONCILER_CLOUD": "worldwide"}
        answers = [process(tmp_path, *command.split(), **given, RECONCILER_LOG="debug") for command in COMMANDS]

    assert len(estate.bought) == 2
    assert leaks(estate, *answers) == []


@pytest.mark.parametrize("service", SERVICES)
def test_no_command_shows_the_token_to_whom_a_failing_service_repeats_it(estate: Estate, service: str) -> None:
    with answering(SERVICES[service]) as server:
        given = {"RECONCILER_ACCESS_TOKEN": TOKEN, "RECONCILER_ENDPOINT": server.address, "RECONCILER_LOG": "debug"}
        answers = [
            process(estate.root, *item, **given) for item in (["plan", "--out", "p.json"], ["plan", "--format", "json"])
        ]

    assert TOKEN.encode() in server.received
    assert leaks(estate, *answers) == []


def test_no_failing_apply_keeps_the_token(estate: Estate) -> None:
    with estate.changed() as world:
        world.faults += [Fault.parse("html_body:1:PATCH"), Fault.parse("performed_then_dropped:1:POST")]
    with estate.served() as address:
        given = {"RECONCILER_ACCESS_TOKEN": TOKEN, "RECONCILER_ENDPOINT": address}
        answer = process(estate.root, "apply", "--auto-approve", **given, RECONCILER_LOG="debug")

    assert "started" in answer.out or "upgrading" in answer.out
    assert leaks(estate, answer) == []


def test_git_is_asked_for_the_commit_without_the_token(
    estate: Estate, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A child process inherits nothing secret."""
    repository(estate.root)
    tools = tmp_path_factory.mktemp("tools")  # outside of the clone, whose own programs are never run
    git = tools / "git"
    git.write_text(f'#!/bin/sh\nenv > {estate.root}/seen\nexec {shutil.which("git")} "$@"\n')
    git.chmod(0o755)

    answer = process(
        estate.root, "apply", "--auto-approve", RECONCILER_ACCESS_TOKEN=TOKEN, PATH=f"{tools}:/usr/bin:/bin"
    )

    assert answer.code == 0
    assert "PATH=" in (estate.root / "seen").read_text()
    assert leaks(estate, answer) == []
