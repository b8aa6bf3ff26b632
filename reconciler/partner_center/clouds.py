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
        audit=unavailable(
            "21Vianet keeps no audit records for partners; results are verified by reading subscriptions again."
        ),
        gdap=unavailable(
            "21Vianet has no granular delegated admin privileges; delegated admin privileges are the model there."
        ),
        license_transfer=unavailable(
            "In 21Vianet a partner can't manage users' licences by the API; assign users in its own admin centre."
        ),
        new_commerce=unavailable("New commerce is not known to be sold in 21Vianet."),
        orders=unavailable(
            "Orders are made by carts of new commerce, which 21Vianet does not have; order in its portal."
        ),
    ),
)

_US_GOVERNMENT = Cloud(
    name="us-government",
    api=_WORLDWIDE_API,
    authority_hosts=("login.microsoftonline.us",),
    audience=_WORLDWIDE_API,
    exchange_audience="api://AzureADTokenExchangeUSGov",
    capabilities=Capabilities(
        relationship_link=unavailable(
            "The reseller relationship link is not offered for US Government; invite in the portal."
        ),
        orders=unavailable(
            "Orders need the catalogue of new commerce and the customer's agreement, which US Government does not offer"
            " by this API; order in Partner Center."
        ),
    ),
)

_SANDBOX = Cloud(
    name="sandbox",
    api=_SANDBOX_API,
    authority_hosts=("sandbox.invalid",),
    audience=_SANDBOX_API,
    capabilities=Capabilities(
        common_time=unavailable(
            "The sandbox's clock is moved by people; where it shows another time, that is the time."
        ),
    ),
)

CLOUDS: Mapping[str, Cloud] = MappingProxyType(
    {cloud.name: cloud for cloud in (_WORLDWIDE, _CHINA, _US_GOVERNMENT, _SANDBOX)}
)
"""Every cloud, by the name that the settings give it."""
