"""The sandbox's first day: the customers that the sample estate in `manifests/` declares, and a little more.

People, companies and identifiers are made up; the offers are the public ones. The manifests tell each customer's story.
"""

from datetime import UTC, datetime

from reconciler.sandbox.catalogue import (
    AZURE,
    BUSINESS,
    BUSINESS_ESSENTIALS,
    BUSINESS_PREMIUM,
    BUSINESS_PREMIUM_TRIAL,
    CHINA_BUSINESS,
    CHINA_BUSINESS_ESSENTIALS,
    CHINA_E1,
    CHINA_E3,
    E1,
    E3,
    EXCHANGE_1,
    EXCHANGE_2,
    EXCHANGE_ARCHIVING,
    F1,
    M365_E3,
    PROPLUS,
)
from reconciler.sandbox.tenants import Sold, Tenant
from reconciler.sandbox.world import World

OUR_MPN_ID = "6127349"
"""The reseller's own partner id, as in the sample estate's settings."""
OTHER_MPN_ID = "5512044"
"""Another reseller's."""

_NEW_COMMERCE_BASIC = "CFQ7TTC0LH18:0001:CFQ7TTC0K971"


def first_day() -> World:
    """The world of the first day; the same on every machine."""
    return World(
        partner="670034e1-4263-49df-a0d2-a51158fd2c03",
        customers=[
            _contoso(),
            _fabrikam(),
            _northwind(),
            _adventure_works(),
            _tailspin(),
            _litware(),
            _wingtip_shanghai(),
            _proseware_beijing(),
            _woodgrove(),
        ],
    )


def _contoso() -> Tenant:
    return Tenant(
        name="contoso",
        tenant="c8faf55f-096c-48e5-b657-816d1edd2c3b",
        display_name="Contoso Ltd",
        subscriptions=[
            Sold(
                id="832c2ebd-c74d-4f83-87c7-1c0aad577521",
                offer=E1,
                quantity=25,
                name="Office",
                created=_on(2017, 4, 10, 23, 2, 26),
                partner_id=OUR_MPN_ID,
                extra={"costCentre": {"code": "4711", "approvedBy": None}, "consumptionType": "overage"},
            ),
            Sold(
                id="79b4d1a9-611e-4636-9889-41f08ced8996",
                offer=EXCHANGE_1,
                quantity=40,
                name="Shared mailboxes",
                billing_cycle="annual",
            ),
            Sold(id="9d5e65ed-b079-424f-b3ec-a4f376b11a2d", offer=F1, quantity=120, name="Frontline"),
            Sold(id="9a453239-5114-45dd-b797-92eb207e63de", offer=AZURE, name="Azure"),
            Sold(
                id="b1ede33e-beac-48f3-93f5-91c62717cc1b",
                offer=BUSINESS_PREMIUM_TRIAL,
                quantity=25,
                status="expired",
                billing_cycle="none",
                auto_renew=False,
                suspension_reasons=["Expiration"],
            ),
            Sold(id="f479e4be-001e-43e6-b01e-8ec767467588", offer=EXCHANGE_2, quantity=2, status="disabled"),
            Sold(
                id="2c993438-a1a7-49ee-97eb-e042d00e0564",
                offer=E3,
                quantity=5,
                name="Pilot of 2018",
                status="in_review",
                extra={"reviewTicket": "R-2209"},
            ),
        ],
    )


def _fabrikam() -> Tenant:
    return Tenant(
        name="fabrikam",
        tenant="6f6a2d2e-75bd-4acf-9b8c-29a30b3dcf89",
        display_name="Fabrikam, Inc.",
        delegated_admin=False,
        gdap_roles=["Directory Readers", "Directory Writers", "License Administrator"],
        subscriptions=[
            Sold(id="08b98073-861a-4fac-b817-f95fa8461d71", offer=BUSINESS_PREMIUM, quantity=40, name="Productivity"),
            Sold(id="7fe351d3-b800-454a-add7-cec36aa421a8", offer=F1, quantity=80, name="Kiosks"),
            Sold(id="88c46a88-7e97-45db-8a64-9b90daddd2fd", offer=EXCHANGE_1, quantity=30, name="Mail only"),
            Sold(id="96e92c38-9889-44fa-83f7-cb54a2cf6430", offer=F1, quantity=12, name="Apprentices"),
            Sold(id="a4e7cb78-82c6-476e-912c-13e7bec8abca", offer=AZURE, name="Azure"),
        ],
    )


def _northwind() -> Tenant:
    return Tenant(
        name="northwind",
        tenant="de393f80-b98d-4302-b6ec-35f35f26c8d0",
        display_name="Northwind Traders GmbH",
        country="DE",
        delegated_admin=False,
        gdap_roles=["Directory Readers", "Service Support Administrator"],
        subscriptions=[
            Sold(id="57e9996a-ed5e-43e2-a17a-e6bf9ba79b81", offer=E3, quantity=200, name="Zentrale München"),
            Sold(id="5aae7494-5ac9-4984-88b7-a5c24e3175f5", offer=BUSINESS_ESSENTIALS, quantity=45, name="Filialen"),
            Sold(id="b3cd76be-95bc-496f-9d78-8efc4014cb47", offer=F1, quantity=310, name="Logistik"),
            Sold(id="6ab42a2f-9623-41ef-9772-7a0a73967282", offer=EXCHANGE_2, quantity=12, name="Archivpostfächer"),
            Sold(id="eb19c673-a176-492e-8c19-bf7a5234247c", offer=AZURE, name="Azure"),
        ],
    )


def _adventure_works() -> Tenant:
    return Tenant(
        name="adventure-works",
        tenant="f3692715-da02-48a3-a274-b589f4c0a9e2",
        display_name="Adventure Works Cycles",
        delegated_admin=False,
        subscriptions=[
            Sold(id="4704d824-8148-4b51-b748-916057c97045", offer=BUSINESS, quantity=60, name="Cycles"),
            Sold(id="32d8dcb1-e525-4ca9-9143-4de00e811003", offer=F1, quantity=90, name="Shops"),
            Sold(id="7587b748-2e4c-499e-8df3-20e8c897287f", offer=EXCHANGE_2, quantity=15, name="Archive"),
        ],
    )


def _tailspin() -> Tenant:
    return Tenant(
        name="tailspin",
        tenant="dca0754a-ee35-40f3-8df4-86deebcfca9d",
        display_name="Tailspin Toys",
        subscriptions=[
            Sold(id="256dd4a2-7d76-4efa-922d-618e3da12f84", offer=BUSINESS_PREMIUM, quantity=30, name="Toys"),
            Sold(id="33447506-929d-472a-ab4f-e7a22e038b43", offer=PROPLUS, quantity=12, name="Designers"),
            Sold(id="542ea86a-c952-4016-b81f-a1d2aedf8451", offer=EXCHANGE_1, quantity=18, name="Mailroom"),
            Sold(
                id="6f8762c6-3d79-47dd-a8fc-631920f9c298",
                offer=EXCHANGE_ARCHIVING,
                quantity=18,
                name="Mailroom archive",
                parent="542ea86a-c952-4016-b81f-a1d2aedf8451",
            ),
            Sold(
                id="258f40cf-8b03-48f1-9b37-0799f10f6304",
                offer=E1,
                quantity=8,
                name="Returns",
                status="suspended",
                suspension_reasons=["CustomerCancellation"],
            ),
        ],
    )


def _litware() -> Tenant:
    return Tenant(
        name="litware",
        tenant="222d7af5-59f4-4680-8e8b-26c3fc04b794",
        display_name="Litware Holdings plc",
        country="GB",
        subscriptions=[
            Sold(id="accb8971-f829-4a99-85bc-7794d8de290d", offer=E3, quantity=90, name="Main"),
            Sold(
                id="7d38031c-735a-45a5-9cfe-85472f884655",
                offer=M365_E3,
                quantity=10,
                name="Executive suite",
                partner_id=OTHER_MPN_ID,
            ),
            Sold(
                id="88fa794e-79b0-4e57-b60d-0e4ccb2e0c15",
                offer=BUSINESS_ESSENTIALS,
                quantity=22,
                name="Field staff",
                status="deleted",
            ),
            Sold(
                id="b131a562-6b2c-4f30-a969-cb347e0c3f4b",
                offer=BUSINESS_PREMIUM,
                quantity=22,
                name="Field staff",
                created=_on(2024, 9, 2, 8, 15, 44),
            ),
            _new_commerce("d1e53b9f-e333-4345-a9e3-17fb25440e8c", "Finance", 14),
            _new_commerce("d16b1e67-313b-4e99-8783-43634fa9f2ab", "Trainers", 9),
            Sold(
                id="f67026ac-80e2-4f10-8419-c342a45cfd63",
                offer=E1,
                quantity=30,
                name="Sales",
                partner_id=OTHER_MPN_ID,
            ),
        ],
    )


def _wingtip_shanghai() -> Tenant:
    return Tenant(
        name="wingtip-shanghai",
        tenant="a5a629e0-c14b-4110-bf73-23a4336df9e9",
        display_name="翼尖玩具(上海)有限公司",
        country="CN",
        subscriptions=[
            Sold(id="96eb41ec-06b5-4f40-913b-dd16e00ac6d4", offer=CHINA_BUSINESS_ESSENTIALS, quantity=50),
            Sold(
                id="4649bb3f-aa0b-4594-b9a1-54c21ab03d90",
                offer=CHINA_E1,
                quantity=80,
                name="客服中心",
                billing_cycle="annual",
            ),
            Sold(id="0b277c0f-0dcd-4633-a2ec-f4f2db75cb67", offer=CHINA_BUSINESS_ESSENTIALS, quantity=25, name="食堂"),
        ],
    )


def _proseware_beijing() -> Tenant:
    return Tenant(
        name="proseware-beijing",
        tenant="a2987283-18e1-4551-8807-4f986bd9f861",
        display_name="普罗斯软件(北京)有限公司",
        country="CN",
        subscriptions=[
            Sold(id="3baf5163-f734-4eed-88e6-4f5cb78d7517", offer=CHINA_BUSINESS, quantity=280, name="总部"),
            Sold(
                id="2d1b7ed1-a176-4973-9fdd-b9588639f9d9",
                offer=CHINA_BUSINESS,
                quantity=35,
                name="研发部",
                withheld=[CHINA_E3],
            ),
        ],
    )


def _woodgrove() -> Tenant:
    """A customer that no manifest declares: for `import`."""
    return Tenant(
        name="woodgrove",
        tenant="0f7a5c0e-6a43-4c55-9d1b-7e52d8f7b1a6",
        display_name="Woodgrove Bank",
        subscriptions=[
            Sold(id="b94d3a0e-92d4-4c3e-8a55-4d6f6f1f0c27", offer=E3, quantity=60, name="Branches"),
            Sold(id="6d2c1f4b-0b7a-45f7-a1c3-3b8e27a4d590", offer=EXCHANGE_1, quantity=15, name="Mail only"),
        ],
    )


def _new_commerce(identifier: str, name: str, quantity: int) -> Sold:
    return Sold(
        id=identifier,
        offer=_NEW_COMMERCE_BASIC,
        offer_name="Microsoft 365 Business Basic",
        quantity=quantity,
        name=name,
        created=datetime(2026, 5, 11, 16, 57, 15, 96_672, tzinfo=UTC),
        extra={"promotionId": ""},
    )


def _on(year: int, month: int, day: int, hour: int, minute: int, second: int) -> datetime:
    return datetime(year, month, day, hour, minute, second, 20_000, tzinfo=UTC)
