"""Descriptions of a value that may be a secret."""

import pytest

from reconciler.model.withheld import description, look_of, nearest, shown_path, shown_word, unfit_choice

SECRETS = {
    "-----BEGIN EC PRIVATE KEY-----\nMIIE\n-----END EC PRIVATE KEY-----": "a PEM private key",
    "-----BEGIN CERTIFICATE-----\nMIIE": "a PEM certificate",
    "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=a2V5==": "a connection string",
    "?sv=2024-01-01&sig=a2V5": "a shared access signature",
    "https://user:word@host.example/x": "a URL with credentials",
    '{"type": "service_account"}': "a JSON document",
    "eyJ0eXAi.eyJhdWQi.c2ln": "a token (JWT)",
    "Bearer abc": "a bearer token",
    "0.AXoAabcdefghijklmnopqrstu": "a refresh token",
    "abc8Q~abcdefghijklmnopqrstuvwxyz01234567": "a client secret",
    "AKIAIOSFODNN7EXAMPLE": "an AWS access key",
    "ghp_abcdefghijklmnopqrstuvwx": "a GitHub token",
    "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2Vj==": "a key in base64",
}


def test_a_plain_short_word_of_a_command_line_is_shown_and_nothing_that_may_be_a_secret() -> None:
    assert [shown_word(word) for word in ("abc", "lokc_held")] == ['It was "abc".', 'It was "lokc_held".']
    for secret in ("Summer2026!", "Ab3~Q8q2w3e4r5t6y7u8i9o0", "0123456789abcdef0123456789abcdef"):
        assert secret not in shown_word(secret)


@pytest.mark.parametrize("value", SECRETS)
def test_a_secret_is_called_what_it_looks_like_and_not_repeated(value: str) -> None:
    told = description(value)

    assert look_of(value) == SECRETS[value]
    assert SECRETS[value] in told
    assert not [word for word in value.replace("=", " ").split() if len(word) > 8 and word in told]


@pytest.mark.parametrize(
    "value", ["manifests", "./state", "plans/2026-11.json", "az://container/prefix", "contoso/office"]
)
def test_what_people_write_looks_like_no_secret(value: str) -> None:
    assert look_of(value) is None


def test_a_random_text_is_called_that() -> None:
    assert "a random text" in description("wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("sandbx", "sandbox"), ("World-Wide", "worldwide"), ("hunter2", None), ("", None), ("china" * 9, None)],
)
def test_only_a_slip_is_near_a_choice(typed: str, meant: str | None) -> None:
    assert nearest(typed, ["worldwide", "china", "us-government", "sandbox"]) == meant


def test_whether_near_or_not_the_choices_are_listed() -> None:
    assert unfit_choice("chna", ["china", "sandbox"]) == "Did you mean china? It can be china, sandbox."
    assert unfit_choice("hunter2", ["china"]) == "Its value has 7 characters, and is not shown. It can be china."


@pytest.mark.parametrize(
    ("path", "exists", "shown"),
    [
        ("plans/plan.json", False, True),
        ("report.MD", False, True),
        ("folder/no-ending", True, True),
        ("hunter2", False, False),
        ("-----BEGIN PRIVATE KEY-----.json", True, False),
    ],
)
def test_a_path_is_shown_where_it_is_surely_one(path: str, exists: bool, shown: bool) -> None:
    assert (shown_path(path, exists=exists) == path) is shown
