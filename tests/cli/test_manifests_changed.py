"""A change is carried out only if the manifests ask for it at that moment, not when the run began."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from reconciler.cli.chosen import Chosen
from reconciler.cli.wiring import Wiring
from reconciler.model.event import Event, Stale, Succeeded
from reconciler.operations.apply import ApplySettings, apply_plan
from reconciler.operations.plan import plan_estate
from reconciler.operations.saved import planned_from
from reconciler.operations.workspace import Workspace
from reconciler.planning import Globs
from reconciler.sandbox.catalogue import E1, E3
from tests.cli.estates import KIOSKS, OFFICE, Answer, Estate

Edit = Callable[[Estate], object]


@contextmanager
def workspace() -> Iterator[Workspace]:
    with Wiring(chosen=Chosen()).workspace() as made:
        yield made


def stale_in(events: list[Event]) -> dict[str, str]:
    return {str(event.address): event.description for event in events if isinstance(event, Stale)}


def applied_after(edit: Edit, estate: Estate, *, saved: bool = False) -> list[Event]:
    """Plans; then the manifests are edited, before the apply of the same run reaches its changes."""
    with workspace() as running:
        planned = plan_estate(running, Globs())
        planned = planned_from(running, planned.plan) if saved else planned
        edit(estate)
        return list(apply_plan(running, planned, ApplySettings()))


def rewritten(name: str, old: str, new: str) -> Edit:
    def edit(estate: Estate) -> None:
        file = estate.root / "manifests" / name
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new))

    return edit


def removed(name: str) -> Edit:
    return lambda estate: (estate.root / "manifests" / name).unlink()


@dataclass(frozen=True)
class Around:
    """A service during whose answers somebody edits a manifest."""

    commerce: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.commerce, name)


CONTOSO = "Changed during the run: manifests/contoso.yaml"


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (
            rewritten("contoso.yaml", "E3, quantity: 25", "E1, quantity: 25"),
            f"Taken back: .*{CONTOSO}",
        ),
        (rewritten("contoso.yaml", "quantity: 25", "quantity: 26"), f"it is another change: .*{CONTOSO}"),
        (rewritten("contoso.yaml", "  office:", "  bureau:"), f"The manifests do not ask for it any more. {CONTOSO}"),
        (removed("contoso.yaml"), f"The customer's file is gone. {CONTOSO}"),
        (rewritten("contoso.yaml", "quantity: 25", "quantity: many"), f"contoso.yaml:3:75: .*whole number.*{CONTOSO}"),
        (lambda estate: (estate.root / "manifests/contoso.yaml").write_bytes(b"\xff"), f"not UTF-8.*{CONTOSO}"),
        (rewritten("offers.yaml", " E3: ", " E5: "), '"E3", which is not in.*Changed .*offers.yaml'),
        (
            rewritten("offers.yaml", E3, E1),
            "Taken back: .*Changed .*offers.yaml",
        ),
        (
            rewritten("reconciler.yaml", "sandbox\n", "sandbox\nlimits: {max_changes: 1}\n"),
            "settings changed: limits",
        ),
        (rewritten("reconciler.yaml", "../state", "../elsewhere"), "The settings changed: state.*reconciler.yaml"),
        (rewritten("reconciler.yaml", "cloud:", "clout:"), "reconciler.yaml:1:1: .*clout"),
    ],
)
def test_a_change_that_the_manifests_do_not_ask_for_at_that_moment_is_stale(
    estate: Estate, edit: Edit, why: str
) -> None:
    events = applied_after(edit, estate)

    assert re.search(why, stale_in(events)["contoso/office"]), stale_in(events)
    assert E3 not in estate.bought


@pytest.mark.parametrize("before", [False, True], ids=["a new file", "a file that is there"])
def test_a_subscription_that_another_file_has_come_to_claim_is_left_alone(estate: Estate, before: bool) -> None:
    if before:
        estate.customer("fabrikam", kiosks=(KIOSKS, "F1", 9))

    events = applied_after(lambda edited: edited.customer("fabrikam", taken=(OFFICE, "E1", 3)), estate)

    assert re.fullmatch(
        rf"manifests/fabrikam.yaml:\d+:\d+: the subscription id {OFFICE} is declared already, by contoso/office at"
        r" manifests/contoso.yaml:\d+:\d+ .*Changed during the run: manifests/fabrikam.yaml.*",
        stale_in(events)["contoso/office"],
    ), stale_in(events)
    assert E3 not in estate.bought


def test_a_saved_plan_is_held_to_the_manifests_of_that_moment_too(estate: Estate) -> None:
    events = applied_after(removed("contoso.yaml"), estate, saved=True)

    assert set(stale_in(events)) == {"contoso/frontline", "contoso/office"}
    assert estate.bought == []


@pytest.mark.parametrize(
    "edit",
    [
        lambda _estate: None,
        rewritten("contoso.yaml", "subscriptions:", "# Ask Kim before you change these.\nsubscriptions:"),
        rewritten("contoso.yaml", "quantity: 40", "quantity: 41"),
        rewritten("offers.yaml", " F1: ", " F3: 11111111-1111-4111-8111-111111111111, F1: "),
        rewritten("reconciler.yaml", "sandbox\n", "sandbox\nparallelism: 2\n"),
        lambda estate: estate.customer("fabrikam", kiosks=(KIOSKS, "F1", 9)),
        lambda estate: (estate.root / "manifests" / "broken.yaml").write_text("customer: ["),
        lambda estate: (estate.root / "manifests" / "again.yaml").symlink_to("contoso.yaml"),
    ],
)
def test_an_edit_that_is_not_about_a_change_leaves_it_alone(estate: Estate, edit: Edit) -> None:
    assert stale_in(applied_after(edit, estate)) == {}
    assert E3 in estate.bought


def test_an_edit_stops_what_is_left_of_that_customer_and_nothing_of_others(estate: Estate) -> None:
    """The edit is made before the answer to the first change arrives: the program goes on while its events are read."""
    estate.customer("fabrikam", kiosks=(KIOSKS, "F1", 9))

    @dataclass(frozen=True)
    class Edited(Around):
        def update(self, tenant: str, *rest: Any) -> Any:
            answer = self.commerce.update(tenant, *rest)
            if tenant == contoso:
                rewritten("contoso.yaml", "quantity: 25", "quantity: zero")(estate)
            return answer

    with workspace() as running:
        contoso = next(customer.tenant for customer in running.estate.customers if customer.name == "contoso")
        planned = plan_estate(running, Globs())
        happened = list(apply_plan(replace(running, commerce=Edited(running.commerce)), planned, ApplySettings()))

    assert list(stale_in(happened)) == ["contoso/office"]
    assert {event.address for event in happened if isinstance(event, Succeeded)} == {
        "contoso/frontline",
        "fabrikam/kiosks",
    }


def test_an_edit_while_the_service_is_read_for_the_last_time_counts_too(estate: Estate) -> None:
    @dataclass(frozen=True)
    class Slow(Around):
        def upgrades(self, tenant: str, subscription_id: str) -> Any:
            rewritten("contoso.yaml", "E3, quantity: 25", "E1, quantity: 25")(estate)
            return self.commerce.upgrades(tenant, subscription_id)

    with workspace() as running:
        planned = plan_estate(running, Globs(target=("contoso/office",)))
        events = list(apply_plan(replace(running, commerce=Slow(running.commerce)), planned, ApplySettings()))

    assert (
        "changed while the service was read. Changed during the run: manifests/contoso.yaml"
        in (stale_in(events)["contoso/office"])
    )
    assert estate.bought == []


def test_the_program_ends_with_the_code_for_stale(
    estate: Estate, reconciler: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever is asked for a yes may take an hour, while another commit is checked out."""

    def answer(*_: object, **__: object) -> str:
        removed("contoso.yaml")(estate)
        return "yes"

    monkeypatch.setattr("click.prompt", answer)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)

    outcome = reconciler("apply")

    assert outcome.code == 6
    assert "The customer's file is gone" in outcome.text
    assert estate.bought == []
