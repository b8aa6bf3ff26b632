"""The harness itself: a case of each family goes well, and what must not happen is found where it does."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from reconciler.sandbox import SourceFate
from tests.crash.families.services import COMBINATIONS
from tests.crash.figures import document, table
from tests.crash.harness import FAMILIES, Came, Case, Harness

_TWO = 2


def played(harness: Harness, cases: Iterable[Case]) -> list[Came]:
    return list(harness.play(cases))


def without_results(states: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: {**state, "results": []} for name, state in states.items()}


def test_a_case_of_each_family_goes_well(tmp_path: Path) -> None:
    """On a machine that can't play a family it is left out; `.ci/run` sees to it that none is."""
    cases = [Case(family=name, seed=1) for name, family in FAMILIES.items() if not family.missing()]

    came = played(Harness(scratch=tmp_path, jobs=_TWO), cases)

    assert [item for item in came if not item.verdict.good] == []
    assert sum(item.struck for item in came) >= len(cases) / 2


def test_a_purchase_that_is_sent_twice_is_found(tmp_path: Path) -> None:
    """In a world where the service does not notice: ids are ignored, and the source stays active."""
    seed = next(
        number
        for number, (fate, idempotent, _, _) in enumerate(COMBINATIONS)
        if fate is SourceFate.STAYS_ACTIVE and not idempotent
    )

    harness = Harness(scratch=tmp_path, jobs=1, program="tests.crash.mutant")

    (came,) = played(harness, [Case(family="services", seed=seed)])

    assert "done 2 times" in " ".join(came.verdict.doubles)


def test_a_result_that_is_missing_is_found(tmp_path: Path) -> None:
    harness = Harness(scratch=tmp_path, jobs=1, tamper=without_results)

    (came,) = played(harness, [Case(family="plan_files", seed=0)])

    assert "results say []" in " ".join(came.verdict.losses)
    assert came.case.command in str(document([came], 1))
    assert "losses" in table([came], 1)
