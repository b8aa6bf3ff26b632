"""SIGINT, SIGTERM and SIGHUP to a real process, while it reads and while it buys; a closed terminal; closed pipes.

Most are forked, which is how they start fast. What a kill and a terminal's end do is seen with interpreters.
"""

import json
import os
import pty
import signal
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from reconciler.sandbox import application
from tests import forked
from tests.cli.estates import Answer, Estate, command, environment, process
from tests.cli.servers import answering
from tests.worlds import served


@contextmanager
def started(estate: Estate, *arguments: str, **variables: str) -> Iterator[subprocess.Popen[str]]:
    with running(estate, forked.words(*arguments), **variables) as program:
        yield program


@contextmanager
def running(estate: Estate, words: list[str], **variables: str) -> Iterator[subprocess.Popen[str]]:
    program = subprocess.Popen(
        words,
        cwd=estate.root,
        env=environment(**variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield program
    finally:
        program.kill()
        program.communicate()


def ended(program: subprocess.Popen[str], before: str = "") -> Answer:
    out, err = program.communicate(timeout=60)
    assert "Traceback" not in err
    return Answer(code=program.returncode, out=before + out, err=err)


def slow(estate: Estate) -> None:
    """Purchases show in an hour, and apply is willing to wait for it."""
    estate.behave(visible_after=3600)
    settings = estate.root / "manifests" / "reconciler.yaml"
    settings.write_text(settings.read_text().replace("timeout_seconds: 0.2", "timeout_seconds: 600"))


def read_until(program: subprocess.Popen[str], event: str) -> str:
    """The output up to the first event of this type."""
    assert program.stdout is not None
    text = ""
    for line in program.stdout:
        text += line
        if json.loads(line)["type"] == event:
            return text
    message = f"no {event} in {text}"
    raise AssertionError(message)


def state_of(estate: Estate) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((estate.root / "state" / "contoso.json").read_text())
    return document


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_an_apply_that_is_told_to_stop_records_what_it_bought_and_ends(estate: Estate, number: int) -> None:
    slow(estate)
    with (
        estate.served() as address,
        started(estate, "apply", "--auto-approve", "--format", "json", RECONCILER_ENDPOINT=address) as program,
    ):
        seen = read_until(program, "waiting")
        program.send_signal(number)
        answer = ended(program, seen)

    state = state_of(estate)
    assert answer.code == 130
    assert "Stopping: nothing new is started" in answer.err
    assert json.loads(answer.out.splitlines()[-1])["interrupted"]
    assert len(estate.bought) == len(state["results"]) == 2
    assert not (estate.root / "state" / "contoso.lock").exists()


def test_the_run_after_an_interrupted_one_buys_nothing_twice(estate: Estate) -> None:
    slow(estate)
    with (
        estate.served() as address,
        started(estate, "apply", "--auto-approve", "--format", "json", RECONCILER_ENDPOINT=address) as program,
    ):
        read_until(program, "waiting")
        program.send_signal(signal.SIGINT)
        ended(program)
    with estate.changed() as world:
        for sold in world.customers[0].subscriptions:
            sold.visible_from = None

    assert process(estate.root, "apply", "--auto-approve").code == 0
    assert process(estate.root, "plan", "--detailed-exitcode").code == 0
    assert len(estate.bought) == 2


class Withheld:
    """The sandbox, which does what it is asked to and keeps the answers to purchases back until `release` is set."""

    def __init__(self, estate: Estate) -> None:
        self._app = application(estate.world_file)
        self.performed, self.release = threading.Event(), threading.Event()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer = self._app(environ, start_response)
        if environ["REQUEST_METHOD"] == "POST":
            self.performed.set()
            self.release.wait(120)
        return answer

    @contextmanager
    def served(self) -> Iterator[str]:
        with served(self) as address:
            try:
                yield address
            finally:
                self.release.set()


@contextmanager
def buying(
    estate: Estate, number: int = signal.SIGINT, command: Callable[..., list[str]] = forked.words
) -> Iterator[tuple[Withheld, subprocess.Popen[str]]]:
    """An apply that has been told to stop while it waits for the answer to a purchase that was made."""
    withheld = Withheld(estate)
    with (
        withheld.served() as address,
        running(estate, command("apply", "--auto-approve"), RECONCILER_ENDPOINT=address) as program,
    ):
        assert withheld.performed.wait(60)
        program.send_signal(number)
        assert program.stderr is not None
        assert "Again to end at once" in program.stderr.readline()
        yield withheld, program


def test_the_answer_in_flight_is_waited_for_and_recorded(estate: Estate) -> None:
    with buying(estate) as (withheld, program):
        withheld.release.set()
        assert ended(program).code == 130

    assert [item["outcome"] for item in state_of(estate)["results"]] == ["succeeded", "succeeded"]
    assert "pending" not in state_of(estate) or not state_of(estate)["pending"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_second_signal_ends_it_at_once_and_the_next_run_finds_what_was_bought(estate: Estate, number: int) -> None:
    """By itself, and not by the signal's default effect: the first process of a container has none."""
    with buying(estate, number) as (_, program):
        program.send_signal(number)
        assert program.wait(timeout=60) == 130

    assert list(state_of(estate)["pending"]) == ["office"]
    following = process(estate.root, "apply", "--auto-approve")
    assert (following.code, "That process is gone, so its lock is taken over." in following.text) == (0, True)
    assert [item["outcome"] for item in state_of(estate)["results"]] == ["succeeded", "recovered"]
    assert len(estate.bought) == 2


def test_a_job_that_is_cancelled_with_term_and_then_kill_loses_nothing(estate: Estate) -> None:
    with buying(estate, signal.SIGTERM, command) as (_, program):
        program.kill()
        assert program.wait(timeout=60) == -signal.SIGKILL

    following = process(estate.root, "apply", "--auto-approve", "--lock-timeout", "5m")
    assert (following.code, "That process is gone, so its lock is taken over." in following.text) == (0, True)
    assert [item["outcome"] for item in state_of(estate)["results"]] == ["succeeded", "recovered"]
    assert len(estate.bought) == 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_a_plan_that_waits_for_an_answer_ends_at_once(estate: Estate, number: int) -> None:
    with answering(None) as silent, started(estate, "plan", RECONCILER_ENDPOINT=silent.address) as program:
        assert silent.asked.wait(20)
        os.kill(program.pid, number)
        answer = ended(program)

    assert (answer.code, answer.out) == (130, "")
    assert answer.err == "Interrupted. Nothing was changed.\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_an_apply_that_waits_for_a_yes_ends_and_leaves_the_terminal_as_it_was(estate: Estate, number: int) -> None:
    master, terminal = pty.openpty()
    before = termios.tcgetattr(terminal)
    with subprocess.Popen(
        forked.words("apply"), cwd=estate.root, env=environment(), stdin=terminal, stdout=terminal, stderr=terminal
    ) as program:
        shown = ""
        while "Only yes is taken as yes" not in shown:
            shown += os.read(master, 4096).decode()
        assert ended_by(program, number) == 130
        assert termios.tcgetattr(terminal) == before
    os.close(terminal)
    assert "Interrupted. Nothing was sent." in rest_of(master)
    assert (estate.bought, (estate.root / "state").exists()) == ([], False)


def ended_by(program: subprocess.Popen[bytes], number: int) -> int:
    """Sends a signal until the program ends: Python hears none between its last look and the read that waits."""
    for _ in range(60):
        program.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            return program.wait(timeout=1)
    program.kill()
    return program.wait()


def rest_of(master: int) -> str:
    """Returns what else was written to a terminal that nobody has open any more."""
    text = b""
    with suppress(OSError), open(master, "rb", buffering=0) as file:
        while part := file.read(4096):
            text += part
    return text.decode()


def test_an_apply_that_is_still_planning_ends_at_once(estate: Estate) -> None:
    with (
        answering(None) as silent,
        started(estate, "apply", "--auto-approve", RECONCILER_ENDPOINT=silent.address) as program,
    ):
        assert silent.asked.wait(20)
        program.send_signal(signal.SIGINT)
        answer = ended(program)

    assert (answer.code, answer.err) == (130, "Interrupted. Nothing was sent.\n")
    assert not (estate.root / "state").exists()


def test_an_apply_that_waits_for_the_answer_to_a_read_ends_soon_and_leaves_no_lock(estate: Estate) -> None:
    assert process(estate.root, "plan", "--out", "plan.json").code == 0
    with (
        answering(None) as silent,
        started(estate, "apply", "plan.json", RECONCILER_ENDPOINT=silent.address) as program,
    ):
        assert silent.asked.wait(20)
        program.send_signal(signal.SIGINT)
        answer = ended(program)

    assert answer.code == 130
    assert estate.bought == []
    assert not (estate.root / "state" / "contoso.lock").exists()


def in_a_terminal(estate: Estate, *arguments: str, **variables: str) -> tuple[int, int]:
    """The program as the leader of a terminal of its own: its process, and the terminal's other end."""
    words, variables = command(*arguments), environment(**variables)
    process_id, master = pty.fork()
    if process_id == 0:
        os.chdir(estate.root)
        os.execve(words[0], words, variables)
    return process_id, master


def test_a_terminal_that_is_closed_ends_an_apply_as_a_signal_does_and_loses_nothing(estate: Estate) -> None:
    withheld = Withheld(estate)
    with withheld.served() as address:
        program, master = in_a_terminal(estate, "apply", "--auto-approve", RECONCILER_ENDPOINT=address)
        assert withheld.performed.wait(60)
        os.close(master)
        time.sleep(0.2)
        withheld.release.set()
        _, status = os.waitpid(program, 0)

    assert os.waitstatus_to_exitcode(status) == 130
    assert [result["outcome"] for result in state_of(estate)["results"]] == ["succeeded", "succeeded"]
    assert (state_of(estate).get("pending") or {}, (estate.root / "state" / "contoso.lock").exists()) == ({}, False)


def test_a_terminal_that_is_closed_at_the_question_ends_it_and_nothing_is_bought(estate: Estate) -> None:
    program, master = in_a_terminal(estate, "apply")
    shown = b""
    while b"Only yes is taken as yes" not in shown:
        shown += os.read(master, 4096)
    os.close(master)

    _, status = os.waitpid(program, 0)
    assert (os.waitstatus_to_exitcode(status), estate.bought) == (130, [])


def test_a_run_under_nohup_outlives_its_terminal(estate: Estate) -> None:
    withheld = Withheld(estate)
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with (
            withheld.served() as address,
            started(estate, "apply", "--auto-approve", RECONCILER_ENDPOINT=address) as program,
        ):
            assert withheld.performed.wait(60)
            program.send_signal(signal.SIGHUP)
            withheld.release.set()
            answer = ended(program)
    finally:
        signal.signal(signal.SIGHUP, before)

    assert (answer.code, "Stopping" in answer.err, len(state_of(estate)["results"])) == (0, False, 2)


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_pipe_that_is_closed_in_the_middle_of_an_apply_loses_no_record(estate: Estate, stream: str) -> None:
    withheld = Withheld(estate)
    with (
        withheld.served() as address,
        started(estate, "apply", "--auto-approve", RECONCILER_ENDPOINT=address, RECONCILER_LOG="debug") as program,
    ):
        assert withheld.performed.wait(60)
        pipe = getattr(program, stream)
        pipe.close()
        setattr(program, stream, None)
        withheld.release.set()
        program.communicate(timeout=60)

    assert program.returncode == 0, "all was begun"
    assert len(state_of(estate)["results"]) == len(estate.bought) == 2
    assert (state_of(estate).get("pending") or {}, (estate.root / "state" / "contoso.lock").exists()) == ({}, False)
