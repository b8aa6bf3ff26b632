"""Holds who may import whom, room by room and file by file, and where each library may be imported."""

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "reconciler"

ROOMS = {
    "applying",
    "git",
    "guides",
    "manifests",
    "partner_center",
    "planning",
    "pricing",
    "rendering",
    "sandbox",
    "snapshot",
    "state",
}

KNOWS: Mapping[str, set[str]] = {
    "model": set(),
    "system": set(),
    "advice": {"model"},
    "changes": {"model", "advice"},
    "documents": {"model", "advice", "changes"},
    **{room: {"model", "advice", "changes", "documents", "system"} for room in ROOMS},
    "sandbox": {"model", "advice", "system"},
    "operations": {"model", "advice", "changes", "documents", "system", *ROOMS}
    - {"partner_center", "sandbox", "state", "git"},
    "cli": {"model", "advice", "changes", "documents", "system", "operations", *ROOMS},
    "__init__": set(),
    "__main__": {"cli"},
}
"""The packages that each may import beside itself. Operations get services and stores through ports."""

CIRCLES: set[frozenset[str]] = set()
"""Files that import each other in a circle. This set shrinks, and nothing is added to it."""

IMPORTERS = {
    "subprocess": {"system/programs.py"},
    "multiprocessing": set(),
    "webbrowser": set(),
    "pty": set(),
    "httpx": {"partner_center"},
    "httpcore": {"partner_center/http/network.py", "partner_center/http/bounded.py"},
    "h11": {"partner_center/http/framing.py"},
    "msal": {"partner_center"},
    "msal_extensions": {"partner_center"},
    "cryptography": {"partner_center", "sandbox/tls.py"},
    "certifi": {"sandbox/tls.py"},
    "yaml": {"manifests"},
    "anyascii": {"manifests/naming.py"},
    "deepdiff": {"manifests/guards_of_settings.py"},
    "filelock": {"state", "sandbox"},
    "obstore": {"state"},
    "psutil": {"state"},
    "tenacity": {"partner_center"},
    "click": {"cli"},
    "rich": {"rendering"},
    "icalendar": {"rendering/as_calendar.py"},
    "jinja2": {"rendering/formats/html.py"},
    "markupsafe": {"rendering/formats/html.py"},
}
"""The places where each library may be imported."""

REQUESTS = {"partner_center", "snapshot", "changes", "model/commerce.py", "model/request.py", "model/order_request.py"}
"""The files and rooms that know one kind of request from another. Everybody else asks the request, or its kind."""

LATE = {
    "cli/commands": "`--help` and completion load no action",
    **dict.fromkeys(
        ("cli/main.py", "cli/figures.py", "cli/completing.py", "cli/terminal.py"),
        "`version`, `--help` and completion load none of the libraries that actions need",
    ),
    "cli/actions/plan.py": "only some plans have mails or recent snapshots",
    "cli/rehearsal.py": "only an endpoint of one's own has to be checked, and `validate` reads no service",
    "cli/service.py": "only a sign-in needs its libraries, and only a rehearsal the sandbox",
    "cli/wiring.py": "`validate` reads no service, and few runs have a snapshot or price sheets",
    "manifests/guards_of_settings.py": "only a plan that compares commits compares settings",
    "model/address.py": "the command line checks addresses, and needs no pydantic for it",
    "model/unsettled.py": "the sort of values that plans list, and `--help` needs no pydantic for it",
    "model/remedy.py": "the help of `apply` names limits, and needs no pydantic for it",
    **dict.fromkeys(("operations/totals.py", "planning/deciding.py"), "only a plan with price sheets has costs"),
    "operations/validation.py": "only of an estate with price sheets they are read",
    "partner_center/client.py": "the embedded sandbox needs no connections",
    "rendering/as_calendar.py": "only one format needs the library",
    "state/process.py": "only what writes, or meets a lock, looks at processes",
    "state/__init__.py": "object stores need a library that is installed on demand",
}
"""The files and folders in which an import may stand in a function, and why."""

TOP_LEVEL = {"reconciler", "manifests", "tests", "examples", "pyproject.toml", "README.md"}


@cache
def modules() -> Mapping[str, ast.Module]:
    """Every file of the package, parsed: by the worker that runs these tests, and not by the others."""
    paths = sorted(PACKAGE.rglob("*.py"))
    return {path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text("utf-8")) for path in paths}


def imported(tree: ast.Module) -> Iterator[str]:
    """Every module that is imported, anywhere in the file; names imported from our own package count as modules."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from names if node.module.split(".")[0] == "reconciler" else [node.module]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and LAZY.fullmatch(node.value):
            yield node.value.replace(":", ".")


LAZY = re.compile(r"reconciler(\.\w+)+:\w+")
"""A command that the cli imports when it is called."""


def room_of(module: str) -> str:
    return module.removesuffix(".py").split("/")[0]


def own_imports(module: str) -> set[str]:
    """The files of the package that a file imports. A name that is no submodule is its package's `__init__`."""
    ours = (name for name in imported(modules()[module]) if name.split(".")[0] == "reconciler")
    return set(filter(None, map(file_of, ours)))


def file_of(name: str) -> str | None:
    parts = name.split(".")[1:]
    for length in range(len(parts), -1, -1):
        stem = "/".join(parts[:length])
        for file in (f"{stem}.py", f"{stem}/__init__.py".removeprefix("/")):
            if file in modules():
                return file
    return None


@cache
def graph() -> Mapping[str, set[str]]:
    return {module: own_imports(module) for module in modules()}


def circles() -> set[frozenset[str]]:
    """The sets of files that import each other, directly or over others (Tarjan's strongly connected components)."""
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    found: set[frozenset[str]] = set()

    def visit(module: str) -> None:
        order[module] = lowest[module] = len(order)
        stack.append(module)
        for other in graph()[module]:
            if other not in order:
                visit(other)
            if other in stack:
                lowest[module] = min(lowest[module], lowest[other])
        if lowest[module] == order[module]:
            circle = frozenset(stack[stack.index(module) :])
            del stack[stack.index(module) :]
            if len(circle) > 1:
                found.add(circle)

    for module in graph():
        if module not in order:
            visit(module)
    return found


@cache
def attributes(module: str) -> set[str]:
    """The dotted names that a file uses, such as `os.path.join`."""
    return {ast.unparse(node) for node in ast.walk(modules()[module]) if isinstance(node, ast.Attribute)}


def test_a_room_knows_only_what_it_may() -> None:
    for module, files in graph().items():
        room = room_of(module)
        others = {room_of(file) for file in files} - {room, "__init__"}
        assert others <= KNOWS[room], module


def test_no_file_imports_itself_in_a_circle() -> None:
    assert circles() == CIRCLES


def test_a_kind_of_change_is_known_to_its_own_files_only() -> None:
    for module in (name for name in modules() if not {name, room_of(name)} & REQUESTS):
        names = {name.rpartition(".")[2] for name in imported(modules()[module]) if name.startswith("reconciler.")}
        assert not {name for name in names if name.endswith("Request")} - {"Request"}, module


WRITES = {"upgrade", "update", "transition", "create_cart", "check_out"}
"""The members of the port to the service that change something. `purchase` is none: it gives the orders of a cart that
is ordered already (tests/contracts/test_orders.py).
"""


def annotations(function: ast.FunctionDef) -> set[str]:
    return {ast.unparse(argument.annotation) for argument in function.args.args if argument.annotation}


def test_only_the_sending_of_a_change_writes_to_the_service() -> None:
    """Of a kind, `send` and its helpers get the port and what is sent; nothing else of a kind gets the port."""
    functions = [
        (name, function)
        for name, tree in modules().items()
        if not name.startswith(("partner_center/", "sandbox/", "snapshot/"))
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
    ]
    with_port = {(name, function.name) for name, function in functions if "Commerce" in annotations(function)}
    writers = {
        (name, function.name)
        for name, function in functions
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute) and node.attr in WRITES and isinstance(node.ctx, ast.Load)
        if (name, function.name) in with_port or ast.unparse(node.value).rpartition(".")[2] == "commerce"
    }
    senders = {(name, function.name) for name, function in functions if "Sending" in annotations(function)}
    in_changes = {(name, function) for name, function in with_port if name.startswith("changes/")}
    assert writers
    assert writers <= with_port & senders & in_changes
    assert in_changes <= senders


def test_imports_stand_in_functions_only_where_the_start_needs_it() -> None:
    for module, tree in modules().items():
        functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
        late = any(isinstance(node, ast.Import | ast.ImportFrom) for body in functions for node in ast.walk(body))
        assert late == (module in LATE) or module.rpartition("/")[0] in LATE, module


def test_each_library_is_imported_only_where_it_may_be() -> None:
    for module, tree in modules().items():
        libraries = {name.split(".")[0] for name in imported(tree)}
        for library in libraries & IMPORTERS.keys():
            assert module in IMPORTERS[library] or room_of(module) in IMPORTERS[library], f"{module} imports {library}"


def test_only_one_module_starts_other_programs() -> None:
    """The environment of other programs, and where they are looked for, is decided once."""
    starters = re.compile(
        r"os\.(system|popen|exec|spawn|posix_spawn|fork|startfile)|subprocess\.(run|call|check|Popen|get)"
        r"|click\.(edit|launch|echo_via_pager)$"
    )
    for module in modules().keys() - {"system/programs.py"}:
        assert not list(filter(starters.match, attributes(module))), module


def test_only_the_cli_prints_or_exits() -> None:
    for module in (name for name in modules() if room_of(name) != "cli"):
        calls = (node.func for node in ast.walk(modules()[module]) if isinstance(node, ast.Call))
        names = {func.id for func in calls if isinstance(func, ast.Name)}
        assert not names & {"print", "input", "exit", "quit"}, module
        assert "sys.exit" not in attributes(module), module


def test_the_core_uses_no_clock_and_no_randomness() -> None:
    for module in (name for name in modules() if room_of(name) in {"model", "changes", "planning"}):
        libraries = {name.split(".")[0] for name in imported(modules()[module])}
        assert not libraries & {"time", "random", "uuid", "os", "socket", "subprocess", "pathlib"}, module
        assert ".now(" not in ast.unparse(modules()[module]), module


def test_every_package_says_what_it_promises() -> None:
    for init in PACKAGE.rglob("*/__init__.py"):
        assert len((ast.get_docstring(ast.parse(init.read_text("utf-8"))) or "").split()) > 20, init


def test_the_top_level_holds_the_design_card_and_nothing_else() -> None:
    root = PACKAGE.parent
    if not (root / ".git").exists():
        pytest.skip("not a checkout")
    shown = {path.name for path in root.iterdir() if not path.name.startswith(".")}
    assert not TOP_LEVEL - shown
    assert shown - TOP_LEVEL <= {"build", "dist"}
