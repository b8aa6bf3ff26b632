"""`python -m tests.benchmarks`: measures, prints a table, and writes JSON. Nothing fails where a machine is slow."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from subprocess import SubprocessError

import click

from tests.benchmarks import applying, offline, planning, tables
from tests.benchmarks.workshop import Figure, Workshop


def _sharding(shop: Workshop) -> Iterator[Figure]:
    """Imported late: the emulator would weigh on what every other process seems to take."""
    from tests.benchmarks.sharding import sharding

    return sharding(shop)


def _recent(shop: Workshop) -> Iterator[Figure]:
    """Imported late, as `_sharding` is."""
    from tests.benchmarks.recent import since_last_night

    return since_last_night(shop)


BENCHMARKS: dict[str, Callable[[Workshop], Iterator[Figure]]] = {
    "starting": offline.starting,
    "sample": offline.planning_the_sample,
    "validating": offline.validating,
    "plan": planning.over_loopback,
    "new-commerce": planning.of_new_commerce,
    "renewals": planning.renewals,
    "latency": planning.far_away,
    "rate": planning.throttled,
    "changed-since": planning.few_touched,
    "recent": _recent,
    "growth": planning.growing,
    "apply": applying.upgrading,
    "snapshot": planning.from_snapshot,
    "rendering": offline.showing,
    "shards": _sharding,
}


@click.command()
@click.option("--only", type=click.Choice(list(BENCHMARKS)), multiple=True, help="Only this one; may be repeated.")
@click.option("--without", type=click.Choice(list(BENCHMARKS)), multiple=True, help="Not this one; may be repeated.")
@click.option("--json", "as_json", type=click.Path(dir_okay=False, path_type=Path), help="Write the figures here too.")
@click.option("--scale", type=click.FloatRange(0.0001, 10), default=1.0, help="Of the estates [1: as the aims say].")
@click.option("--times", type=click.IntRange(1, 100), default=3, help="Runs of each short command; the middle counts.")
@click.option("--markdown", is_flag=True, help="Print the guide's table.")
@click.option("--into", type=click.Path(dir_okay=False, exists=True, path_type=Path), help="Put the table here.")
def main(
    only: tuple[str, ...],
    without: tuple[str, ...],
    as_json: Path | None,
    scale: float,
    times: int,
    markdown: bool,
    into: Path | None,
) -> None:
    """Measure how fast reconciler is, each figure beside a floor measured in the same run.

    In full it takes about ten minutes, most of them waits for the services that are slow on purpose. Where a benchmark
    fails, the others are measured all the same, and the exit code is 1.
    """
    if into and scale != 1:
        message = "--into takes figures of scale 1 only: the aims beside them are for that."
        raise click.UsageError(message)
    with tempfile.TemporaryDirectory() as scratch:
        shop = Workshop(root=Path(scratch), scale=scale, times=times)
        report = _measured(shop, [name for name in dict.fromkeys(only or BENCHMARKS) if name not in without])
    click.echo((tables.as_markdown if markdown else tables.as_text)(report), nl=False)
    if as_json:
        as_json.write_text(tables.as_json(report), "utf-8")
    if into and not report.failed:
        into.write_text(tables.inserted(into.read_text("utf-8"), tables.as_markdown(report)), "utf-8")
    if report.failed:
        kept = f"; {into} is as it was" if into else ""
        message = f"failed: {', '.join(report.failed)}{kept}"
        raise click.ClickException(message)


def _measured(shop: Workshop, names: Sequence[str]) -> tables.Report:
    """Returns what these benchmarks found; one that fails is told, and what it found before is kept."""
    figures: list[Figure] = []
    failed: list[str] = []
    for name in names:
        click.echo(f"{name} …", err=True)
        try:
            figures.extend(BENCHMARKS[name](shop))
        except (RuntimeError, ValueError, OSError, SubprocessError) as error:
            click.echo(f"{name} failed: {error}", err=True)
            failed.append(name)
    return tables.Report(figures=figures, scale=shop.scale, times=shop.times, failed=failed)


if __name__ == "__main__":
    main()
