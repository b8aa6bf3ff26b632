"""The catalogue of offers: the public worldwide ones, and a made-up part for the cloud operated by 21Vianet.

The worldwide ids, bounds and limits are those of the public catalogue of 2019. No source tells the Chinese catalogue's
ids: those here are plainly synthetic (they begin with 21210000). `advertised` is what an offer's own document says of
upgrade targets, which is less reliable than `paths`, what the service lists for a subscription.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import TypeAdapter

BUSINESS = "5C9FD4CC-EDCE-44A8-8E91-07DF09744609"
BUSINESS_ESSENTIALS = "BD938F12-058F-4927-BBA3-AE36B1D2501C"
BUSINESS_PREMIUM = "031C9E47-4802-4248-838E-778FB1D2CC05"
BUSINESS_PREMIUM_TRIAL = "C0BD2E08-11AC-4836-BDC7-3712E744922F"
PROPLUS = "BE57FF4C-100C-4F1F-B82D-F1C5AB63A665"
E1 = "91FD106F-4B2C-4938-95AC-F54F74E9A239"
E3 = "796B6B5F-613C-4E24-A17C-EBA730D49C02"
E5 = "A044B16A-1861-4308-8086-A3A3B506FAC2"
F1 = "6FBAD345-B7DE-42A6-B6AB-79B363D0B371"
M365_BUSINESS = "61795CAB-2ABD-43F6-88E9-C9ADAE5746E0"
M365_E3 = "2B3B8D2D-10AA-4BE4-B5FD-7F2FEB0C3091"
M365_E5 = "8BDBB60B-E526-43E9-92EF-AB760C8E0B72"
EXCHANGE_1 = "195416C1-3447-423A-B37B-EE59A99A19C4"
EXCHANGE_2 = "2F707C7C-2433-49A5-A437-9CA7CF40D3EB"
EXCHANGE_ARCHIVING = "2828BE95-46BA-4F91-B2FD-0BEF192ECF60"
EMS_E3 = "79C29AF7-3CD0-4A6F-B182-A81E31DEC84E"
AZURE = "MS-AZR-0145P"
CHINA_BUSINESS = "21210000-0000-4000-8000-000000000001"
CHINA_BUSINESS_ESSENTIALS = "21210000-0000-4000-8000-000000000002"
CHINA_BUSINESS_PREMIUM = "21210000-0000-4000-8000-000000000003"
CHINA_PROPLUS = "21210000-0000-4000-8000-000000000004"
CHINA_E1 = "21210000-0000-4000-8000-000000000005"
CHINA_E3 = "21210000-0000-4000-8000-000000000006"

_CATEGORIES = {
    "Enterprise_Key": ("Enterprise", 20),
    "SmallBusiness_Key": ("Small business", 30),
    "Trial_Key": ("Trial", 70),
    "": ("", 0),
}
_CATALOGUE_IDS = {"usage": "fbf178a5-144e-46d1-aa81-612c2d3f97f4"}
_LICENSE_CATALOGUE_ID = "3c95518e-8c37-41e3-9627-0ca339200f53"


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """One offer, by its upper-case id. `services` are the plans it includes, `paths` where it may be upgraded to."""

    id: str
    name: str
    description: str
    rank: int
    product: str
    services: frozenset[str]
    paths: tuple[str, ...]
    advertised: tuple[str, ...] | None = None
    name_zh: str = ""
    product_name: str = ""
    category: str = "Enterprise_Key"
    minimum: int = 1
    maximum: int = 10_000_000
    limit: int = 0
    limit_unit: str = ""
    term: int = 1
    term_unit: str = "Year"
    billing: str = "license"
    unit: str = "Licenses"
    cycles: tuple[str, ...] = ("annual", "monthly")
    auto_renewable: bool = True
    trial: bool = False
    add_on: bool = False
    has_add_ons: bool = False
    prerequisites: tuple[str, ...] = ()
    conversions: tuple[str, ...] = ()
    sales_group: str = "Default"
    catalogs: tuple[str, ...] = ("sandbox", "live")

    @property
    def concurrent_limit(self) -> int | None:
        """Largest number of subscriptions of it that a customer may have at a time; None: no limit."""
        return self.limit if self.limit and self.limit_unit in {"", "Concurrent"} else None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Catalogue:
    worldwide: tuple[Offer, ...]
    china: tuple[Offer, ...]


@cache
def _catalogue() -> _Catalogue:
    text = files(__package__).joinpath("catalogue.json").read_bytes()
    return TypeAdapter(_Catalogue).validate_json(text)


def offers_of(country: str) -> tuple[Offer, ...]:
    """All offers of a country, in the catalogue's order."""
    return _catalogue().china if country == "CN" else _catalogue().worldwide


@cache
def _by_id() -> dict[str, Offer]:
    return {offer.id: offer for offer in (*_catalogue().worldwide, *_catalogue().china)}


def offer(offer_id: str) -> Offer | None:
    """The offer of this id, in any casing."""
    return _by_id().get(offer_id.upper())


def title(entry: Offer, locale: str) -> str:
    """An offer's name in the language of a locale such as `zh-CN`."""
    return entry.name_zh if entry.name_zh and locale.lower().startswith("zh") else entry.name


def document(entry: Offer, country: str, locale: str = "en-US") -> dict[str, Any]:
    """An offer as the service writes it: `upgradeTargetOffers` only where the catalogue has the member."""
    name, rank = _CATEGORIES[entry.category]
    where = {"locale": locale, "country": country}
    advertised = {} if entry.advertised is None else {"upgradeTargetOffers": list(entry.advertised)}
    return {
        "id": entry.id,
        "name": title(entry, locale),
        "description": entry.description,
        "minimumQuantity": entry.minimum,
        "maximumQuantity": entry.maximum,
        "rank": entry.rank,
        "uri": f"/{_CATALOGUE_IDS.get(entry.billing, _LICENSE_CATALOGUE_ID)}/Offers/{entry.id}",
        **where,
        "category": {
            "id": entry.category,
            "name": name,
            "rank": rank,
            **where,
            "attributes": {"objectType": "OfferCategory"},
        },
        "limitUnitOfMeasure": entry.limit_unit or ("Concurrent" if entry.limit else "None"),
        "limit": entry.limit,
        "termUnitOfMeasure": entry.term_unit,
        "term": entry.term,
        "prerequisiteOffers": list(entry.prerequisites),
        "isAddOn": entry.add_on,
        "hasAddOns": entry.has_add_ons,
        "isAvailableForPurchase": True,
        "billing": entry.billing,
        "supportedBillingCycles": list(entry.cycles),
        "isAutoRenewable": entry.auto_renewable,
        "isInternal": False,
        "isMicrosoftProduct": True,
        **advertised,
        "conversionTargetOffers": list(entry.conversions),
        "reselleeQualifications": [],
        "resellerQualifications": [],
        "salesGroupId": entry.sales_group,
        "isTrial": entry.trial,
        "acquisitionType": "purchase",
        "supportedCatalogTypes": list(entry.catalogs),
        "actions": ["Cancel", "Edit"],
        "product": {"id": entry.product, "name": entry.product_name or entry.name, "unit": entry.unit},
        "unitType": entry.unit,
        "links": {"learnMore": link(None), "self": link(f"/offers/{entry.id}?country={country}")},
        "attributes": {"objectType": "Offer"},
    }


def link(uri: str | None, method: str = "GET") -> dict[str, Any]:
    """A link as the service writes it; without `uri` where there is none."""
    return ({"uri": uri} if uri else {}) | {"method": method, "headers": []}
