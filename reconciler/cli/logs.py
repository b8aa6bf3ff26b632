"""The log, for whoever looks for the cause of something: off unless RECONCILER_LOG asks for it."""

import logging

import click

LEVELS = ("debug", "info", "warning", "error")


def log_to_stderr(level: str) -> None:
    """Sends our own log to stderr; other libraries' logs stay off. Raises a usage error for a level there is not."""
    if level.lower() not in LEVELS:
        raise click.UsageError(f"RECONCILER_LOG is {level!r}; it can be {', '.join(LEVELS)}.")
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log = logging.getLogger("reconciler")
    log.handlers = [handler]
    log.propagate = False
    log.setLevel(level.upper())
