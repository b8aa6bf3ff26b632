"""`renewals`: live or from a snapshot, in every format, with the exit codes of a check."""

import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from reconciler.model.subscription import Live
from reconciler.partner_center.client import PartnerCenter
from reconciler.sandbox import ALWAYS, Fault, FaultKind, Sold, Tenant, utc_now
from tests.cli.estates import FRONTLINE, MAIL, OFFICE, Answer, Estate

Program = Callable[..., Answer]
BASIC = "CFQ7TTC0LH18:0001"


@pytest.fixture
def terms(estate: Estate) -> Estate:
    """An annual term that ends in 15 days, and a monthly one."""
    with estate.changed() as world:
        item = f"{BASIC}:CFQ7TTC0K971"
        year = utc_now() - timedelta(days=350)
        month = utc_now() - timedelta(days=75)
        world.customers[0].subscriptions[:] = [
            Sold(id=OFFICE, offer=item, quantity=25, created=year),
            Sold(id=MAIL, offer=item, quantity=9, created=month, term="P1M"),
            Sold(id=FRONTLINE, offer=item, quantity=3, created=year - timedelta(days=60)),
        ]
    estate.customer("contoso", office=(OFFICE, BASIC, 25), mail=(MAIL, BASIC, 9))
    return estate


@pytest.mark.usefixtures("terms")
def test_plain_renewals_are_listed_and_end_with_0(reconciler: Program) -> None:
    answer = reconciler("renewals")

    assert answer.code == 0
    assert "No term that ends by" in answer.text
    assert "contoso/office 25 renews as it is annual, billed monthly" in answer.text
    assert "1 monthly term renews as it is" in answer.text
    assert "contoso/mail" not in answer.out
    assert "contoso/mail" in reconciler("renewals", "--all").out


def test_another_number_than_declared_ends_with_2_and_names_the_line(terms: Estate, reconciler: Program) -> None:
    terms.customer("contoso", office=(OFFICE, BASIC, 20), mail=(MAIL, BASIC, 9))

    answer = reconciler("renewals")

    assert answer.code == 2
    assert (
        "The manifest asks for 20 seats, but the outcome will be a renewal with 25 seats. [renews_otherwise]"
        in answer.text
    )
    assert "contoso.yaml:" in answer.out
    assert "reconciler plan --target contoso/office" in answer.out


def test_what_is_not_near_is_left_out(terms: Estate, reconciler: Program) -> None:
    terms.customer("contoso", office=(OFFICE, BASIC, 20), mail=(MAIL, BASIC, 9))

    assert reconciler("renewals", "--within", "7d").code == 0
    assert reconciler("renewals", "--within", "3w").code == 2
    assert reconciler("renewals", "--within", "3").code == 64
    assert reconciler("renewals", "--within", "900d").code == 64


@pytest.mark.usefixtures("terms")
def test_a_subscription_that_no_manifest_declares_is_listed_as_that(reconciler: Program) -> None:
    answer = reconciler("renewals", "--within", "366d")

    assert answer.code == 0
    assert re.search(r"contoso, .* 3 renews as it is \(declared nowhere\)", answer.text)


@pytest.mark.usefixtures("terms")
def test_one_customer_can_be_chosen_and_an_unknown_one_is_an_error(reconciler: Program) -> None:
    assert "contoso/office" in reconciler("renewals", "--customer", "contoso").out
    unknown = reconciler("renewals", "--customer", "nobody")
    assert (unknown.code, "No manifest declares a customer of the name nobody." in unknown.text) == (1, True)


def test_a_snapshot_says_the_same_without_the_service(terms: Estate, reconciler: Program) -> None:
    terms.customer("contoso", office=(OFFICE, BASIC, 20), mail=(MAIL, BASIC, 9))
    live = json.loads(reconciler("renewals", "--format", "json").out)
    assert reconciler("snapshot", "snapshot.json").code == 0
    terms.arm(Fault(kind=FaultKind.HTML_BODY, times=ALWAYS, method="GET"))

    answer = reconciler("renewals", "--snapshot", "snapshot.json", "--format", "json")

    found = json.loads(answer.out)
    assert (answer.code, found["observed_from"]) == (2, "snapshot")
    assert found["terms"] == live["terms"]


def test_several_formats_are_made_of_one_reading(terms: Estate, reconciler: Program) -> None:
    before = len(terms.ledger)
    answer = reconciler("renewals", "--format", "markdown", "--report", "csv=list.csv", "--report", "html=page.html")

    assert answer.out.startswith("<!-- reconciler renewals: sandbox -->\n")
    assert (terms.root / "list.csv").read_text().startswith("date,address,customer,")
    assert "The coming twelve months" in (terms.root / "page.html").read_text()
    assert len(terms.ledger) == before


def test_a_customer_that_can_not_be_read_is_an_error_and_hides_no_other(terms: Estate, reconciler: Program) -> None:
    terms.customer("fabrikam", kiosks=("40000000-0000-4000-8000-000000000000", "F1", 8))
    tenant = Tenant(name="fabrikam").tenant
    terms.arm(Fault(kind=FaultKind.HTML_BODY, times=ALWAYS, method="GET", path=f"/customers/{tenant}/subscriptions"))

    answer = reconciler("renewals")

    assert answer.code == 1
    assert "Could not be read: 1 customer x fabrikam " in answer.text
    assert "contoso/office" in answer.out


def test_only_the_selected_addresses_are_listed(terms: Estate, reconciler: Program) -> None:
    file = terms.root / "manifests" / "contoso.yaml"
    file.write_text(file.read_text().replace("quantity: 9", "labels: [emea], quantity: 9"))

    answer = reconciler("renewals", "--all", "--target", "label:emea")

    assert "contoso/mail" in answer.out
    assert not {"contoso/office", FRONTLINE} & {*answer.out.split()}


@pytest.mark.usefixtures("terms")
def test_a_name_is_short_for_a_target_as_it_is_for_plan(reconciler: Program) -> None:
    by_name, by_target = (reconciler("renewals", "--all", *words) for words in (("contoso",), ("--target", "contoso")))
    assert by_name.out.splitlines()[1:] == by_target.out.splitlines()[1:]
    assert "contoso/office" in by_name.out


def test_what_a_colleague_scheduled_shows_though_lists_leave_it_out_and_no_other_term_is_read(
    terms: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = list[str]()
    subscription = PartnerCenter.subscription

    def counted(client: PartnerCenter, tenant: str, subscription_id: str) -> Live:
        read.append(subscription_id)
        return subscription(client, tenant, subscription_id)

    monkeypatch.setattr(PartnerCenter, "subscription", counted)
    terms.behave(schedules_in_lists=False)
    terms.colleague.schedule(OFFICE, 9)

    answer = reconciler("renewals")

    assert (answer.code, read) == (2, [OFFICE])
    assert "but the outcome will be a renewal with 9 seats: 16 too few" in answer.text


def test_customers_without_a_manifest_are_named_and_those_still_tracked_are_read(
    terms: Estate, reconciler: Program
) -> None:
    assert "One of the partner's customers is declared in no manifest: fabrikam" in reconciler("renewals").text
    terms.customer("fabrikam", kiosks=("40000000-0000-4000-8000-000000000000", "F1", 8))
    assert reconciler("apply", "--auto-approve").code == 0
    (terms.root / "manifests" / "contoso.yaml").unlink()

    answer = reconciler("renewals")

    assert (answer.code, "contoso/office" in answer.text) == (0, True)
    assert "is declared in no manifest" not in answer.text
    assert "contoso" not in reconciler("renewals", "--customer", "fabrikam").out


@pytest.mark.usefixtures("terms")
def test_an_item_that_can_not_be_understood_needs_a_look(terms: Estate, reconciler: Program) -> None:
    terms.arm("incomplete_item")

    answer = reconciler("renewals")

    assert answer.code == 2
    assert "1 subscription can't be judged." in answer.text
    assert f"contoso In Partner Center's list of this customer, the subscription {FRONTLINE}" in answer.text


def test_a_label_chooses_customers(terms: Estate, reconciler: Program) -> None:
    file = terms.root / "manifests" / "contoso.yaml"
    file.write_text(file.read_text().replace("quantity: 25", "labels: [emea], quantity: 25", 1))
    assert "contoso/office" in reconciler("renewals", "--customer", "label:emea").out
    refused = reconciler("renewals", "--customer", "label:apac")
    assert (refused.code, "--customer label:apac" in refused.text) == (1, True)
