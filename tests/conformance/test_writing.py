"""Promises of changes. Seats and subscriptions are bought: only for a service that costs nothing."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from reconciler.model.commerce import Ticket
from reconciler.model.errors import ServiceRefused
from reconciler.model.renewal import EndOfTerm, NextTerm, ScheduleForm
from reconciler.model.request import RenewalRequest
from reconciler.model.subscription import Live
from reconciler.model.term import Platform
from reconciler.model.upgrade import UpgradeOption
from reconciler.partner_center.client import PartnerCenter
from tests.requested import a_resize

pytestmark = pytest.mark.writes

Estate = dict[str, tuple[Live, ...]]


def ticket() -> Ticket:
    return Ticket(request_id=str(uuid4()), correlation_id=str(uuid4()))


def upgradable(commerce: PartnerCenter, estate: Estate) -> Iterator[tuple[str, Live, UpgradeOption]]:
    """Every subscription that can be upgraded now, with an option."""
    for tenant, lives in estate.items():
        for live in commerce.subscriptions(tenant).lives if lives else ():
            if live.active and live.platform is Platform.TRADITIONAL and not live.is_add_on:
                options = (upgrade for upgrade in commerce.upgrades(tenant, live.id) if upgrade.eligible)
                yield from ((tenant, live, option) for option in list(options)[:1])


@pytest.fixture
def source(commerce: PartnerCenter, estate: Estate) -> tuple[str, Live, UpgradeOption]:
    found = next(upgradable(commerce, estate), None)
    if found is None:
        pytest.skip("nothing can be upgraded")
    return found


def test_an_upgrade_names_a_new_subscription_of_the_wanted_offer(
    commerce: PartnerCenter, source: tuple[str, Live, UpgradeOption]
) -> None:
    tenant, live, option = source
    result = commerce.upgrade(tenant, live.id, option, option.quantity, ticket())
    assert result.performed
    assert result.target_subscription_id not in {None, live.id}
    bought = commerce.subscription(tenant, str(result.target_subscription_id))
    assert (bought.offer.id, bought.quantity) == (option.target.id, option.quantity)


def test_the_same_ticket_gets_the_same_answer_and_buys_once(
    commerce: PartnerCenter, source: tuple[str, Live, UpgradeOption]
) -> None:
    tenant, live, option = source
    same = ticket()
    before = {item.id for item in commerce.subscriptions(tenant).lives}
    first = commerce.upgrade(tenant, live.id, option, option.quantity, same)
    assert commerce.upgrade(tenant, live.id, option, option.quantity, same) == first
    assert len({entry.id for entry in commerce.subscriptions(tenant).lives} - before) == 1


def test_a_subscription_that_was_upgraded_can_not_be_upgraded_again(
    commerce: PartnerCenter, source: tuple[str, Live, UpgradeOption]
) -> None:
    tenant, live, option = source
    assert commerce.upgrade(tenant, live.id, option, option.quantity, ticket()).performed
    assert not commerce.upgrade(tenant, live.id, option, option.quantity, ticket()).performed


def test_a_resize_changes_the_quantity_and_the_etag(
    commerce: PartnerCenter, source: tuple[str, Live, UpgradeOption]
) -> None:
    tenant, live, _ = source
    seen = commerce.subscription(tenant, live.id)
    commerce.update(tenant, seen, a_resize(seen.quantity + 1), ticket())
    after = commerce.subscription(tenant, live.id)
    assert after.quantity == seen.quantity + 1
    assert after.etag != seen.etag


def test_an_old_etag_is_refused(commerce: PartnerCenter, source: tuple[str, Live, UpgradeOption]) -> None:
    tenant, live, _ = source
    seen = commerce.subscription(tenant, live.id)
    commerce.update(tenant, seen, a_resize(seen.quantity + 1), ticket())
    with pytest.raises(ServiceRefused) as caught:
        commerce.update(tenant, seen, a_resize(seen.quantity + 2), ticket())
    assert (caught.value.status, caught.value.code) in {(400, "2055"), (412, "")}


@pytest.fixture
def modern(commerce: PartnerCenter, estate: Estate) -> tuple[str, Live]:
    """A new-commerce subscription that just renews, read by itself."""
    for tenant, lives in estate.items():
        for listed in lives:
            if listed.active and not listed.is_trial and listed.platform is Platform.NEW_COMMERCE:
                live = commerce.subscription(tenant, listed.id)
                if live.commitment and live.commitment.renewal.outcome == EndOfTerm.RENEWS:
                    return tenant, live
    pytest.skip("there is no new-commerce subscription that just renews")


def test_a_schedule_is_shown_when_it_is_read_again_and_can_be_withdrawn(
    commerce: PartnerCenter, modern: tuple[str, Live]
) -> None:
    tenant, live = modern
    assert live.commitment
    form = ScheduleForm.ACTIONS if live.commitment.form is ScheduleForm.ACTIONS else ScheduleForm.INSTRUCTIONS
    more = NextTerm(offer_id=live.offer.id, quantity=live.quantity + 1, term=live.commitment.term, billing=live.billing)
    asked = RenewalRequest(kind="renewal", outcome=EndOfTerm.RENEWS_CHANGED, next_term=more, form=form)
    commerce.update(tenant, live, asked, ticket())
    scheduled = commerce.subscription(tenant, live.id)
    assert scheduled.commitment
    assert more.same_as(scheduled.commitment.next_term)
    assert (scheduled.offer, scheduled.quantity) == (live.offer, live.quantity)
    commerce.update(tenant, scheduled, RenewalRequest(kind="renewal", outcome=EndOfTerm.RENEWS, form=form), ticket())
    withdrawn = commerce.subscription(tenant, live.id)
    assert withdrawn.commitment
    assert withdrawn.commitment.renewal.outcome == EndOfTerm.RENEWS
