"""Who may know whom. The drawing in the README is held here."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "reconciler"

ROOMS = {
    "manifests",
    "planning",
    "partner_center",
    "applying",
    "state",
    "rendering",
    "sandbox",
    "git",
    "snapshot",
}
"""Each knows `model`, `system` and itself."""

OPERATIONS = {
    "session": {"manifests", "planning", "applying", "system"},
    "totals": {"manifests", "planning"},
    "review": {"planning", "rendering"},
    "lookups": {"planning"},
    "customers": {"system"},
    "failures": set(),
    "repair": {"manifests", "applying"},
    "repair_rules": set(),
    "push": {"applying"},
    "imports": {"manifests", "system"},
    "snapshot": {"planning", "snapshot", "system"},
    "drift": {"planning", "system"},
    "plan_file": {"planning", "rendering"},
    "__init__": set(),
}
"""Which rooms each operation combines. All of them may know `model` and each other."""

DOORS = {
    "subprocess": {"system/programs.py"},
    "multiprocessing": set(),
    "webbrowser": set(),
    "pty": set(),
    "httpx": {"partner_center", "cli/wiring.py"},
    "httpcore": {"partner_center/network.py"},
    "h11": {"partner_center/framing.py"},
    "msal": {"partner_center"},
    "msal_extensions": {"partner_center"},
    "cryptography": {"partner_center", "sandbox/tls.py"},
    "certifi": {"sandbox/tls.py"},
    "yaml": {"manifests"},
    "deepdiff": {"planning/diff.py"},
    "filelock": {"state", "sandbox"},
    "obstore": {"state"},
    "psutil": {"state"},
    "tenacity": {"partner_center"},
    "click": {"cli"},
    "rich": {"rendering"},
    "jinja2": {"rendering/html_page.py"},
    "markupsafe": {"rendering/html_page.py"},
}
"""Where each library may be imported."""

TOP_LEVEL = {"reconciler", "manifests", "tests", "examples", "pyproject.toml", "README.md"}


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text("utf-8"))


def imported(tree: ast.Module) -> Iterator[str]:
    """Every module that is imported, anywhere in the file; names imported from our own package count as modules."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from names if node.module == "reconciler" else [node.module]


def room_of(module: str) -> str:
    return module.removesuffix(".py").split("/")[0]


def own_imports(tree: ast.Module) -> set[str]:
    return {name.split(".")[1] for name in imported(tree) if name.startswith("reconciler.")} - {"__version__"}


ALL = dict(modules())


@pytest.mark.parametrize("module", ALL)
def test_a_room_knows_only_the_model_and_itself(module: str) -> None:
    room, knows = room_of(module), own_imports(ALL[module])
    if room in ROOMS:
        assert knows <= {"model", "system", room}
    elif room in {"model", "system"}:
        assert knows <= {room}
    elif room == "operations":
        assert knows <= {"model", room} | OPERATIONS[Path(module).stem]
    else:
        assert room in {"cli", "__init__", "__main__"}


@pytest.mark.parametrize("module", ALL)
def test_each_library_has_its_door(module: str) -> None:
    libraries = {name.split(".")[0] for name in imported(ALL[module])}
    for library in libraries & DOORS.keys():
        assert module in DOORS[library] or room_of(module) in DOORS[library], f"{module} imports {library}"


@pytest.mark.parametrize("module", ALL)
def test_only_one_module_starts_other_programs(module: str) -> None:
    """What they get of the environment, and from where they are taken, is decided once."""
    used = {ast.unparse(node) for node in ast.walk(ALL[module]) if isinstance(node, ast.Attribute)}
    starters = re.compile(
        r"os\.(system|popen|exec|spawn|posix_spawn|fork|startfile)|subprocess\.(run|call|check|Popen|get)"
    )
    found = {name for name in used if starters.match(name)} | used & {
        "click.edit",
        "click.launch",
        "click.echo_via_pager",
    }
    assert not found or module == "system/programs.py"


@pytest.mark.parametrize("module", [name for name in ALL if room_of(name) != "cli"])
def test_only_the_cli_prints_or_exits(module: str) -> None:
    calls = (node.func for node in ast.walk(ALL[module]) if isinstance(node, ast.Call))
    names = {func.id for func in calls if isinstance(func, ast.Name)}
    assert not names & {"print", "input", "exit", "quit"}
    assert "sys.exit" not in {ast.unparse(func) for func in ast.walk(ALL[module]) if isinstance(func, ast.Attribute)}


@pytest.mark.parametrize("module", [name for name in ALL if room_of(name) in {"model", "planning"}])
def test_the_core_asks_no_clock_and_rolls_no_dice(module: str) -> None:
    found = {name.split(".")[0] for name in imported(ALL[module])}
    assert not found & {"time", "random", "uuid", "os", "socket", "subprocess", "pathlib"}
    assert ".now(" not in ast.unparse(ALL[module])


def test_no_module_imports_itself_in_a_circle() -> None:
    graph = {room: set[str]() for room in {room_of(name) for name in ALL}}
    for name, tree in ALL.items():
        graph[room_of(name)] |= own_imports(tree) - {room_of(name)}
    done: set[str] = set()
    while ready := {room for room in graph.keys() - done if graph[room] & graph.keys() <= done}:
        done |= ready
    assert done == graph.keys()


def test_every_package_says_what_it_promises() -> None:
    for init in PACKAGE.glob("*/__init__.py"):
        assert len((ast.get_docstring(ast.parse(init.read_text("utf-8"))) or "").split()) > 20, init


def test_the_top_level_holds_the_design_card_and_nothing_else() -> None:
    root = PACKAGE.parent
    if not (root / ".git").exists():
        pytest.skip("not a checkout")
    shown = {path.name for path in root.iterdir() if not path.name.startswith(".")}
    assert not TOP_LEVEL - shown
    assert shown - TOP_LEVEL <= {"build", "dist"}
