"""The log that RECONCILER_LOG turns on: each request with the ids it is found by, and nothing that is secret or
personal.
"""

import json
from pathlib import Path

import pytest

from reconciler.cli.logs import LEVELS
from reconciler.sandbox import User
from tests.cli.estates import TOKEN, Answer, Estate, build, process
from tests.cli.servers import answering, http

MAIL = "ann@example.com"


@pytest.fixture
def estate(tmp_path: Path) -> Estate:
    return build(tmp_path, stuck=(User(object_id="u-1", name="Ann Other", email=MAIL),))


def run(estate: Estate, *arguments: str, **variables: str) -> Answer:
    with estate.served() as address:
        given = {"RECONCILER_ACCESS_TOKEN": TOKEN, "RECONCILER_ENDPOINT": address}
        return process(estate.root, *arguments, **given, **variables)


def test_debug_shows_each_request_and_how_it_ended(estate: Estate) -> None:
    shown = run(estate, "plan", RECONCILER_LOG="debug").err
    requests = [line for line in shown.splitlines() if " DEBUG GET /v1/customers/" in line]
    assert len(requests) == 2
    assert all(": 200 in " in line and " ms, request " in line and ", correlation " in line for line in requests)


def test_as_json_each_line_is_an_object_with_the_parts_of_the_request(estate: Estate) -> None:
    shown = run(estate, "apply", "--auto-approve", RECONCILER_LOG="debug", RECONCILER_LOG_FORMAT="json").err
    told = [json.loads(line) for line in shown.splitlines() if line.startswith("{")]
    bought = [text for text in told if text.get("method") == "POST"]
    assert [entry["outcome"] for entry in bought] == [200]
    parts = {"time", "level", "message", "method", "path", "outcome", "milliseconds", "request_id", "correlation_id"}
    assert set(bought[0]) == parts


@pytest.mark.parametrize("kind", ["text", "json"])
@pytest.mark.parametrize("level", LEVELS)
def test_no_level_shows_a_token_a_body_or_a_person(estate: Estate, level: str, kind: str) -> None:
    answer = run(estate, "apply", "--auto-approve", RECONCILER_LOG=level, RECONCILER_LOG_FORMAT=kind)
    assert len(estate.bought) == 2
    assert not [item for item in (TOKEN, "Bearer", MAIL, "Ann Other", "targetOffer") if item in answer.out + answer.err]


def test_what_a_failing_service_says_of_a_person_or_of_the_token_is_not_logged(estate: Estate) -> None:
    body = f'{{"code": 500, "description": "{MAIL} sent Bearer {TOKEN}"}}'.encode()
    with answering(http(body, "500 Internal Server Error")) as server:
        given = {"RECONCILER_ACCESS_TOKEN": TOKEN, "RECONCILER_ENDPOINT": server.address, "RECONCILER_LOG": "debug"}
        answer = process(estate.root, "plan", **given)
    assert ": 500 in " in answer.err
    assert not [item for item in (TOKEN, MAIL) if item in answer.out + answer.err]


def test_a_format_that_there_is_not_is_refused_by_name(estate: Estate) -> None:
    answer = process(estate.root, "validate", RECONCILER_LOG="info", RECONCILER_LOG_FORMAT="xml")
    assert answer.code == 64
    assert "It can be text, json" in answer.text
