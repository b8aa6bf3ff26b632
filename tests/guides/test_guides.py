"""The guides hold together: the index, links, the commands and variables they name, and who names them."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from reconciler.cli.main import COMMANDS, program
from reconciler.guides import read, topics
from tests.console import BLOCK, COLUMNS, GUIDES, README, ROOT, TYPED

PAGES = [README, ROOT / "examples" / "README.md", *sorted(GUIDES.glob("*.md"))]
PACKAGE = ROOT / "reconciler"
LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
FENCE = re.compile(r"```(\w*)\n(.*?)```", re.DOTALL)
COMMAND = re.compile(r"`reconciler ((?:[a-z]+ ?)+)(.*?)`")
VARIABLE = re.compile(r"\bRECONCILER_[A-Z]+(?:_[A-Z]+)*\b")
NAMED = re.compile(r"reconciler guide ([a-z-]+)")
NOT_OURS = {"RECONCILER_COMPLETE", "RECONCILER_PACKAGE", "RECONCILER_REWRITE", "RECONCILER_UPDATE_GOLDEN"}
"""Variables of the shell's completion, of the examples' pipelines, and of the tests."""


def anchors(page: Path) -> set[str]:
    """Returns what GitHub makes of the headings."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_index_lists_every_guide_once() -> None:
    listed = re.findall(r"^- \[`([a-z-]+)`\]\(\1\.md\): \S.*\.$", read(), re.MULTILINE)
    assert sorted(listed) == sorted(topics())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(FENCE.sub("", page.read_text("utf-8"))):
        path, _, anchor = target.partition("#")
        if not path.startswith("https://"):
            there = page.parent / path if path else page
            assert there.exists(), target
            assert not anchor or anchor in anchors(there), target


@pytest.mark.parametrize("page", sorted(GUIDES.glob("*.md")), ids=lambda page: page.stem)
def test_code_fits_a_terminal_of_eighty_columns_as_the_tool_shows_it(page: Path) -> None:
    text = BLOCK.sub("", page.read_text("utf-8"))  # a terminal wraps what programs print, and commands that are typed
    assert [line for _, code in FENCE.findall(text) for line in code.splitlines() if len(line) > int(COLUMNS)] == []


WHOLE = re.compile(
    r"^ *(?:reconciler |Request  |[{<|>]|::|id: |offer: )"  # to be copied, for a program, or of a manifest
    r"|^\d{4}-\d\d-\d\d \d\d:\d\d UTC  "  # the sandbox's own log, a line for each event
)
"""Lines that programs never break, however long they are."""

OTHER_FORMATS = {"formats.md", "pull-requests.md"}
"""Pages that show formats whose lines the host wraps."""


@pytest.mark.parametrize("page", [page for page in PAGES if page.name not in OTHER_FORMATS], ids=lambda page: page.stem)
def test_what_programs_print_is_shown_within_the_width_at_which_they_ran(page: Path) -> None:
    blocks = (TYPED.sub("", block["shown"]) for block in BLOCK.finditer(page.read_text("utf-8")))
    long = [line for block in blocks for line in block.splitlines() if len(line) > int(COLUMNS)]
    assert [line for line in long if not WHOLE.match(line)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_and_option_that_a_page_names_exists(page: Path) -> None:
    for words, rest in COMMAND.findall(FENCE.sub("", page.read_text("utf-8"))):
        command: click.Command = program
        for word in words.split():
            if not isinstance(command, click.Group):
                break
            found = command.get_command(click.Context(command), word)
            assert found, f"reconciler {words}"
            command = found
        options = {name for parameter in (*command.params, *program.params) for name in parameter.opts} | {"--help"}
        assert set(re.findall(r"(?<!\S)--[a-z-]+", rest)) <= options, f"reconciler {words}{rest}"


def test_the_readme_names_every_command() -> None:
    table = README.read_text("utf-8").partition("## Commands")[2].partition("\n## ")[0]
    assert set(re.findall(r"`([a-z]+)`(?=[^|]*\|[^|]*\|)", table)) >= set(COMMANDS)


def test_the_readme_draws_every_package() -> None:
    drawn = re.findall(r"^  (\w+)/ ", README.read_text("utf-8"), re.MULTILINE)
    assert sorted(drawn) == sorted(init.parent.name for init in PACKAGE.glob("*/__init__.py"))


def test_the_guides_name_every_variable_and_no_other() -> None:
    known = {name for text in sources() for name in VARIABLE.findall(text)} - NOT_OURS
    written = {name for page in PAGES for name in VARIABLE.findall(page.read_text("utf-8"))} - NOT_OURS
    assert written == known


def sources() -> Iterator[str]:
    for path in PACKAGE.rglob("*"):
        if path.suffix in {".py", ".toml"}:
            yield path.read_text("utf-8")


def test_messages_name_a_guide_that_exists_and_no_readme() -> None:
    named = {topic for text in sources() for topic in NAMED.findall(text)}
    assert named
    assert named <= {*topics(), "--help"}
    assert [said for path in PACKAGE.rglob("*.py") for said in strings(path) if "README" in said] == []
    assert not [path for path in PACKAGE.rglob("*.toml") if "README" in path.read_text("utf-8")]


def strings(path: Path) -> Iterator[str]:
    """The texts of a module, its docstrings and other texts that stand alone left out."""
    tree = ast.parse(path.read_text("utf-8"))
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node.value


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_an_edit_in_place_runs_on_macos_too_and_no_table_breaks_one(page: Path) -> None:
    lines = page.read_text("utf-8").splitlines()
    assert not [line for line in lines if re.search(r"sed -i[ '\"]", line) or (line[:1] == "|" and "sed -i" in line)]


def test_the_edit_of_a_replaced_key_reaches_every_manifest_and_leaves_nothing_else(tmp_path: Path) -> None:
    command = next(text for name, text in FENCE.findall(read("upgrading")) if name == "sh" and "sed" in text)
    folder = tmp_path / "manifests" / "emea north"
    folder.mkdir(parents=True)
    for file in (folder / "a.yml", tmp_path / "manifests" / "b.yaml", folder / "notes.txt"):
        file.write_text("allow_seat_loss:  true\nallow_seat_loss: false\n")

    subprocess.run(["sh", "-ec", command], cwd=tmp_path, check=True, timeout=60)

    texts = {file.name: file.read_text() for file in (tmp_path / "manifests").rglob("*.*")}
    new, old = "fewer_seats: now\nfewer_seats: refuse\n", "allow_seat_loss:  true\nallow_seat_loss: false\n"
    assert texts == {"a.yml": new, "b.yaml": new, "notes.txt": old}
