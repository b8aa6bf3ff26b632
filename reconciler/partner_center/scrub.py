"""What must not leave with a text of the service: mail addresses and tokens."""

import re

import httpx

LONGEST = 2000
"""As much of one text of the service as is kept, in characters."""

_VERSION = "/v1/"
_MAIL = re.compile(r"[\w.+'%-]+(?:@|%40)[\w-]+(?:\.[\w-]+)*")
_TOKEN = re.compile(r"\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)*|\bBearer\s+[^\s\"'<>]+", re.IGNORECASE)


def scrubbed(text: str, *secrets: str) -> str:
    """The text, shortened, without mail addresses, tokens and these secrets. Control characters stay: they are data."""
    text = text[: 2 * LONGEST]
    for secret in filter(None, secrets):
        text = text.replace(secret, "<token>")
    return _MAIL.sub("<mail address>", _TOKEN.sub("<token>", text))[:LONGEST]


def resource_path(url: httpx.URL) -> str:
    """Returns the path from `/v1/` on. What precedes it is the endpoint's, and may hold a gateway's key."""
    _, version, path = url.path.rpartition(_VERSION)
    return version + path
