"""The contract of every Commerce, held by the client before the emulator: inside this process, and over real HTTP."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from reconciler.model.address import canonical
from reconciler.model.capabilities import Capabilities
from reconciler.model.commerce import Commerce, Ticket
from reconciler.model.errors import AuthenticationFailed, NoAnswer, ServiceRefused, ServiceUnreachable
from reconciler.model.term import Platform
from reconciler.model.upgrade import UpgradeErrorCode, UpgradeOption
from reconciler.partner_center.auth import StaticToken
from reconciler.partner_center.client import PartnerCenter
from reconciler.partner_center.clouds import CLOUDS
from reconciler.partner_center.http.retry import Retries
from reconciler.sandbox import FaultKind, Sold, Tenant, User, application
from reconciler.sandbox.behaviour import Cloud, NextLink
from reconciler.sandbox.catalogue import BUSINESS, CHINA_E1, E1, E3
from reconciler.system.clock import Clock
from tests.requested import a_resize
from tests.worlds import WorldFile, new_world, served

NOW = datetime(2024, 3, 1, 12, 0, 0, tzinfo=UTC)
STUCK = User(object_id="aaaaaaaa-0000-4000-8000-000000000001", name="Ann", email="ann@example.com")
TRANSPORTS = ("in_process", "over_http")


class Service(WorldFile, ExitStack):
    """The emulator over one world, clients before it, and a look behind the counter."""

    def __init__(self, world_file: Path, transport: httpx.BaseTransport | None, base_url: str) -> None:
        WorldFile.__init__(self, world_file)
        ExitStack.__init__(self)
        self.transport = transport
        self.base_url = base_url
        self.naps: list[float] = []

    def commerce(
        self,
        token: str = "somebody",
        base_url: str = "",
        capabilities: Capabilities | None = None,
    ) -> Commerce:
        """A client; closed with the service."""
        client = PartnerCenter(
            base_url=base_url or self.base_url,
            tokens=StaticToken(token, kind="app" if "app-only" in token else "app+user"),
            transport=None if base_url else self.transport,
            retries=Retries(sleep=self.naps.append, clock=Clock(now=lambda: NOW)),
            capabilities=capabilities,
        )
        return self.enter_context(client)

    @property
    def tenant(self) -> str:
        return self.world.customers[0].tenant

    def ids(self) -> Mapping[str, str]:
        """The ids of the first customer's subscriptions, by their friendly names."""
        return {sold.name: sold.id for sold in self.world.customers[0].subscriptions}


@contextmanager
def opened(world_file: Path, transport: str) -> Iterator[Service]:
    """The service of a world, by one of TRANSPORTS."""
    app = application(world_file, lambda: NOW)
    if transport == "in_process":
        with Service(world_file, httpx.WSGITransport(app=app), "https://sandbox.invalid") as inside:
            yield inside
    else:
        with served(app) as address, Service(world_file, None, address) as outside:
            yield outside


@pytest.fixture(params=TRANSPORTS)
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Service]:
    world_file = tmp_path / "world.json"
    contoso = Tenant(
        name="contoso",
        display_name="Contoso Ltd",
        subscriptions=[
            Sold(name="office", offer=BUSINESS, quantity=25, extra={"somethingNew": {"deep": [1, None]}}),
            Sold(name="paused", offer=BUSINESS, quantity=3, status="suspended"),
            Sold(name="modern", offer="CFQ7TTC00001:0001:CFQ7TTC0000A", quantity=1),
            Sold(name="odd", offer=E1, quantity=1, status="waiting_for_godot"),
        ],
    )
    gone = Tenant(name="gone", relationship="none")
    fabrikam = Tenant(name="fabrikam", subscriptions=[Sold(offer=BUSINESS, quantity=2, stuck_users=[STUCK])])
    new_world(contoso, gone, fabrikam).save(world_file)
    with opened(world_file, request.param) as service:
        yield service


def ticket() -> Ticket:
    return Ticket(request_id=str(uuid4()), correlation_id=str(uuid4()))


def chosen(commerce: Commerce, tenant: str, source: str, kind: str = "upgrade_only") -> UpgradeOption:
    """The option for E3 of this type."""
    options = commerce.upgrades(tenant, source)
    return next(option for option in options if option.target.id == canonical(E3) and option.type == kind)


def test_the_list_has_every_subscription_whatever_its_status_with_canonical_ids(service: Service) -> None:
    found = {live.friendly_name: live for live in service.commerce().subscriptions(service.tenant).lives}
    assert {name: live.id for name, live in found.items()} == service.ids()
    assert found["office"].offer.id == canonical(BUSINESS)
    assert found["paused"].status == "suspended"
    assert found["odd"].status == "unknown(waiting_for_godot)"
    assert found["modern"].platform is Platform.NEW_COMMERCE
    assert all(live.body is None for live in found.values())


def test_a_subscription_read_by_itself_is_the_listed_one_and_its_body(service: Service) -> None:
    commerce, ids = service.commerce(), service.ids()
    listed = {live.id: live for live in commerce.subscriptions(service.tenant).lives}
    single = commerce.subscription(service.tenant, ids["office"].upper())
    assert replace(single, body=None) == listed[ids["office"]]
    assert single.body is not None
    assert single.body["somethingNew"] == {"deep": [1, None]}


def test_an_unknown_subscription_and_a_customer_that_is_not_ours_are_refused(service: Service) -> None:
    commerce = service.commerce()
    with pytest.raises(ServiceRefused) as unknown:
        commerce.subscription(service.tenant, str(uuid4()))
    with pytest.raises(ServiceRefused) as foreign:
        commerce.subscriptions(service.world.customers[1].tenant)
    assert (unknown.value.status, unknown.value.code) == (404, "20003")
    assert (foreign.value.status, foreign.value.code) == (403, "20002")


def test_upgrades_are_pairs_of_target_and_type_with_the_reasons_against_them(service: Service) -> None:
    options = service.commerce().upgrades(service.tenant, service.ids()["paused"])
    assert {option.type for option in options} == {"upgrade_only", "upgrade_with_license_transfer"}
    assert not any(item.eligible for item in options)
    reasons = {(error.code, error.number) for entry in options for error in entry.errors}
    assert ("subscription_status_not_active", UpgradeErrorCode.SUBSCRIPTION_STATUS_NOT_ACTIVE) in reasons


def test_an_application_alone_can_not_transfer_licences(service: Service) -> None:
    commerce = service.commerce("app-only")
    option = chosen(commerce, service.tenant, service.ids()["office"], "upgrade_with_license_transfer")
    assert commerce.token_kind == "app"
    assert "user_context_required" in {error.code for error in option.errors}


def test_an_upgrade_buys_the_target_once_for_the_source(service: Service) -> None:
    commerce, source = service.commerce(), service.ids()["office"]
    result = commerce.upgrade(service.tenant, source, chosen(commerce, service.tenant, source), 30, ticket())
    assert result.performed
    (entry,) = service.ledger
    assert (entry.source, entry.target, entry.quantity) == (source, result.target_subscription_id, 30)
    bought = commerce.subscription(service.tenant, entry.target)
    assert (bought.offer.id, bought.quantity, bought.active) == (canonical(E3), 30, True)


def test_the_same_ticket_buys_nothing_twice(service: Service) -> None:
    commerce, source, same = service.commerce(), service.ids()["office"], ticket()
    option = chosen(commerce, service.tenant, source)
    first = commerce.upgrade(service.tenant, source, option, 25, same)
    assert commerce.upgrade(service.tenant, source, option, 25, same) == first
    assert [entry.request_id for entry in service.ledger] == [same.request_id]


def test_an_upgrade_that_the_service_refuses_comes_back_with_its_reasons(service: Service) -> None:
    commerce, ids = service.commerce(), service.ids()
    option = chosen(commerce, service.tenant, ids["office"])
    result = commerce.upgrade(service.tenant, ids["paused"], option, 3, ticket())
    assert not result.performed
    assert result.upgrade_errors[0].code == "subscription_status_not_active"
    assert not service.ledger


def test_users_left_behind_are_told_of_and_the_upgrade_counts(service: Service) -> None:
    commerce, tenant = service.commerce(), service.world.customers[2].tenant
    source = commerce.subscriptions(tenant).lives[0].id
    option = chosen(commerce, tenant, source, "upgrade_with_license_transfer")
    result = commerce.upgrade(tenant, source, option, 2, ticket())
    assert result.performed
    (left,) = result.license_errors
    assert (left.user_object_id, left.name, left.email) == (STUCK.object_id, STUCK.name, STUCK.email)
    assert left.codes


@pytest.mark.parametrize(
    ("kind", "performed"),
    [
        (FaultKind.DROPPED_BEFORE, 0),
        (FaultKind.PERFORMED_THEN_DROPPED, 1),
        (FaultKind.HTTP_500_BEFORE, 0),
        (FaultKind.HTTP_500_AFTER, 1),
        (FaultKind.HTML_BODY, 1),
        (FaultKind.HALF_BODY, 1),
        (FaultKind.EMPTY_BODY, 1),
    ],
)
def test_a_write_without_a_readable_answer_is_sent_once_and_may_have_been_performed(
    service: Service, kind: FaultKind, performed: int
) -> None:
    commerce, source = service.commerce(), service.ids()["office"]
    option = chosen(commerce, service.tenant, source)
    service.arm(kind, method="POST")
    with pytest.raises(NoAnswer):
        commerce.upgrade(service.tenant, source, option, 25, ticket())
    assert len(service.ledger) == performed


def test_a_throttled_write_is_sent_again_under_its_ticket_after_the_pause_asked_for(service: Service) -> None:
    commerce, source, same = service.commerce(), service.ids()["office"], ticket()
    option = chosen(commerce, service.tenant, source)
    service.arm(FaultKind.THROTTLE_429, method="POST")
    assert commerce.upgrade(service.tenant, source, option, 25, same).performed
    assert [entry.request_id for entry in service.ledger] == [same.request_id]
    assert service.naps[0] >= 30


@pytest.mark.parametrize(
    "kind",
    [
        FaultKind.DROPPED_BEFORE,
        FaultKind.HTTP_500_BEFORE,
        FaultKind.HTML_BODY,
        FaultKind.HALF_BODY,
        FaultKind.EMPTY_BODY,
        FaultKind.THROTTLE_429,
    ],
)
def test_a_read_survives_an_accident(service: Service, kind: FaultKind) -> None:
    service.arm(kind, times=2, method="GET")
    assert len(service.commerce().subscriptions(service.tenant).lives) == 4


def test_a_wholesale_401_ends_the_run(service: Service) -> None:
    service.arm(FaultKind.UNAUTHORIZED)
    with pytest.raises(AuthenticationFailed) as caught:
        service.commerce().subscriptions(service.tenant)
    assert caught.value.status == 401


@pytest.mark.parametrize("habit", [FaultKind.NO_BOM, FaultKind.INTEGER_TYPES, FaultKind.WORD_CODES])
def test_the_services_habits_of_spelling_make_no_difference(service: Service, habit: FaultKind) -> None:
    commerce, ids = service.commerce(), service.ids()
    plain = [replace(upgrade, body=None) for upgrade in commerce.upgrades(service.tenant, ids["paused"])]
    listed = commerce.subscriptions(service.tenant)
    service.arm(habit)
    assert [replace(item, body=None) for item in commerce.upgrades(service.tenant, ids["paused"])] == plain
    assert commerce.subscriptions(service.tenant) == listed


def test_a_resize_changes_the_quantity_and_nothing_else(service: Service) -> None:
    commerce, source = service.commerce(), service.ids()["office"]
    seen = commerce.subscription(service.tenant, source)
    answered = commerce.update(service.tenant, seen, a_resize(40), ticket())
    after = commerce.subscription(service.tenant, source)
    assert answered == after
    assert after == replace(seen, quantity=40, etag=after.etag, body=after.body)
    assert after.etag != seen.etag
    assert (after.body or {})["somethingNew"] == {"deep": [1, None]}
    assert [(entry.before, entry.quantity) for entry in service.ledger] == [(25, 40)]


def test_a_resize_with_an_old_etag_is_refused_as_stale(service: Service) -> None:
    commerce = service.commerce()
    seen = commerce.subscription(service.tenant, service.ids()["office"])
    commerce.update(service.tenant, seen, a_resize(40), ticket())
    with pytest.raises(ServiceRefused) as caught:
        commerce.update(service.tenant, seen, a_resize(41), ticket())
    assert (caught.value.status, caught.value.code) == (400, "2055")
    assert len(service.ledger) == 1


def test_a_resize_that_is_only_accepted_answers_none(service: Service) -> None:
    commerce = service.commerce()
    seen = commerce.subscription(service.tenant, service.ids()["office"])
    service.arm(FaultKind.PATCH_202)
    assert commerce.update(service.tenant, seen, a_resize(40), ticket()) is None


def test_a_customer_and_its_relationship_can_be_read(service: Service) -> None:
    commerce = service.commerce()
    relationship = commerce.relationship(service.tenant)
    assert (relationship.kind, relationship.allow_delegated_access) == ("reseller", True)
    assert (service.tenant, "Contoso Ltd") in {
        (account.tenant, account.display_name) for account in commerce.accounts()
    }


@pytest.mark.parametrize("link", NextLink)
def test_all_customers_are_listed_whatever_leads_to_the_next_page(service: Service, link: NextLink) -> None:
    service.behave(page_limit=1, next_link=link)
    found = [account.display_name for account in service.commerce().accounts()]
    assert sorted(found) == sorted(
        customer.display_name for customer in service.world.customers if customer.relationship != "none"
    )


def test_the_audit_log_tells_what_was_done_under_which_correlation(service: Service) -> None:
    commerce, source, bought = service.commerce(), service.ids()["office"], ticket()
    commerce.upgrade(service.tenant, source, chosen(commerce, service.tenant, source), 30, bought)
    target = service.ledger[0].target
    commerce.update(service.tenant, commerce.subscription(service.tenant, target), a_resize(31), ticket())
    upgrade, update = commerce.audit(service.tenant, NOW - timedelta(days=1))
    assert (upgrade.operation, upgrade.status) == ("upgrade_subscription", "succeeded")
    assert (upgrade.correlation_id, upgrade.at, upgrade.person) == (bought.correlation_id, NOW, True)
    assert target in upgrade.subscription_ids
    assert (update.operation, update.subscription_ids) == ("update_subscription", (target,))


def test_the_audit_log_is_one_customers_and_reaches_back_as_far_as_asked(service: Service) -> None:
    commerce, source = service.commerce(), service.ids()["office"]
    commerce.upgrade(service.tenant, source, chosen(commerce, service.tenant, source), 30, ticket())
    assert commerce.audit(service.world.customers[2].tenant, NOW - timedelta(days=400)) == ()
    assert commerce.audit(service.tenant, NOW + timedelta(seconds=1)) == ()
    assert len(commerce.audit(service.tenant, NOW - timedelta(days=400))) == 1


def test_the_audit_log_of_all_customers_names_each_ones(service: Service) -> None:
    commerce, source = service.commerce(), service.ids()["office"]
    commerce.upgrade(service.tenant, source, chosen(commerce, service.tenant, source), 30, ticket())
    (found,) = commerce.audit(None, NOW - timedelta(days=1))
    assert (found.tenant, found.resource) == (service.tenant, "subscription")
    assert commerce.audit(None, NOW + timedelta(seconds=1)) == ()


def test_a_cloud_that_keeps_no_log_is_not_asked_for_one(service: Service) -> None:
    service.behave(cloud=Cloud.CHINA)
    commerce = service.commerce(capabilities=CLOUDS["china"].capabilities)
    assert commerce.audit(service.tenant, NOW) == ()
    assert "21Vianet" in commerce.audit_missing


def test_the_relationship_link_needs_a_user(service: Service) -> None:
    assert service.commerce().relationship_link().startswith("https://")
    with pytest.raises(ServiceRefused) as caught:
        service.commerce("app-only").relationship_link()
    assert caught.value.status == 403


def test_a_cloud_without_a_relationship_link_is_not_asked_for_one(service: Service) -> None:
    commerce = service.commerce("app-only", capabilities=CLOUDS["us-government"].capabilities)
    with pytest.raises(ServiceRefused, match="not offered for US Government"):
        commerce.relationship_link()


def test_each_country_has_its_catalogue(service: Service) -> None:
    commerce = service.commerce()
    assert canonical(E3) in {offer.id for offer in commerce.offers("US")}
    assert canonical(CHINA_E1) in {offer.id for offer in commerce.offers("CN")}


def test_the_time_is_the_services(service: Service) -> None:
    commerce = service.commerce()
    commerce.subscriptions(service.tenant)
    assert timedelta(0) <= commerce.now() - NOW < timedelta(minutes=1)


def test_sixteen_threads_may_share_one(service: Service) -> None:
    commerce, tenant = service.commerce(), service.tenant
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda _: commerce.subscriptions(tenant), range(48)))
    assert {len(listing.lives) for listing in found} == {4}


def test_a_service_that_is_not_there_was_sent_nothing(service: Service) -> None:
    commerce, source = service.commerce(), service.ids()["office"]
    option = chosen(commerce, service.tenant, source)
    nobody = service.commerce(base_url="http://127.0.0.1:1")
    with pytest.raises(ServiceUnreachable):
        nobody.upgrade(service.tenant, source, option, 25, ticket())
    assert not service.ledger
