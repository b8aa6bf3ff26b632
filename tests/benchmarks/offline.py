"""Work that needs no service: starting, checking manifests, showing a plan."""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from shutil import copytree

from tests.benchmarks.estates import Estate
from tests.benchmarks.measuring import SOURCE, python
from tests.benchmarks.workshop import Figure, Workshop, planned, served, unmeasured

_HEAVY = ("httpx", "msal", "pydantic", "deepdiff")
_LOADED = (
    "import sys; from reconciler.cli.main import run; run(sys.argv[1:]);"
    f"sys.stdout.write(str(sum(name in sys.modules for name in {_HEAVY})))"
)
_IN_A_BROWSER = "tests.benchmarks.browser"


def starting(shop: Workshop) -> Iterator[Figure]:
    """`version` and `--help`."""
    bare = shop.typical(python("-c", "pass"), shop.root)
    for argument in ("version", "--help"):
        run = shop.typical(shop.program(argument), shop.root)
        yield Figure(
            work=f"`reconciler {argument}`",
            what="time",
            value=run.wall,
            unit="s",
            aim=0.1,
            floor=bare.wall,
            floor_is="`python -c pass`",
        )
        loaded = shop.once(python("-c", _LOADED, argument), shop.root).out[-1]
        what = f"of {', '.join(_HEAVY)} imported"
        yield Figure(work=f"`reconciler {argument}`", what=what, value=int(loaded), unit="", aim=0)


def planning_the_sample(shop: Workshop) -> Iterator[Figure]:
    """`plan` of the sample estate: what starting costs, and the emulator beside it."""
    folder = shop.root / "sample"
    copytree(SOURCE / "manifests", folder / "manifests")
    bare = shop.typical(python("-c", "pass"), folder)
    run = shop.typical(shop.program("plan", "--blocked", "warn"), folder)
    yield Figure(
        work="`plan` of the sample estate, the whole process",
        what="CPU",
        value=run.cpu,
        unit="s",
        aim=0.35,
        floor=bare.cpu,
        floor_is="`python -c pass`",
    )


def validating(shop: Workshop) -> Iterator[Figure]:
    """`validate` of 10,000 subscriptions."""
    estate = Estate(customers=shop.customers(2000))
    folder = shop.folder(estate)
    work = f"`validate`, {estate.subscriptions:,} subscriptions"
    run = shop.typical(shop.program("validate"), folder)
    floor = shop.floor(folder, "parse", "manifests")
    parse = "libyaml parses the same files"
    yield Figure(work=work, what="time", value=run.wall, unit="s", aim=1.0, floor=floor.wall, floor_is=parse)
    yield Figure(work=work, what="CPU", value=run.cpu, unit="s", floor=floor.cpu, floor_is=parse)
    yield Figure(work=work, what="memory", value=run.megabytes, unit="MB", aim=120)


def showing(shop: Workshop) -> Iterator[Figure]:
    """The page and the comment of a saved plan, and the page in a browser."""
    estate = Estate(customers=shop.customers(2000))
    folder = shop.folder(estate)
    with served(estate) as service:
        made = shop.once(shop.program("plan", "--out", "plan.json"), folder, RECONCILER_ENDPOINT=service.endpoint)
    planned(made, estate.changes)
    floor = shop.floor(folder, "load", "plan.json")
    for form in ("html", "markdown", "json", "text"):
        run = shop.typical(shop.program("show", "plan.json", "--format", form), folder)
        work = f"`show plan.json --format {form}`, {estate.subscriptions:,} subscriptions"
        aim, parsed = None if form == "text" else 0.7, "the plan's JSON is parsed"
        yield Figure(work=work, what="time", value=run.wall, unit="s", aim=aim, floor=floor.wall, floor_is=parsed)
        yield Figure(work=work, what="CPU", value=run.cpu, unit="s", floor=floor.cpu, floor_is=parsed)
    yield from _opening(shop, folder)


def _opening(shop: Workshop, folder: Path) -> Iterator[Figure]:
    work = "the page opens in Chromium"
    if not find_spec("playwright"):
        unmeasured(work, "playwright is not installed")
        return
    page = shop.once(shop.program("show", "plan.json", "--format", "html"), folder).out
    (folder / "plan.html").write_text(page, "utf-8")
    said = shop.once(python("-m", _IN_A_BROWSER, "plan.html"), folder).out.split()
    if not said:
        unmeasured(work, "there is no Chromium that starts")
        return
    opened, empty = map(float, said)
    yield Figure(work=work, what="time", value=opened, unit="s", aim=2.0, floor=empty, floor_is="an empty page opens")
