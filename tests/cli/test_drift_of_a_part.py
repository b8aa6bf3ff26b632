"""`drift contoso`, `--target` and `--exclude`: only what is selected is read, compared and named."""

import json
from collections.abc import Callable

import pytest

from reconciler import sandbox
from reconciler.sandbox import ALWAYS, Fault, FaultKind, Sold, Tenant
from reconciler.sandbox.catalogue import E1
from tests.cli.estates import FRONTLINE, KIOSKS, MAIL, OFFICE, Answer, Estate

Program = Callable[..., Answer]

LIVE = "90000000-0000-4000-8000-000000000000"


@pytest.fixture
def drifted(estate: Estate, reconciler: Program) -> Estate:
    """contoso/office and fabrikam/kiosks changed outside; both customers have a subscription that nobody declares."""
    estate.customer("contoso", office=(OFFICE, "E1", 25), frontline=(FRONTLINE, "F1", 10), mail=(MAIL, "Exchange", 40))
    estate.customer("fabrikam", kiosks=(KIOSKS, "F1", 8))
    assert reconciler("apply", "--auto-approve").code == 0
    sandbox.nudge(estate.world_file)
    with estate.changed() as world:
        world.customers[0].subscriptions.append(Sold(id=LIVE, offer=E1, quantity=7))
        world.customers.append(Tenant(name="wingtip", display_name="Wingtip Toys"))
    return estate


def named_in(reconciler: Program, *part: str) -> tuple[list[str], list[str], list[str]]:
    """Returns what changed outside, what is live and undeclared, and the customers that nobody declares."""
    report = json.loads(reconciler("drift", *part, "--format", "json").out)
    moved = [item["address"] for item in report["moved"]]
    return (
        moved,
        [item["subscription_id"] for item in report["undeclared"]],
        [item["display_name"] for item in report["undeclared_customers"]],
    )


@pytest.mark.usefixtures("drifted")
@pytest.mark.parametrize(
    ("part", "moved", "live"),
    [
        (("contoso",), ["contoso/office"], [LIVE]),
        (("--target", "contoso/*"), ["contoso/office"], [LIVE]),
        (("contoso/office",), ["contoso/office"], []),
        (("contoso", "--exclude", "contoso/office"), [], [LIVE]),
        (("--exclude", "contoso"), ["fabrikam/kiosks"], []),
        (("fabrikam",), ["fabrikam/kiosks"], []),
    ],
)
def test_only_what_is_selected_is_compared_and_named(
    reconciler: Program, part: tuple[str, ...], moved: list[str], live: list[str]
) -> None:
    assert named_in(reconciler, *part) == (moved, live, [])


@pytest.mark.usefixtures("drifted")
def test_of_the_whole_estate_all_is_named(reconciler: Program) -> None:
    assert named_in(reconciler) == (["contoso/office", "fabrikam/kiosks"], [LIVE], ["Wingtip Toys"])


@pytest.mark.usefixtures("drifted")
def test_the_page_and_the_document_say_which_part_was_compared(reconciler: Program) -> None:
    answer = reconciler("drift", "contoso/office", "--target", "contoso/mail")
    assert (answer.code, "1 customer, 2 subscriptions compared with state." in answer.text) == (2, True)
    assert "Only part of the estate was compared: --target contoso/office --target contoso/mail" in answer.text
    assert "reconciler accept contoso/office" in answer.text
    assert "reconciler plan --target contoso/office --target contoso/mail" in answer.text
    selection = json.loads(reconciler("drift", "contoso", "--format", "json").out)["selection"]
    assert (selection["target"], selection["customers"], selection["subscriptions"]) == (["contoso"], 1, 3)
    assert "Only part" not in reconciler("drift").text


def test_another_customer_is_not_read(drifted: Estate, reconciler: Program) -> None:
    path = f"/customers/{Tenant(name='fabrikam').tenant}/subscriptions"
    drifted.arm(Fault(kind=FaultKind.HTML_BODY, times=ALWAYS, method="GET", path=path))
    assert (reconciler("drift").code, reconciler("drift", "contoso/mail").code) == (1, 0)


def test_a_label_that_all_of_a_customer_has_selects_what_nobody_declares_of_it(
    drifted: Estate, reconciler: Program
) -> None:
    file = drifted.root / "manifests" / "contoso.yaml"
    file.write_text(file.read_text().replace("tenant:", "labels: [emea], tenant:", 1))
    assert named_in(reconciler, "--target", "label:emea") == (["contoso/office"], [LIVE], [])


def test_where_nothing_of_a_part_was_compared_it_is_not_green(drifted: Estate, reconciler: Program) -> None:
    (drifted.root / "manifests" / "fabrikam.yaml").unlink()
    (drifted.root / "manifests" / "moves.yaml").write_text("removed: [fabrikam]\n")
    answer = reconciler("drift", "fabrikam")
    assert (answer.code, "Nothing was compared with state" in answer.text) == (2, True)


def test_a_customer_that_vanished_is_forgotten_by_its_name_only_where_all_of_it_is_selected(
    drifted: Estate, reconciler: Program
) -> None:
    (drifted.root / "manifests" / "contoso.yaml").unlink()
    whole, part = reconciler("drift", "contoso"), reconciler("drift", "contoso/office")
    assert "reconciler forget contoso\n" in whole.out
    assert "reconciler forget contoso/office\n" in part.out
    assert "contoso/mail" not in part.out


@pytest.mark.usefixtures("drifted")
def test_a_name_that_selects_nothing_is_refused_with_what_may_be_meant(reconciler: Program) -> None:
    answer = reconciler("drift", "contosso")
    assert (answer.code, "contoso" in answer.err) == (1, True)
