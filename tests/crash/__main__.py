"""`python -m tests.crash`: plays every case, prints the figures, and ends with 1 where anything went wrong.

A family that this machine can't play is something that went wrong, unless CRASH_MAY_LEAVE_OUT names it.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.crash.figures import document, progress, table, wrong
from tests.crash.harness import FAMILIES, Came, Case, Harness

_BATCH = 30
_MOST_MORE = 300


def main() -> int:
    chosen = _arguments()
    cases = list(_cases(chosen))
    scratch = Path(chosen.scratch or tempfile.mkdtemp(prefix="reconciler-crash-"))
    began = time.monotonic()
    came: list[Came] = []
    harness = Harness(scratch=scratch, jobs=chosen.jobs, keep=chosen.keep)
    more = 0
    while cases:
        planned = len(came) + len(cases)
        for part in harness.play(cases):
            came.append(part)
            if not part.verdict.good:
                _say(wrong(part))
            if len(came) % 25 == 0 or len(came) == planned:
                _say(progress(came, planned, time.monotonic() - began))
        enough = sum(entry.struck for entry in came) >= chosen.at_least or more >= _MOST_MORE
        cases = [] if enough else [*_more_kills(more)]
        more += len(cases)
    _say(table(came, time.monotonic() - began))
    if chosen.json:
        Path(chosen.json).write_text(json.dumps(document(came, time.monotonic() - began), indent=2) + "\n")
    too_few = sum(item.struck for item in came) < chosen.at_least
    if too_few:
        _say(f"Fewer than {chosen.at_least} faults happened: this proves too little.")
    left_out = _left_out(chosen)
    for name, reason in left_out.items():
        _say(f"!!! The family {name} was LEFT OUT: {reason}. Nothing is known of its accidents.")
    if unasked := sorted(left_out.keys() - set(os.environ.get("CRASH_MAY_LEAVE_OUT", "").split())):
        _say(f"Where that is meant: CRASH_MAY_LEAVE_OUT='{' '.join(unasked)}'")
    return int(too_few or bool(unasked) or any(not element.verdict.good for element in came))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--family", choices=[*FAMILIES], action="append", help="only this one; may be repeated")
    parser.add_argument("--seed", type=int, action="append", help="only this case of each family; may be repeated")
    parser.add_argument("--jobs", type=int, default=3, help="how many cases side by side [3]")
    parser.add_argument("--at-least", type=int, default=0, metavar="N", help="fail where fewer faults happened")
    parser.add_argument("--json", metavar="FILE", help="the figures as JSON too")
    parser.add_argument("--scratch", metavar="DIR", help="where to play; a temporary folder otherwise")
    parser.add_argument("--keep", action="store_true", help="keep the folders of the cases that went well")
    return parser.parse_args()


def _cases(chosen: argparse.Namespace) -> Iterator[Case]:
    for name in chosen.family or FAMILIES:
        if name in _left_out(chosen):
            continue
        for seed in chosen.seed or range(FAMILIES[name].seeds):
            yield Case(family=name, seed=seed)


def _more_kills(made: int) -> Iterator[Case]:
    """Cases that any machine can play, beyond the fixed ones, where too few faults happened."""
    first = FAMILIES["kills"].seeds + made
    return (Case(family="kills", seed=seed) for seed in range(first, first + _BATCH))


def _left_out(chosen: argparse.Namespace) -> dict[str, str]:
    """The families that can't be played here, and why."""
    reasons = {name: FAMILIES[name].missing() for name in chosen.family or FAMILIES}
    return {name: reason for name, reason in reasons.items() if reason}


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
