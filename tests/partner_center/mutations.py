"""Real-shaped answers made wrong: members dropped, types swapped, words invented, bodies cut, encodings broken."""

import copy
import json
from random import Random
from typing import Any

VALUES: list[Any] = [
    *(None, True, False, 0, -1, 2**31, 10**40, 0.5, 1e308, "", " ", "x", "active", "unheard_of", "0", "-1", "25.0"),
    *("1e9", "2024-01-01T00:00:00Z", "9999-99-99", "\x00", "\x1b[31m", "\u202e", "\U0001f600", "é" * 3000),
    *([], {}, [[]], [None], {"": None}, {"id": {}}, [1, "a", {}], "00000000-0000-0000-0000-000000000000"),
    *("https://evil.example/v1/customers", "//evil.example", "../../..", "?a=b?c", "a:b:c"),
]
"""In place of any member."""

RAW = [
    *("NaN", "-Infinity", "1e999", "9" * 5000, '"\\ud800"', "01", "'x'", "/* */ 1", "1 2", "undefined", ""),
    *("[" * 300 + "]" * 300, '{"a":' * 500 + "1" + "}" * 500, "[" * 100_000, '"' + "\\u0000" * 200 + '"'),
]
"""Returns text that no JSON library writes."""

DATES = [
    "",
    "soon",
    "Fri, 31 Dec 9999 23:59:59 GMT",
    "Mon, 01 Jan 0001 00:00:00 GMT",
    "Fri, 31 Dec 9999 23:59:59 -2359",
]
"""In place of a header's date."""

RESTS = ["", "0", "1.5", "-1", "9" * 400, "1e9", *DATES]
"""In place of how long to rest."""

ENCODINGS = ["utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-7", "cp500"]

_MARK = "@raw@"


def spoilt(document: Any, random: Random) -> bytes:
    """The document with up to three faults, perhaps written otherwise, cut, or with something behind it."""
    wrong = copy.deepcopy(document)
    for _ in range(random.randint(0, 3)):
        _spoil(wrong, random)
    text = json.dumps(wrong).replace(f'"{_MARK}"', random.choice(RAW))
    body = text.encode(random.choice(ENCODINGS))
    if random.random() < 0.2:
        body = body[: random.randint(0, len(body))]
    return body + random.choice([b"", b"", b"", b"", b"\xff", b"}", b"\x00", b"\r\n"])


def _spoil(document: Any, random: Random) -> None:
    """Drops, renames, doubles or exchanges one member, somewhere inside."""
    while True:
        places = list(document) if isinstance(document, dict) else list(range(len(document)))
        if not places:
            return
        place = random.choice(places)
        if not isinstance(document[place], dict | list) or random.random() < 0.3:
            break
        document = document[place]
    match random.randint(0, 5):
        case 0:
            del document[place]
        case 1:
            document[place] = _MARK
        case 2 if isinstance(document, dict):
            document[str(place).swapcase()] = document.pop(place)
        case 2 | 3 if isinstance(document, list):
            document.append(document[place])
        case _:
            document[place] = copy.deepcopy(random.choice(VALUES))
