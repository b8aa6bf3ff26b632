"""The harness itself: a case goes well, and what must not happen is found where it does."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reconciler.changes import Answer, Sending, Sight, Unclear, traces
from reconciler.changes.order import OrderKind
from reconciler.model.commerce import Commerce
from reconciler.model.evidence import Evidence, Verdict
from reconciler.model.pending import Pending
from reconciler.sandbox import SourceFate
from tests.crash.families.services import COMBINATIONS
from tests.crash.figures import document, table
from tests.crash.harness import Came, Case, Harness

_TWO = 2


@pytest.fixture(scope="module")
def bytecode(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bytecode")


@pytest.fixture(autouse=True)
def compiled_once(bytecode: Path, tmp_path: Path) -> None:
    """Each harness compiles the program into its own folder: for these few cases that would be most of the work."""
    (tmp_path / "bytecode").symlink_to(bytecode, target_is_directory=True)


def played(harness: Harness, cases: Iterable[Case]) -> list[Came]:
    return list(harness.play(cases))


def without_results(states: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: {**state, "results": []} for name, state in states.items()}


def test_a_case_goes_well(tmp_path: Path) -> None:
    """One that ends a process, and one that goes wrong at a step of an order. `.ci/run` plays all of every family."""
    cases = [Case(family=name, seed=1) for name in ("kills", "orders")]

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


def test_an_order_that_is_bought_with_two_carts_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that forgets its cart, and goes by the list of subscriptions alone, while that lags behind."""
    send = OrderKind.send

    def forgetful(kind: OrderKind, commerce: Commerce, sending: Sending) -> Answer | Unclear:
        return send(kind, commerce, replace(sending, pending=replace(sending.pending, cart_id=None)))

    def by_list(_: OrderKind, pending: Pending, sight: Sight) -> Evidence:
        made = traces.bought(pending, sight)
        verdict = Verdict.DONE if made else Verdict.UNCHANGED
        return Evidence(verdict=verdict, subscription=made[0] if made else None)

    monkeypatch.setattr(OrderKind, "send", forgetful)
    monkeypatch.setattr(OrderKind, "trace", by_list)
    monkeypatch.setattr(OrderKind, "moved", lambda *_: "")

    (came,) = played(Harness(scratch=tmp_path, jobs=1), [Case(family="orders", seed=56)])

    assert "the order was done 2 times" in " ".join(came.verdict.doubles)


def test_a_result_that_is_missing_is_found(tmp_path: Path) -> None:
    harness = Harness(scratch=tmp_path, jobs=1, tamper=without_results)

    (came,) = played(harness, [Case(family="plan_files", seed=0)])

    assert "results say []" in " ".join(came.verdict.losses)
    assert came.case.command in str(document([came], 1))
    assert "losses" in table([came], 1)
