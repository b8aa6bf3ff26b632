"""The clouds that Partner Center runs in, and what each of them can't do.

Sources: the documentation's page of REST URLs for the addresses; for the capabilities, the national cloud difference
list, and the clouds that each feature's own page names.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from reconciler.model.capabilities import Capabilities, unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud:
    """One cloud. `api` has no trailing slash; the first of `authority_hosts` is the one to use, the others are aliases.

    `audience` is what a token must be issued for; `exchange_audience` is what a pipeline's own token must be issued
    for, to be exchanged for such a one.
    """

    name: str
    api: str
    authority_hosts: tuple[str, ...]
    audience: str
    exchange_audience: str = "api://AzureADTokenExchange"
    capabilities: Capabilities = field(default_factory=Capabilities)


_WORLDWIDE_API = "https://api.partnercenter.microsoft.com"
_CHINA_API = "https://partner.partnercenterapi.microsoftonline.cn"
_SANDBOX_API = "https://sandbox.invalid"

_WORLDWIDE = Cloud(
    name="worldwide",
    api=_WORLDWIDE_API,
    authority_hosts=("login.microsoftonline.com", "login.windows.net"),
    audience=_WORLDWIDE_API,
)

_CHINA = Cloud(
    name="china",
    api=_CHINA_API,
    authority_hosts=("login.partner.microsoftonline.cn", "login.chinacloudapi.cn"),
    audience=_CHINA_API,
    exchange_audience="api://AzureADTokenExchangeChina",
    capabilities=Capabilities(
        audit=unavailable("china_has_no_audit_log"),
        gdap=unavailable("china_has_no_gdap"),
        license_transfer=unavailable("china_has_no_license_transfer"),
        new_commerce=unavailable("china_has_no_new_commerce"),
        orders=unavailable("china_has_no_orders"),
    ),
)

_US_GOVERNMENT = Cloud(
    name="us-government",
    api=_WORLDWIDE_API,
    authority_hosts=("login.microsoftonline.us",),
    audience=_WORLDWIDE_API,
    exchange_audience="api://AzureADTokenExchangeUSGov",
    capabilities=Capabilities(
        relationship_link=unavailable("us_government_has_no_link"),
        orders=unavailable("us_government_has_no_orders"),
    ),
)

_SANDBOX = Cloud(
    name="sandbox",
    api=_SANDBOX_API,
    authority_hosts=("sandbox.invalid",),
    audience=_SANDBOX_API,
    capabilities=Capabilities(
        common_time=unavailable("sandbox_has_its_own_time"),
    ),
)

CLOUDS: Mapping[str, Cloud] = MappingProxyType(
    {cloud.name: cloud for cloud in (_WORLDWIDE, _CHINA, _US_GOVERNMENT, _SANDBOX)}
)
"""Every cloud, by the name that the settings give it."""
