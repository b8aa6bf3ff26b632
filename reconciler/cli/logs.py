"""The log, for whoever looks for the cause of something: off unless RECONCILER_LOG asks for it."""

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

import click

from reconciler.model.withheld import unfit_choice
from reconciler.rendering.safe import visible

LEVELS = ("debug", "info", "warning", "error")


@contextmanager
def log_to_stderr(environment: Mapping[str, str]) -> Iterator[None]:
    """Sends our own log to stderr as RECONCILER_LOG and RECONCILER_LOG_FORMAT say; other libraries' logs stay off.

    Raises a usage error for a level or a format there is not.
    """
    level = _one_of("RECONCILER_LOG", environment.get("RECONCILER_LOG", ""), LEVELS)
    kind = _one_of("RECONCILER_LOG_FORMAT", environment.get("RECONCILER_LOG_FORMAT") or "text", FORMATS)
    handler = logging.StreamHandler()
    handler.setFormatter(FORMATS[kind]())
    log = logging.getLogger("reconciler")
    log.handlers = [handler]
    log.propagate = False
    log.setLevel(level.upper())
    try:
        yield
    finally:
        log.handlers = []
        log.propagate = True
        log.setLevel(logging.NOTSET)


def _one_of(variable: str, value: str, known: tuple[str, ...] | Mapping[str, object]) -> str:
    if value.lower() not in known:
        raise click.UsageError(f"{variable} is none of its choices. {unfit_choice(value, known)}")
    return value.lower()


class _Lines(logging.Formatter):
    """A line for people, in which nothing acts on their terminal."""

    def format(self, record: logging.LogRecord) -> str:
        return visible(f"{_time(record)} {record.levelname} {record.getMessage()}")


class _JsonLines(logging.Formatter):
    """A JSON object a line; of a request, with each of its parts."""

    def format(self, record: logging.LogRecord) -> str:
        line = {"time": _time(record), "level": record.levelname.lower(), "message": record.getMessage()}
        return json.dumps(line | getattr(record, "exchange", {}))


FORMATS: Mapping[str, type[logging.Formatter]] = {"text": _Lines, "json": _JsonLines}
"""The formats of the log, by the values of RECONCILER_LOG_FORMAT."""


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
