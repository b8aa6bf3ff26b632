"""Describes a value that may be a secret: what it looks like and how long it is, never the value itself.

Somebody puts the secret where its file's path, the cloud's name or the state location belongs. A message that repeats
such a value carries it into logs, comments and reports. And what is taken out of texts that others wrote: `scrubbed`
for tokens and mail addresses, `bare_address` for what a web address may carry.
"""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from urllib.parse import urlsplit, urlunsplit

_TOKENS = r"[A-Za-z0-9_-]"
_LOOKS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("a PEM private key", re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY")),
    ("a PEM certificate", re.compile(r"-----BEGIN ")),
    ("a connection string", re.compile(r"(?i)\b(AccountKey|SharedAccessKey|SharedAccessSignature|Password|Pwd)\s*=")),
    ("a shared access signature", re.compile(r"(?i)[?&]?\bsig=")),
    ("a URL with credentials", re.compile(r"(?i)\A\s*[a-z][a-z0-9+.-]*://[^/\s]*@")),
    ("a JSON document", re.compile(r"\A\s*\{")),
    ("a token (JWT)", re.compile(rf"\A\s*(Bearer\s+)?ey{_TOKENS}+\.{_TOKENS}+\.")),
    ("a bearer token", re.compile(r"(?i)\A\s*Bearer\s")),
    ("a refresh token", re.compile(rf"\A\s*[01]\.A{_TOKENS}{{20,}}")),
    ("a client secret", re.compile(r"\A\s*[\w.~-]{3}\dQ~[\w.~-]{31,34}\s*\Z")),
    ("an AWS access key", re.compile(r"\A\s*(AKIA|ASIA)[A-Z0-9]{16}\s*\Z")),
    ("a GitHub token", re.compile(r"\A\s*(gh[pousr]_|github_pat_)\w{20,}")),
    ("a key in base64", re.compile(r"\A\s*[A-Za-z0-9+/]{40,}={1,2}\s*\Z")),
)
_RANDOM = re.compile(r"(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[A-Za-z0-9+/=_.~-]{32,}")
RANDOM = "a random text, as keys are"
_LONGEST = 20
"""Characters of a value that is told to be near a choice; no cloud's or sign-in's name is longer."""

_NEAR = 0.75


def look_of(value: str) -> str | None:
    """Returns what kind of secret the value looks like; None where it looks like none."""
    return next((name for name, pattern in _LOOKS if pattern.search(value)), None)


def is_random(value: str) -> bool:
    """Returns True for a random text, as keys are: long, and of letters of both cases and digits."""
    return _RANDOM.fullmatch(value.strip()) is not None


def description(value: str) -> str:
    """A sentence about the value that does not repeat any of it."""
    if not value.strip():
        return "It is empty."
    size = _size(value)
    look = look_of(value) or (RANDOM if is_random(value) else None)
    lines = value.strip().count("\n") + 1
    held = f"{size} in {lines:,} lines" if lines > 1 else size
    if look:
        return f"Its value looks like {look} (it has {held}). It is not shown."
    return f"Its value has {held}, and is not shown."


_PLAIN = re.compile(r"[a-z0-9_.,:+%-]{1,16}|[a-z]+(?:_[a-z]+){1,8}")
"""Short texts of small letters and digits, and codes: nobody has a secret that is so plain."""


def shown_word(value: str) -> str:
    """A sentence about a value of a command line: the value itself where it can't be a secret, else its description."""
    plain = _PLAIN.fullmatch(value) and len(value) <= 2 * _LONGEST and look_of(value) is None
    return f'It was "{value}".' if plain else description(value)


_ENDING = re.compile(
    r"(?i)\.(json|md|markdown|html?|txt|text|xml|junit|sarif|csv|log|ya?ml|plan|out|tmp|snapshot|github)\Z"
)
"""The endings of files that people name on a command line."""


_WORD = re.compile(r"[A-Za-z]{1,20}")


def shown_path(path: str, *, exists: bool) -> str:
    """A path from a command line as messages show it: itself where it is surely one, else how long it is.

    It is one where something is there, where its name ends as the program's files do, or where it is a plain word.
    """
    surely = exists or bool(_ENDING.search(path) or _WORD.fullmatch(path))
    if surely and look_of(path) is None:
        return path
    return f"the file that was named ({_size(path)})"


_SELECTS = re.compile(r"(?![a-z0-9]{32,}\Z)[a-z0-9*?!\[\]/:.-]{1,100}")
"""Texts that can select addresses, and are no hash or key in small letters."""


def shown_selection(text: str) -> str:
    """An address, a glob or a label from a command line as messages show it: itself where it may be one, else how long
    it is.
    """
    short = len(text) <= _LONGEST
    return text if short or _SELECTS.fullmatch(text) else f"of {_size(text)}"


def _size(value: str) -> str:
    return f"{len(value):,} character{'' if len(value) == 1 else 's'}"


def nearest(value: str, choices: Iterable[str]) -> str | None:
    """The choice that the value is a slip of; None where it is near none of them.

    A slip is short, and no letter in four is wrong: it can't hide a secret.
    """
    typed = value.strip().lower()
    if not typed or len(typed) > _LONGEST:
        return None
    ranked = sorted(choices, key=lambda choice: -SequenceMatcher(None, typed, choice).ratio())
    return next((item for item in ranked if SequenceMatcher(None, typed, item).ratio() >= _NEAR), None)


def unfit_choice(value: str, choices: Iterable[str]) -> str:
    """Returns what is said of a value that is none of the choices: the one that it is near, or what it looks like."""
    known = tuple(choices)
    near = nearest(value, known)
    listed = f"It can be {', '.join(known)}."
    return f"Did you mean {near}? {listed}" if near else f"{description(value)} {listed}"


LONGEST = 2000
"""As much of one text of the service as is kept, in characters."""

_MAIL = re.compile(r"[\w.+'%-]+(?:@|%40)[\w-]+(?:\.[\w-]+)*")
_TOKEN = re.compile(r"\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)*|\bBearer\s+[^\s\"'<>]+", re.IGNORECASE)


def scrubbed(text: str, *secrets: str) -> str:
    """Returns the text, shortened, without mail addresses, tokens and these secrets.

    Control characters stay: they are data.
    """
    text = text[: 2 * LONGEST]
    for secret in filter(None, secrets):
        text = text.replace(secret, "<token>")
    return _MAIL.sub("<mail address>", _TOKEN.sub("<token>", text))[:LONGEST]


def bare_address(value: str) -> str:
    """Returns a web address without user, password, query and fragment; "" for what is no web address."""
    try:
        parts = urlsplit(value)
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return ""
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
