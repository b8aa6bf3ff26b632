"""Every command that advice can print is run in a situation in which it is shown."""

import re

from reconciler import advice
from tests.cli.advised.coverage import COMMANDS, means, of_python, of_situations, of_the_table

WRITING = ("accept", "adopt", "apply", "done", "forget", "set", "state mv", "state push", "state resolve", "unlock")
"""Commands that write state, manifests or money: each code that has one is brought about. A command that only reads
does the same whoever advises it.
"""


def test_every_command_of_the_table_is_run() -> None:
    assert {run for _, run in of_the_table()} - {run for _, run in of_situations()} == set()


def test_every_code_whose_command_writes_is_brought_about() -> None:
    writing = {step for step in of_the_table() if step[1].startswith(WRITING)}
    assert writing - of_situations() == set()


def test_every_command_that_python_makes_is_run() -> None:
    declared = of_situations()
    assert [made for made in sorted(of_python()) if not any(means(situation, made) for situation in declared)] == []


def test_a_situation_is_of_a_step_that_there_is() -> None:
    known, made = of_the_table(), of_python()
    codes = {code for row in advice.all_rows() for code in (row.code, *row.also)}
    unknown = {step for step in of_situations() - known if step[0] not in codes}
    assert [step for step in sorted(unknown) if not any(means(step, of_code) for of_code in made)] == []


def test_no_text_of_the_table_holds_a_command_but_that_of_a_guide() -> None:
    texts = (
        text
        for row in advice.all_rows()
        for text in (row.description, row.meaning, *row.sentences, *(step.text for step in row.steps))
    )
    commands = "|".join(sorted(COMMANDS - {"guide"}))
    assert [text for text in texts if re.search(rf"reconciler ({commands})\b", text)] == []
