"""Object stores only: answers that are lost, tombstones, and what a cloud may refuse."""

import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.model.errors import InvalidInput, LockHeld, StateConflict, StateUnavailable
from reconciler.state import Store, open_store
from reconciler.state.object_store import ObjectStore
from tests.state.emulators import ACCOUNT_KEY, AWS_SECRET, Emulator
from tests.state.proxy import Fault, Proxy, proxy
from tests.state.states import LINEAGE, RUN, a_state

SECRETS = (ACCOUNT_KEY, ACCOUNT_KEY[:20], AWS_SECRET)


@pytest.fixture(params=["azure_server", "s3_server"])
def server(request: pytest.FixtureRequest) -> Emulator:
    emulator: Emulator = request.getfixturevalue(request.param)
    return emulator


@pytest.fixture
def between(server: Emulator) -> Iterator[Proxy]:
    with proxy(server.url) as running:
        yield running


@pytest.fixture
def location(server: Emulator, between: Proxy, monkeypatch: pytest.MonkeyPatch) -> str:
    return server.through(between.url).entered(monkeypatch)


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def store(location: str, pauses: list[float]) -> Store:
    """It has shown that its writes are conditional."""
    made = Store(ObjectStore(location, pauses.append))
    made.prove()
    return made


def serial(store: Store) -> int:
    found = store.read("contoso")
    assert found is not None
    return found.state.serial


def refusal(call: Callable[[], object]) -> str:
    """Returns what happened and what to do, on one line; no secret is in it."""
    with pytest.raises(StateUnavailable) as refused:
        call()
    problem = refused.value.problems[0]
    told = f"{problem.what} {problem.remedy} [{problem.where}]"
    assert not any(secret in told for secret in SECRETS)
    assert "Debug" not in told
    return told


LOST = {
    "the connection ends": Fault(),
    "a 503 comes after all": Fault(answer=(503, "<Error><Code>SlowDown</Code></Error>")),
    "a 500 comes after all": Fault(answer=(500, "")),
    "an answer without a version": Fault(answer=(200, "<html>")),
}


@pytest.mark.parametrize("fault", LOST.values(), ids=LOST)
def test_a_write_whose_answer_is_lost_is_known_again_and_not_repeated(
    store: Store, between: Proxy, fault: Fault
) -> None:
    first = store.write(a_state(serial=1), None)
    before = len(between.seen)
    between.faults.append(replace(fault))
    second = store.write(a_state(serial=2), first)
    found = store.read("contoso")
    assert found is not None
    assert (found.state.serial, found.version) == (2, second)
    assert between.seen[before:].count("PUT contoso.json") == 1


def test_a_state_whose_creation_was_not_answered_is_there_once(store: Store, between: Proxy) -> None:
    between.faults.append(Fault())
    version = store.write(a_state(serial=1), None)
    assert store.write(a_state(serial=2), version)


def test_a_write_that_never_arrived_is_sent_again(store: Store, between: Proxy, pauses: list[float]) -> None:
    between.faults.append(Fault(performed=False, times=2))
    store.write(a_state(serial=1), None)
    assert serial(store) == 1
    assert pauses == [0.25, 1.0]


def test_a_write_that_arrives_late_after_it_was_repeated_changes_nothing(store: Store, between: Proxy) -> None:
    first = store.write(a_state(serial=1), None)
    between.faults.append(Fault(performed=False))
    second = store.write(a_state(serial=2), first)
    store.write(a_state(serial=3), second)
    assert between.deliver()[0] in {409, 412}
    assert serial(store) == 3


def test_what_somebody_else_wrote_is_not_taken_for_ones_own_even_if_it_says_the_same(
    store: Store, between: Proxy, location: str
) -> None:
    """The request is lost, and in that moment another run writes the very same text."""
    first = store.write(a_state(serial=1), None)
    another = open_store(location)
    between.faults.append(Fault(performed=False, then=lambda: another.write(a_state(serial=2), first)))
    with pytest.raises(StateConflict):
        store.write(a_state(serial=2), first)


def test_a_write_that_was_overwritten_before_it_could_be_read_back_is_a_conflict(
    store: Store, between: Proxy, location: str
) -> None:
    first = store.write(a_state(serial=1), None)
    another = open_store(location)

    def overwrite() -> None:
        found = another.read("contoso")
        assert found is not None
        another.write(a_state(serial=9), found.version)

    between.faults.append(Fault(then=overwrite))
    with pytest.raises(StateConflict):
        store.write(a_state(serial=2), first)
    assert serial(store) == 9


def test_a_lineage_whose_writing_was_not_answered_is_ones_own(store: Store, between: Proxy) -> None:
    between.faults.append(Fault(ends="estate.json"))
    assert store.establish(LINEAGE) == LINEAGE


def test_a_store_that_never_answers_is_given_up_after_a_few_tries(
    store: Store, between: Proxy, pauses: list[float]
) -> None:
    between.faults.append(Fault(performed=False, times=99))
    told = refusal(lambda: store.write(a_state(), None))
    assert told.startswith("Can't write the state of contoso: ")
    assert between.seen.count("PUT contoso.json") == 4
    assert pauses == [0.25, 1.0, 3.0]
    assert store.read("contoso") is None


def test_reading_is_tried_again_when_the_server_is_in_trouble(store: Store, between: Proxy) -> None:
    store.write(a_state(serial=5), None)
    between.faults.append(Fault(method="GET", times=2, answer=(503, "")))
    assert serial(store) == 5


@pytest.mark.parametrize("performed", [True, False])
def test_a_lock_whose_taking_was_not_answered_is_held_once_and_released(
    store: Store, between: Proxy, *, performed: bool
) -> None:
    between.faults.append(Fault(ends=".lock", performed=performed))
    with store.lock("contoso", "apply", RUN) as lock:
        assert store.held("contoso") == lock
    assert store.held("contoso") is None


@pytest.mark.parametrize("performed", [True, False])
def test_a_release_that_was_not_answered_releases(store: Store, between: Proxy, *, performed: bool) -> None:
    with store.lock("contoso", "apply", RUN):
        between.faults.append(Fault(ends=".lock", performed=performed))
    assert store.held("contoso") is None


def test_a_lock_is_not_taken_by_a_request_that_arrives_after_it_was_released(store: Store, between: Proxy) -> None:
    with store.lock("contoso", "apply", RUN):
        pass
    between.faults.append(Fault(ends=".lock", performed=False))
    with store.lock("contoso", "apply", RUN):
        pass
    assert between.deliver()[0] in {409, 412}
    assert store.held("contoso") is None


def test_a_release_that_arrives_late_leaves_the_successors_lock(store: Store, between: Proxy, location: str) -> None:
    another = open_store(location)
    with store.lock("contoso", "apply", RUN) as first:
        between.faults.append(Fault(ends=".lock", performed=False, then=lambda: another.unlock("contoso", first.id)))
    with another.lock("contoso", "apply", RUN) as second:
        assert between.deliver()[0] in {409, 412}
        assert store.held("contoso") == second


def test_breaking_a_lock_that_gets_another_holder_in_that_moment_leaves_its_successor(
    store: Store, between: Proxy, location: str
) -> None:
    another = open_store(location)
    broken, successor = store.lock("contoso", "apply", RUN), another.lock("contoso", "adopt", RUN)
    lock = broken.__enter__()

    def another_holder() -> None:
        another.unlock("contoso", lock.id)
        successor.__enter__()

    between.faults.append(Fault(ends=".lock", performed=False, then=another_holder))
    with pytest.raises(LockHeld):
        store.unlock("contoso", lock.id)
    assert store.held("contoso") is not None
    successor.__exit__(None, None, None)


def test_only_our_own_objects_are_listed(store: Store, location: str) -> None:
    store.write(a_state(), None)
    blobs = ObjectStore(location)
    for name in ("README.md", "Upper.json", ".hidden.json", "below/fabrikam.json", "errored.contoso.json"):
        assert blobs.put(name, b"{}", None, "write")
    assert store.customers() == ("contoso",)


def test_a_prefix_that_begins_the_same_is_another_location(store: Store, location: str) -> None:
    open_store(f"{location}-2").write(a_state("fabrikam"), None)
    assert store.customers() == ()


def test_an_object_is_named_by_its_place_in_errors(store: Store, location: str) -> None:
    store.write(a_state(), None)
    with pytest.raises(StateConflict) as refused:
        store.write(a_state(), None)
    assert refused.value.problems[0].where == f"{location}/contoso.json"


CALLS: dict[str, Callable[[Store], object]] = {
    "read": lambda store: store.read("contoso"),
    "create": lambda store: store.write(a_state(), None),
    "write": lambda store: store.write(a_state(), '"0x1"'),
    "lineage": Store.lineage,
    "customers": Store.customers,
    "lock": lambda store: store.lock("contoso", "apply", RUN).__enter__(),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_container_that_is_not_there_is_never_taken_for_a_new_estate(
    location: str, call: Callable[[Store], object]
) -> None:
    missing = Store(ObjectStore(location.replace("estate", "mistyped")))
    told = refusal(lambda: call(missing))
    assert "has no " in told
    assert "mistyped. Create it" in told


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (403, "AccessDenied", "access to the bucket estate is refused (AccessDenied). Give the identity"),
        (403, "InvalidAccessKeyId", "does not accept the credentials (InvalidAccessKeyId)"),
        (400, "ExpiredToken", "does not accept the credentials (ExpiredToken)"),
        (401, "", "access to the bucket estate is refused"),
        (403, "RequestTimeTooSkewed", "the clock of this machine is wrong"),
        (400, "AuthorizationHeaderMalformed", "in another region"),
        (301, "PermanentRedirect", "in another region"),
        (400, "InvalidRequest", "Amazon S3 answered with status 400 (InvalidRequest)"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_what_a_cloud_refuses_is_told_with_who_does_what(
    s3_server: Emulator, monkeypatch: pytest.MonkeyPatch, status: int, body: str, said: str, method: str
) -> None:
    with proxy(s3_server.url) as between:
        store = open_store(s3_server.through(between.url).entered(monkeypatch))
        store.prove()
        error = f"<Error><Code>{body}</Code><AWSAccessKeyId>{AWS_SECRET}</AWSAccessKeyId></Error>"
        between.faults.append(Fault(method=method, times=9, performed=False, answer=(status, error)))
        told = refusal(lambda: store.write(a_state(), None))
    assert said in told
    assert between.seen.count("PUT contoso.json") == (method == "PUT")


def test_a_clock_that_is_wrong_is_told_by_azure_too(azure_server: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    detail = "<Error><Code>AuthenticationFailed</Code><Detail>Request date header too old: 'Sat'</Detail></Error>"
    with proxy(azure_server.url) as between:
        store = open_store(azure_server.through(between.url).entered(monkeypatch))
        between.faults.append(Fault(method="GET", times=9, performed=False, answer=(403, detail)))
        told = refusal(store.lineage)
    assert "the clock of this machine is wrong. Set the clock" in told


def test_a_wrong_key_is_refused_by_the_server_itself(azure_server: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    location = azure_server.entered(monkeypatch)
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_KEY", "d3Jvbmcta2V5LW9mLXRoZS10ZXN0cw==")
    told = refusal(open_store(location).lineage)
    assert "access to the container estate is refused (AuthorizationFailure)" in told
    assert "d3Jvbmct" not in told


@pytest.mark.parametrize("key", ["!!! not base64 !!!", ""])
def test_a_key_that_is_none_is_told_without_repeating_it(
    azure_server: Emulator, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    location = azure_server.entered(monkeypatch)
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_KEY", key)
    told = refusal(lambda: open_store(location).lineage())
    assert "AZURE_FEDERATED_TOKEN_FILE" in told
    assert "!!!" not in told


NOWHERE = "http://127.0.0.1:9"


@pytest.mark.parametrize(
    ("location", "environment", "advice"),
    [
        ("s3://estate/x", {"AWS_METADATA_ENDPOINT": NOWHERE}, "AWS_WEB_IDENTITY_TOKEN_FILE"),
        (
            "s3://estate/x",
            {"AWS_ROLE_ARN": "arn:aws:iam::1:role/x", "AWS_WEB_IDENTITY_TOKEN_FILE": "/no/such/file"},
            "AWS_WEB_IDENTITY_TOKEN_FILE",
        ),
        ("az://estate/x", {}, "AZURE_STORAGE_ACCOUNT_NAME"),
        (
            "az://estate/x",
            {"AZURE_STORAGE_ACCOUNT_NAME": "a", "AZURE_MSI_ENDPOINT": NOWHERE},
            "AZURE_FEDERATED_TOKEN_FILE",
        ),
        ("gs://estate/x", {"GOOGLE_APPLICATION_CREDENTIALS": "/no/such/file"}, "GOOGLE_APPLICATION_CREDENTIALS"),
    ],
)
def test_nobody_to_sign_in_as_is_told_with_the_ways_to_sign_in(
    monkeypatch: pytest.MonkeyPatch, location: str, environment: dict[str, str], advice: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    told = refusal(lambda: open_store(location).lineage())
    assert "there are no working credentials for " in told
    assert advice in told


def test_workload_identity_is_enough_for_s3(
    s3_server: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, trusted: ssl.SSLContext
) -> None:
    """A pipeline's token is exchanged for keys by the real protocol; the keys then work."""
    (tmp_path / "token").write_text("header.payload.signature", encoding="utf-8")
    location = s3_server.entered(monkeypatch)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.setenv("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/pipeline")
    with proxy(s3_server.url, trusted) as exchange:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", exchange.url)
        store = open_store(location)
        store.write(a_state(), None)
    assert store.customers() == ("contoso",)
    assert set(exchange.seen) == {"POST "}


def test_a_server_that_is_not_there_is_told_with_what_leads_to_it(
    server: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    location = server.through(NOWHERE).entered(monkeypatch)
    told = refusal(open_store(location).customers)
    assert "can't be reached. Check the network" in told
    assert server.endpoint in told


@pytest.mark.parametrize(
    "host", ["10.0.0.1:9000", "storage.example", "127.0.0.1.example", "[::2]", "localhost.example"]
)
def test_plain_http_goes_to_this_machine_only(server: Emulator, monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    location = server.through(f"http://{host}").entered(monkeypatch)
    with pytest.raises(InvalidInput, match="unencrypted") as refused:
        open_store(location)
    assert refused.value.problems[0].where == server.endpoint


@pytest.mark.parametrize(
    "switches",
    [
        {"AWS_ALLOW_HTTP": "true", "AWS_ALLOW_INVALID_CERTIFICATES": "true"},
        {"AZURE_ALLOW_HTTP": "true", "AZURE_ALLOW_INVALID_CERTIFICATES": "true"},
    ],
)
def test_a_certificate_that_nobody_vouches_for_is_refused_whatever_the_environment_says(
    server: Emulator, monkeypatch: pytest.MonkeyPatch, switches: dict[str, str], untrusted: ssl.SSLContext
) -> None:
    for name, value in switches.items():
        monkeypatch.setenv(name, value)
    with proxy(server.url, untrusted) as impostor:
        location = server.through(impostor.url).entered(monkeypatch)
        told = refusal(open_store(location).lineage)
    assert "has no certificate that this machine trusts" in told
    assert impostor.seen == []
