"""Every `unlock` that is advised breaks the lock, and lets the next run in."""

from pathlib import Path

import pytest

from reconciler.model.run import Run
from tests.cli.advised.situations import Elsewhere, advised

SOMEBODY = Run(id="run-1", actor="somebody")


@pytest.mark.parametrize(
    "run",
    [
        pytest.param(run, marks=advised("lock_taken", run), id=run)
        for run in ("unlock CUSTOMER LOCK_ID", "unlock --run RUN")
    ],
)
def test_of_a_lock_that_an_apply_met(elsewhere: Elsewhere, run: str) -> None:
    with elsewhere.store.lock("contoso", "apply", SOMEBODY):
        held = elsewhere.apply(code=7)
        assert elsewhere.follow(held, "lock_taken", run).code == 0
        elsewhere.apply()


@advised("lock_waiting", "unlock CUSTOMER LOCK_ID")
def test_of_a_lock_that_is_waited_for(elsewhere: Elsewhere) -> None:
    with elsewhere.store.lock("contoso", "apply", SOMEBODY):
        waited = elsewhere.apply("--lock-timeout", "1s", code=7)
        assert elsewhere.follow(waited, "lock_waiting", "unlock CUSTOMER LOCK_ID").code == 0
        elsewhere.apply()


@advised("another_lock", "unlock CUSTOMER LOCK_ID")
def test_of_a_lock_that_is_not_the_one_named(elsewhere: Elsewhere) -> None:
    with elsewhere.store.lock("contoso", "apply", SOMEBODY):
        refused = elsewhere.run("unlock", "contoso", "another", code=7)
        assert elsewhere.follow(refused, "another_lock", "unlock CUSTOMER LOCK_ID").code == 0
        elsewhere.apply()


@advised("lock_left", "unlock CUSTOMER LOCK_ID")
def test_of_a_lock_that_could_not_be_released(elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch) -> None:
    unlink = Path.unlink

    def failing(path: Path, missing_ok: bool = False) -> None:
        if "lock" in path.name:
            raise PermissionError(13, "Permission denied", str(path))
        unlink(path, missing_ok)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", failing)
        left = elsewhere.apply(code=1)
    assert elsewhere.follow(left, "lock_left", "unlock CUSTOMER LOCK_ID").code == 0
    elsewhere.apply()


@advised("locked", "apply --lock-timeout 10m OPTIONS")
def test_of_a_lock_that_a_plan_met_is_waited_for(elsewhere: Elsewhere) -> None:
    with elsewhere.store.lock("contoso", "apply", SOMEBODY):
        planned = elsewhere.run("plan", "contoso", code=0)
    applied = elsewhere.follow(planned, "locked", "apply --lock-timeout 10m OPTIONS", "--auto-approve")
    assert (applied.code, len(elsewhere.estate.bought)) == (0, 2)


@advised("locked", "unlock CUSTOMER LOCK_ID")
def test_of_a_lock_that_a_plan_met(elsewhere: Elsewhere) -> None:
    with elsewhere.store.lock("contoso", "apply", SOMEBODY):
        planned = elsewhere.run("plan", code=0)
        assert "If that run is not at work any more" in planned.out
        assert elsewhere.follow(planned, "locked", "unlock CUSTOMER LOCK_ID").code == 0
        elsewhere.apply()


@advised("locked", "unlock CUSTOMER LOCK_ID")
def test_of_a_lock_that_a_plan_cannot_read(elsewhere: Elsewhere) -> None:
    elsewhere.estate.root.joinpath("st").mkdir(exist_ok=True)
    elsewhere.estate.root.joinpath("st", "contoso.lock").write_text("")
    planned = elsewhere.run("plan", code=0)
    assert "If no run is at work on this customer, break it" in " ".join(planned.out.split())
    assert elsewhere.follow(planned, "locked", "unlock CUSTOMER LOCK_ID").code == 0
    elsewhere.apply()
