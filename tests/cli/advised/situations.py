"""Situations in which the program prints a command: the command is taken from the page as it stands, and run.

A situation says which step it is about: a code of the advice table, or the text of a step that is made in Python, and
the command with its placeholders in upper case. `follow` finds that step on the page, and nothing like it.
"""

import json
import re
import shlex
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import pytest

from reconciler import advice, sandbox
from reconciler.cli.main import program
from reconciler.cli.options import flags_of
from reconciler.model.invocation import Invocation
from reconciler.model.remedy import Step
from reconciler.model.state import CustomerState
from reconciler.sandbox import Sold
from reconciler.state import LocalStore
from tests.cli.estates import Answer, Estate, build
from tests.worlds import Declared, declare

Program = Callable[..., Answer]
Covered = tuple[str, str]
"""A step: its code, or its text where Python makes it; and its command."""

_COMMAND = re.compile(r"(?:^|.*?\s)(reconciler [^-\s].*)$")
_CODE = re.compile(r"`(reconciler [^`]+)`")
"""A command in Markdown."""

_PLACEHOLDER = re.compile(r"(?P<before>[a-z_]+=)?(?P<name>[A-Z][A-Z_/]+)")
"""A word that a person fills in, or the value of one: `ADDRESS`, `max_seats_removed=REMOVED`."""

_STEPS_ALONE = frozenset({"answer_lost", "order_held", "pending_remembered", "pending_unknown"})
"""The codes whose steps stand below the sentence of another one."""


def advised(code: str, *runs: str) -> pytest.MarkDecorator:
    """Declares that a test runs these commands of a step; the fixture `elsewhere` sees that it does."""
    return pytest.mark.advised(code, *runs)


@dataclass
class Elsewhere:
    """A small estate whose manifests and state are in another folder, so that each command needs its flags."""

    reconciler: Program
    estate: Estate
    cloud: str | None = None
    followed: set[Covered] = field(default_factory=set)

    @classmethod
    def at(cls, here: Path, reconciler: Program) -> "Elsewhere":
        """The estate of `estates.build` in an empty directory."""
        (here / "elsewhere").mkdir()
        elsewhere = cls(reconciler, build(here / "elsewhere"))
        elsewhere.estate.root.joinpath("manifests").rename(elsewhere.root)
        return elsewhere

    @property
    def root(self) -> Path:
        """The folder of the manifests."""
        return self.estate.root / "estate"

    @property
    def in_force(self) -> Invocation:
        """The flags that every command about this estate needs."""
        flags = partial(flags_of, program)
        return Invocation(manifests="elsewhere/estate", state="elsewhere/st", cloud=self.cloud, flags_of=flags)

    @property
    def store(self) -> LocalStore:
        return LocalStore(self.estate.root / "st")

    def state(self, customer: str = "contoso") -> CustomerState:
        found = self.store.read(customer)
        assert found is not None
        return found.state

    def run(self, *words: str, code: int | None = None) -> Answer:
        """Runs the program on this estate; `code` is how it must end."""
        answer = self.reconciler(*shlex.split(self.in_force.command(*words))[1:])
        assert code is None or answer.code == code, f"{answer.code}\n{answer.out}{answer.err}"
        return answer

    def apply(self, *words: str, code: int = 0) -> Answer:
        return self.run("apply", "--auto-approve", *words, code=code)

    def declare(self, customer: str = "contoso", /, **entries: Declared) -> None:
        declare(self.root, customer, **entries)

    def write(self, customer: str, entries: str) -> None:
        """Declares a customer whose entries are given as YAML: `office: {…}`, one a line."""
        declare(self.root, customer)
        file = self.root / f"{customer}.yaml"
        lines = "".join(f"  {line}\n" for line in entries.splitlines())
        file.write_text(f"{file.read_text().rstrip()}\n{lines}")

    def settings(self, text: str) -> None:
        """Adds lines to the settings."""
        settings = self.root / "reconciler.yaml"
        settings.write_text(f"{settings.read_text()}{text}")

    def sell(self, *sold: Sold, customer: int = 0) -> None:
        """Somebody sells these to a customer."""
        with self.estate.changed() as world:
            world.customers[customer].subscriptions += sold

    def only_sold(self, *sold: Sold) -> None:
        """The first customer has these subscriptions and no other."""
        with self.estate.changed() as world:
            world.customers[0].subscriptions[:] = sold

    def forget_binding(self, name: str) -> None:
        """Leaves of an address of contoso what a run leaves that was killed before it recorded what it saw."""
        file = self.estate.root / "st" / "contoso.json"
        document = json.loads(file.read_text())
        del document["subscriptions"][name]
        file.write_text(json.dumps(document))

    @contextmanager
    def refusing(self, method: str, part: str, status: str, code: str = "") -> Iterator[None]:
        """Meanwhile the service answers requests of a method, and with this in their paths, with an error."""
        served = sandbox.application

        def application(*arguments: Any, **how: Any) -> WSGIApplication:
            inner = served(*arguments, **how)

            def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
                if environ["REQUEST_METHOD"] != method or not re.search(part, environ["PATH_INFO"]):
                    return inner(environ, start)
                start(status, [("Content-Type", "application/json")])
                return [json.dumps({"code": int(code), "description": "Not today."} if code else {}).encode()]

            return answer

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sandbox, "application", application)
            yield

    def days_pass(self, days: int) -> None:
        self.estate.world_clock.advance(days=days)

    def minutes_pass(self, minutes: int) -> None:
        self.estate.world_clock.advance(hours=minutes / 60)

    def shown(self, answer: Answer, code: str, run: str, **filled: str) -> str:
        """Returns the command of a step as it is printed, in one line, the person's placeholders filled in."""
        steps = tuple(_steps(code, run))
        assert steps, f"no step of {code} has the command {run}"
        assert _is_named(code, answer.text), f"{code} is not named:\n{answer.out}{answer.err}"
        lines = _CODE.sub(r"\n\1\n", f"{answer.out}\n{answer.err}").splitlines()
        for at, line in enumerate(lines):
            found = _COMMAND.match(line)
            before = "".join("".join(lines[:at]).split()) + "".join(line[: found.start(1)].split()) if found else ""
            if found and any(_is_of(step, found[1], before, self.in_force) for step in steps):
                self.followed.add((code, run))
                return shlex.join(_filled(shlex.split(found[1]), run, filled))
        raise AssertionError(f"{run} is not advised for {code}:\n{answer.out}{answer.err}")

    def follow(self, answer: Answer, code: str, run: str, *more: str, **filled: str) -> Answer:
        """Runs the command of a step as it is printed, and nothing else but what `more` adds (an approval, say)."""
        followed = self.reconciler(*shlex.split(self.shown(answer, code, run, **filled))[1:], *more)
        assert not [found for found in Path().rglob("state") if found.is_dir()], "another estate's state was written"
        return followed


class _Anything(dict[str, str]):
    """The data of no case."""

    def __missing__(self, name: str) -> str:
        return "<anything>"


def _steps(code: str, run: str) -> Iterator[Step]:
    """Yields the steps that are meant, their data as `<anything>`."""
    row = advice.row_or_none(code)
    if row is None:
        yield Step(code.replace("*", "<anything>"), tuple(run.split()))
        return
    for template in row.steps:
        step = template.general()
        if " ".join(step.run) == run:
            yield replace(step, text=template.text.format_map(_Anything()))


def _is_named(code: str, page: str) -> bool:
    """Returns whether the page names this code: by its name, or in the words that its row has for it."""
    row = advice.row_or_none(code)
    if row is None or code in _STEPS_ALONE or re.search(rf"\b{re.escape(code.partition('/')[2] or code)}\b", page):
        return True
    texts = (_pattern(text.format_map(_Anything())) for text in (row.description, *row.sentences))
    return any(re.search(text, "".join(page.split())) for text in texts)


def _pattern(text: str) -> str:
    """Returns a text as a pattern that is held against a page without blanks; what was filled in is anything."""
    return ".+?".join(re.escape("".join(part.split())) for part in re.split(r"<\w+>", text))


def _is_of(step: Step, printed: str, before: str, in_force: Invocation) -> bool:
    """Returns whether the printed command is this step's: its words, the flags in force, and the text before it."""
    text, run = step.text, step.run
    words = _words(printed)[1:]
    flags = shlex.split(in_force.command(*run))[1 + len(run) :]
    optional = run[-1] == "OPTIONS" or run == ("apply",)  # what an apply advises has its own options
    own = words[: len(words) - len(flags)]
    if words[len(own) :] != flags or (len(own) != len(run) and not optional):
        return False
    fixed = run[:-1] if run[-1] == "OPTIONS" else run
    same = all(_may_be(word, has) for word, has in zip(fixed, own, strict=False))
    return same and re.search(f"{_pattern(text)}$", before) is not None


def _may_be(word: str, printed: str) -> bool:
    """Returns whether a word of a step may be printed so: a placeholder's name is anything."""
    open_ = _PLACEHOLDER.fullmatch(word)
    return printed.startswith(open_["before"] or "") if open_ else word == printed


def _filled(words: list[str], run: str, filled: dict[str, str]) -> list[str]:
    """Returns the words with what a person fills in, which is a placeholder of the step that is printed as that."""
    open_ = {word: found for word in run.split() if word in words and (found := _PLACEHOLDER.fullmatch(word))}
    names = {found["name"] for found in open_.values()}
    assert names <= set(filled), f"something is left to fill in: {words}"
    assert set(filled) <= names | set(words), f"{set(filled) - names} is no word of {words}"
    values = {word: f"{found['before'] or ''}{filled[found['name']]}" for word, found in open_.items()}
    return [values.get(word, filled.get(word, word)) for word in words]


def _words(printed: str) -> list[str]:
    """Returns the words of a command line; none where it is prose that a shell can't read."""
    try:
        return shlex.split(printed)
    except ValueError:
        return []
