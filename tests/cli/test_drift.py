"""`drift`: what changed outside, by whom, and what nobody declares. It writes nothing."""

import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from reconciler import sandbox
from reconciler.sandbox import ALWAYS, Fault, FaultKind, Sold, Tenant, utc_now
from reconciler.sandbox.behaviour import Cloud
from reconciler.sandbox.catalogue import BUSINESS_PREMIUM_TRIAL, E1
from tests.cli.estates import FRONTLINE, KIOSKS, MAIL, OFFICE, Answer, Estate

Program = Callable[..., Answer]


@pytest.fixture
def applied(estate: Estate, reconciler: Program) -> Estate:
    """The estate once apply has recorded what it saw of it."""
    estate.customer("contoso", office=(OFFICE, "E1", 25), frontline=(FRONTLINE, "F1", 10), mail=(MAIL, "Exchange", 40))
    estate.customer("fabrikam", kiosks=(KIOSKS, "F1", 8))
    assert reconciler("apply", "--auto-approve").code == 0
    return estate


@pytest.mark.usefixtures("applied")
def test_where_nothing_changed_nothing_is_found(reconciler: Program) -> None:
    answer = reconciler("drift")

    assert answer.code == 0
    assert "Nothing changed outside." in answer.out
    assert "2 customers, 4 subscriptions compared with state." in answer.text


def test_a_change_in_the_portal_is_told_with_who_did_it(applied: Estate, reconciler: Program) -> None:
    sandbox.nudge(applied.world_file)

    answer = reconciler("drift")

    assert answer.code == 2
    assert "seats 25 -> 28 by a signed-in user, " in answer.text
    assert "(update_subscription)" in answer.text
    assert "colleague@" not in answer.text


def test_drift_writes_nothing_so_it_is_found_again(applied: Estate, reconciler: Program) -> None:
    sandbox.nudge(applied.world_file)
    before = {path: path.read_bytes() for path in (applied.root / "state").iterdir()}

    assert [reconciler("drift").code for _ in range(2)] == [2, 2]
    assert {path: path.read_bytes() for path in (applied.root / "state").iterdir()} == before


def test_what_we_did_ourselves_is_no_drift(applied: Estate, reconciler: Program) -> None:
    applied.customer("contoso", office=(OFFICE, "E3", 25), frontline=(FRONTLINE, "F1", 12), mail=(MAIL, "Exchange", 40))
    reconciler("apply", "--auto-approve")

    assert reconciler("drift").code == 0


def test_a_schedule_of_ours_that_somebody_deleted_is_told_first_though_the_list_does_not_show_it(
    estate: Estate, reconciler: Program
) -> None:
    with estate.changed() as world:
        world.customers[0].subscriptions[:] = [
            Sold(id=OFFICE, offer="CFQ7TTC0LH18:0001:CFQ7TTC0K971", quantity=25, created=utc_now() - timedelta(days=90))
        ]
    manifest = (estate.root / "manifests" / "contoso.yaml").read_text().split("subscriptions:")[0]
    asked = f"{{id: {OFFICE}, offer: 'CFQ7TTC0LH18:0001', quantity: 20, fewer_seats: at_renewal}}"
    entry = f"subscriptions: {{office: {asked}}}\n"
    estate.customer("fabrikam", kiosks=(KIOSKS, "F1", 8))
    (estate.root / "manifests" / "contoso.yaml").write_text(manifest + entry)
    assert reconciler("apply", "--auto-approve").code == 0
    assert reconciler("drift").code == 0
    estate.colleague.unschedule(OFFICE)

    answer = reconciler("drift")

    assert answer.code == 2
    assert "1 schedule lost or changed." in answer.out
    gone = r"! contoso/office \S*contoso.yaml:\d+:\d+ The schedule that this estate made is gone"
    assert re.search(gone, answer.text)
    assert json.loads(reconciler("drift", "--format", "json").out)["found"] is True


def test_where_the_cloud_keeps_no_log_that_is_said(applied: Estate, reconciler: Program) -> None:
    (applied.root / "manifests" / "reconciler.yaml").write_text("cloud: china\nstate: ../state\n")
    sandbox.nudge(applied.world_file)
    applied.behave(cloud=Cloud.CHINA)

    with applied.served() as address, pytest.MonkeyPatch.context() as patch:
        patch.setenv("RECONCILER_ENDPOINT", address)
        patch.setenv("RECONCILER_ACCESS_TOKEN", "somebody")
        answer = reconciler("drift")

    assert answer.code == 2
    assert "by not known: " in answer.text


def test_a_live_subscription_that_no_manifest_declares_is_named(estate: Estate, reconciler: Program) -> None:
    with estate.changed() as world:
        world.customers[0].subscriptions += [
            Sold(id="90000000-0000-4000-8000-000000000000", offer=E1, quantity=7),
            Sold(offer=BUSINESS_PREMIUM_TRIAL, quantity=25),
            Sold(offer=E1, quantity=7, status="deleted"),
        ]

    answer = reconciler("drift")

    assert answer.code == 2
    assert "1 live subscription declared nowhere and 1 customer declared nowhere." in answer.text
    codes = {line.split()[2] for line in reconciler("drift", "--brief").out.splitlines()}
    assert {"subscriptions_undeclared", "customers_undeclared"} <= codes
    assert "90000000-0000-4000-8000-000000000000" in answer.out
    assert f"reconciler import --customer {Tenant(name='contoso').tenant} --new-only" in answer.out


def test_an_address_that_left_the_manifests_is_named(applied: Estate, reconciler: Program) -> None:
    (applied.root / "manifests" / "fabrikam.yaml").unlink()

    answer = reconciler("drift")

    assert answer.code == 2
    assert "reconciler forget fabrikam" in answer.out


def test_a_customer_that_can_not_be_read_is_an_error_and_hides_no_other(applied: Estate, reconciler: Program) -> None:
    sandbox.nudge(applied.world_file)
    tenant = Tenant(name="fabrikam").tenant
    applied.arm(Fault(kind=FaultKind.HTML_BODY, times=ALWAYS, method="GET", path=f"/customers/{tenant}/subscriptions"))

    answer = reconciler("drift")

    assert answer.code == 1
    assert "Could not be read: 1 customer x fabrikam " in " ".join(answer.text.split())
    assert "contoso/office" in answer.out


def test_the_json_report_has_all_of_it(applied: Estate, reconciler: Program) -> None:
    sandbox.nudge(applied.world_file)

    report = json.loads(reconciler("drift", "--format", "json").out)

    assert (report["found"], report["compared"], report["unread"]) == (True, 4, [])
    assert report["moved"][0]["differences"] == [{"path": "quantity", "before": 25, "after": 28}]
    assert report["moved"][0]["causes"][0]["person"] is True


def test_the_issue_names_what_changed_and_carries_a_marker(applied: Estate, reconciler: Program) -> None:
    sandbox.nudge(applied.world_file)

    out = reconciler("drift", "--format", "markdown").out

    assert out.startswith("<!-- reconciler drift: sandbox -->\n## 2 subscriptions changed outside\n")
    assert "- `contoso/office`<br>Seats: 25 → 28<br>By: a signed-in user" in out


def test_a_customer_that_left_is_a_line_that_says_so_and_hides_no_other(applied: Estate, reconciler: Program) -> None:
    sandbox.nudge(applied.world_file)
    with applied.changed() as world:
        world.customers.pop()

    answer = reconciler("drift")

    assert answer.code == 1
    assert "The partner's list of customers does not have it." in answer.text
    assert "If it has left, take its manifest away" in answer.text
    assert "contoso/office" in answer.out


def test_customers_that_no_manifest_declares_are_named(applied: Estate, reconciler: Program) -> None:
    with applied.changed() as world:
        world.customers.append(Tenant(name="wingtip", display_name="Wingtip Toys"))

    answer = reconciler("drift")

    assert (answer.code, "1 customer declared nowhere." in answer.out) == (2, True)
    assert f"Wingtip Toys tenant {Tenant(name='wingtip').tenant}" in answer.text
    assert "reconciler import --all --new-only" in answer.out
    assert "Wingtip Toys" in reconciler("plan").out
    assert "Wingtip Toys" not in reconciler("plan", "--target", "contoso").out
    applied.customer("wingtip")
    assert reconciler("drift").code == 0


def test_where_nothing_was_compared_it_is_not_green(estate: Estate, reconciler: Program) -> None:
    estate.customer("fabrikam", kiosks=(KIOSKS, "F1", 8))

    answer = reconciler("drift")

    assert (answer.code, json.loads(reconciler("drift", "--format", "json").out)["found"]) == (2, False)
    assert "Nothing was compared with state" in answer.text


def test_what_state_knows_of_a_customer_that_cannot_be_read_is_not_said_to_be_unknown(
    estate: Estate, reconciler: Program
) -> None:
    estate.customer("fabrikam", kiosks=(KIOSKS, "F1", 8))
    estate.lose_answers()
    assert reconciler("apply", "--auto-approve", "--target", "contoso/*").code == 9
    estate.customer("contoso", office=(OFFICE, "E3", 25), frontline=(FRONTLINE, "F1", 12))
    with estate.changed() as world:
        world.customers.pop(0)

    answer = reconciler("drift")

    assert "1 customer unread" in answer.text
    assert "2 not compared: their customer could not be read." in answer.text
    assert "State knows no subscription" not in answer.text
    assert "No apply has recorded 1 of the 3 subscriptions that are declared." in answer.text
    assert "UNKNOWN whether it was done" in answer.text
    assert "reconciler forget contoso/mail" in answer.text


def test_a_list_of_customers_that_cannot_be_read_is_told_and_the_rest_is_whole(
    applied: Estate, reconciler: Program
) -> None:
    fault = Fault(kind=FaultKind.HTML_BODY, times=ALWAYS, method="GET", path="/customers")
    fault.skip = 2  # the subscriptions of both customers
    applied.arm(fault)

    answer = reconciler("drift")

    assert answer.code == 2
    assert "the partner's customers not listed" in answer.text
    assert "2 customers, 4 subscriptions compared with state." in answer.text


def test_what_is_open_of_a_removed_customer_is_told_as_that(estate: Estate, reconciler: Program) -> None:
    estate.lose_answers()
    assert reconciler("apply", "--auto-approve", "--target", "contoso/office").code == 9
    (estate.root / "manifests" / "contoso.yaml").unlink()
    (estate.root / "manifests" / "moves.yaml").write_text("removed: [contoso]\n")
    estate.customer("fabrikam", kiosks=(KIOSKS, "F1", 10))

    report = json.loads(reconciler("drift", "--format", "json").out)

    assert [item["address"] for item in report["pending"]] == ["contoso/office"]
    assert "contoso/office" not in report["left"]
    assert reconciler("plan", "--target", "fabrikam").text.count("max_customers_emptied") == 0


def test_what_was_bought_and_does_not_show_is_not_offered_to_be_forgotten(estate: Estate, reconciler: Program) -> None:
    estate.behave(visible_after=3600)
    assert reconciler("apply", "--auto-approve", "--target", "contoso/office").code == 0
    estate.customer("contoso", frontline=(FRONTLINE, "F1", 12), mail=(MAIL, "Exchange", 40))
    for command in ("drift", "plan"):
        answer = reconciler(command)
        assert "what was bought for it was not seen at the service yet" in answer.text
        assert "reconciler forget" not in answer.text
    assert "what was bought" not in reconciler("plan", "contoso/mail").text
    (estate.root / "manifests" / "contoso.yaml").unlink()
    (estate.root / "manifests" / "moves.yaml").write_text("removed: [contoso]\n")
    estate.customer("fabrikam", kiosks=(KIOSKS, "F1", 8))
    for command in ("drift", "plan"):
        answer = reconciler(command)
        assert answer.text.count("what was bought for it was not seen at the service yet") == 1
        assert "reconciler forget contoso/office" not in answer.text
