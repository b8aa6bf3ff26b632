"""A plan survives its file; a file that is not what was written is refused."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler import __version__
from reconciler.documents import plan as plan_document
from reconciler.model.address import Address
from reconciler.model.alarm import Alarm
from reconciler.model.breach import Breach
from reconciler.model.change import After, Before, Blocked, Change, Difference
from reconciler.model.errors import PlanFileRefused
from reconciler.model.invocation import Invocation
from reconciler.model.plan import Drift, Plan
from reconciler.model.reason import Reason
from reconciler.model.recent import Recent
from reconciler.model.remedy import Actor, Step
from reconciler.model.selection import Estate, Selection
from reconciler.model.support import Support
from reconciler.model.unsettled import Unsettled
from tests.rendering import plans
from tests.rendering.attacks import ATTACKS, OBEYED
from tests.rendering.shown import plan_json
from tests.requested import a_resize, an_upgrade
from tests.thoroughness import examples

TEXT = plan_json(plans.showcase())

ADDRESSES = st.from_regex(r"[a-z0-9][a-z0-9-]{0,8}/[a-z0-9][a-z0-9-]{0,8}", fullmatch=True).map(Address)
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=8))])
TIMES = st.builds(datetime.fromtimestamp, st.floats(1e9, 7e9), ZONES)


BEFORE = Before(offer_id="E1", offer_name="", quantity=25, status="active", etag=None)


def coherent(change: Change) -> Change:
    """The change with all that it says twice said alike, as planning says it."""
    before, after, name = change.before or BEFORE, change.after, change.address.customer
    if (before.offer_id, before.quantity) == (after.offer_id, after.quantity):
        after = replace(after, quantity=after.quantity + 1)
    moves = before.offer_id != after.offer_id
    pairs = (("offer_id", before.offer_id, after.offer_id), ("quantity", before.quantity, after.quantity))
    upgraded = an_upgrade(after.offer_id, after.quantity, way="upgrade_only")
    return replace(
        change,
        customer=replace(change.customer, name=name),
        before=before,
        after=after,
        action="upgrade" if moves else "resize",
        differences=tuple(Difference(path=path, before=old, after=new) for path, old, new in pairs if old != new),
        request=upgraded if moves else a_resize(after.quantity),
        binding=replace(change.binding, id=change.subscription_id),
    )


def of_its_customer(item: Any) -> Any:
    return replace(item, customer=replace(item.customer, name=item.address.customer))


REASONS = st.builds(Reason, support=st.none() | st.builds(Support, at=TIMES))
BEFORES = st.builds(Before, term_ends=st.none() | TIMES)
AFTERS = st.builds(After, term_ends=st.none() | TIMES)
BLOCKED = st.builds(
    Blocked,
    address=ADDRESSES,
    before=st.none() | BEFORES,
    after=AFTERS,
    reasons=st.lists(REASONS, max_size=2).map(tuple),
)
CHANGES = st.builds(Change, address=ADDRESSES, warnings=..., before=BEFORES, after=AFTERS).map(coherent)
PLANS = st.builds(
    Plan,
    created_at=TIMES,
    estate=st.builds(Estate),
    observed_from=...,
    selection=st.builds(Selection, target=..., exclude=..., customers=..., subscriptions=...),
    errored=...,
    changes=st.lists(CHANGES, max_size=2, unique_by=lambda change: change.address).map(tuple),
    blocked=st.lists(BLOCKED.map(of_its_customer), max_size=2).map(tuple),
    pending=st.lists(st.builds(Unsettled, address=ADDRESSES, since=TIMES).map(of_its_customer), max_size=2).map(tuple),
    drift=st.lists(st.builds(Drift, address=ADDRESSES), max_size=2).map(tuple),
    warnings=st.lists(st.builds(Alarm, address=ADDRESSES), max_size=2).map(tuple),
    undeclared=st.lists(ADDRESSES, max_size=2).map(tuple),
    limits=st.lists(st.builds(Breach), max_size=2).map(tuple),
    recent=st.none() | st.builds(Recent, as_of=st.none() | TIMES, log_since=st.none() | TIMES),
    unchanged=...,
)


def signed(**members: Any) -> str:
    """The showcase's document with other members and a fingerprint that fits them."""
    document = json.loads(TEXT) | members
    del document["fingerprint"]
    content = json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
    return json.dumps(document | {"fingerprint": f"sha256:{hashlib.sha256(content).hexdigest()}"})


def refusal(text: str) -> str:
    """Returns the sentence of the refusal."""
    with pytest.raises(PlanFileRefused) as caught:
        plan_document.load(text, "plan.json")
    (problem,) = caught.value.problems
    assert problem.where == "plan.json"
    assert problem.remedy
    return problem.what


@settings(max_examples=examples(15), deadline=None)
@given(PLANS)
def test_every_plan_is_the_same_after_its_file(plan: Plan) -> None:
    text = plan_json(plan)

    assert plan_document.load(text, "plan.json") == plan
    assert plan_json(plan_document.load(text, "plan.json")) == text


def test_the_document_has_its_members_in_order() -> None:
    document = json.loads(TEXT)

    assert list(document) == [
        "format_version", "reconciler_version", "created_at", "cloud", "estate", "token_kind", "observed_from",
        "selection", "fingerprint", "errored", "notices", "catalogue", "changes", "blocked", "pending", "drift",
        "warnings", "undeclared", "dropped", "unbought", "vanished", "asked_before", "asked_before_items", "observed",
        "moves", "customer_moves", "tasks", "consents", "customers", "limits", "held", "costs", "months",
        "recent", "summary",
    ]  # fmt: skip
    assert (document["format_version"], document["reconciler_version"]) == ("2.0", __version__)
    assert document["summary"] == {
        "upgrade": 2, "resize": 1, "term": 0, "renewal": 0, "order": 0, "blocked": 5, "waiting": 1, "unchanged": 9,
        "held": 0, "seats_added": 5, "seats_removed": 2, "seats_removed_at_renewal": 0,
        "seats_upgraded": 70,
    }  # fmt: skip


def test_a_change_has_its_members_in_order() -> None:
    assert list(json.loads(TEXT)["changes"][0]) == [
        "address", "customer", "subscription_id", "action", "before", "after", "differences", "request", "binding",
        "warnings", "source", "cost", "no_price",
    ]  # fmt: skip


def test_the_file_is_indented_by_two_and_ends_with_a_line_break() -> None:
    assert TEXT.startswith('{\n  "format_version": "2.0",\n')
    assert TEXT.endswith("\n}\n")


def test_times_are_in_utc_whatever_zone_they_were_made_in() -> None:
    beijing = datetime(2026, 3, 2, 20, 0, tzinfo=timezone(timedelta(hours=8)))
    plan = Plan(created_at=beijing, cloud="china", estate=Estate(lineage=None, manifests_digest=""), token_kind="app")

    assert json.loads(plan_json(plan))["created_at"] == "2026-03-02T12:00:00Z"


def test_the_fingerprint_is_over_the_canonical_json_of_the_other_members() -> None:
    document = json.loads(TEXT)
    claimed = document.pop("fingerprint")
    content = json.dumps(document, sort_keys=True, separators=(",", ":")).encode()

    assert claimed == f"sha256:{hashlib.sha256(content).hexdigest()}" == plan_document.fingerprint(plans.showcase())


def test_the_fingerprint_changes_with_any_seat() -> None:
    first, second = (plans.plan(plans.resize(seats=(10, seats))) for seats in (15, 16))

    assert plan_document.fingerprint(first) != plan_document.fingerprint(second)


def test_the_commands_of_a_plan_are_shown_with_the_flags_in_force_and_its_fingerprint_is_the_same() -> None:
    shown = plan_document.dump(plans.showcase(), Invocation(manifests="elsewhere/estate", state="elsewhere/st"))
    document = json.loads(shown)
    remedies = [reason["remedy"] for item in document["blocked"] for reason in item["reasons"]]
    remedies += [item["remedy"] for item in document["pending"]]
    commands = [
        step for remedy in remedies for step, run in zip(remedy["steps"], remedy["commands"], strict=True) if run
    ]

    assert commands
    assert all(step.endswith(" --manifests elsewhere/estate --state elsewhere/st") for step in commands)
    assert document["fingerprint"] == json.loads(TEXT)["fingerprint"]
    assert plan_document.load(shown, "plan.json") == plans.showcase()


def test_what_is_next_of_an_open_change_is_its_first_step_and_its_first_command_with_the_flags_in_force() -> None:
    remedy = plans.unsettled().remedy
    steps = (*remedy.steps, Step("Or look in Partner Center:", ("state", "show", "tailspin/office")))
    plan = plans.plan(pending=(replace(plans.unsettled(), remedy=replace(remedy, steps=steps)),))
    shown = plan_document.dump(plan, Invocation(state="elsewhere/st"))
    (item,) = json.loads(shown)["pending"]

    assert item["next"] == item["remedy"]["steps"][0]
    assert item["next"].endswith(":\nreconciler state resolve tailspin/office --not-done --state elsewhere/st")
    assert item["run"] == ["state", "resolve", "tailspin/office", "--not-done", "--state", "elsewhere/st"]
    assert plan_document.load(shown, "plan.json") == plan


def test_a_plan_file_whose_open_changes_say_the_texts_of_all_steps_as_one_can_still_be_read() -> None:
    items = json.loads(TEXT)["pending"]
    older = [{**item, "next": f"{item['remedy']['advice'][0]['text']} Or look in Partner Center:"} for item in items]

    assert plan_document.load(signed(pending=older), "plan.json").pending == plans.showcase().pending


def test_a_step_is_data_in_the_document_and_its_text_is_made_of_it() -> None:
    for item in (*json.loads(TEXT)["blocked"], *json.loads(TEXT)["pending"]):
        for remedy in (reason["remedy"] for reason in item.get("reasons", [item])):
            steps = [Step(step["text"], tuple(step["run"]), Actor(step["by"])) for step in remedy["advice"]]
            assert remedy["steps"] == [step.plain for step in steps]
            assert remedy["steps_by"] == [step.by for step in steps]
            assert remedy["commands"] == [list(step.run) for step in steps]


@pytest.mark.parametrize("named", ["blocked", "pending"])
def test_the_text_of_a_step_that_is_altered_is_refused_though_its_data_is_whole(named: str) -> None:
    document = json.loads(TEXT)
    (remedy, *_) = [reason["remedy"] for item in document[named] for reason in item.get("reasons", [item])]
    remedy["steps"][0] = f"Do nothing. {remedy['steps'][0]}"
    assert "altered" in refusal(json.dumps(document))


def test_a_file_that_an_editor_gave_other_blanks_loads() -> None:
    assert plan_document.load(json.dumps(json.loads(TEXT)), "plan.json") == plans.showcase()


def test_an_altered_quantity_is_refused() -> None:
    assert "altered" in refusal(TEXT.replace('"quantity": 45', '"quantity": 450', 1))


@pytest.mark.parametrize("text", ["", "{", TEXT[:-100], "no plan", "[" * 100_000, '{"a": 1' + "0" * 5000 + "}"])
def test_what_is_not_json_is_refused(text: str) -> None:
    assert refusal(text).startswith("This is no plan file")


@pytest.mark.parametrize("text", ["{}", "[]", "null", '"plan"', '{"serial": 3, "lineage": "x"}'])
def test_json_that_is_no_plan_is_refused(text: str) -> None:
    assert refusal(text) == "This is no plan file: its format_version is missing."


@pytest.mark.parametrize("version", ["3.0", "10.3"])
def test_another_major_format_is_refused_and_names_the_version_that_reads_it(version: str) -> None:
    with pytest.raises(PlanFileRefused) as caught:
        plan_document.load(signed(format_version=version, reconciler_version="7.1.0"), "plan.json")

    assert f"format {version}" in caught.value.problems[0].what
    assert "reconciler 7.1.0" in caught.value.problems[0].remedy


@pytest.mark.parametrize("version", [1, None, "", "1", "0.9", "one.zero", "1.0.0", "²·1", "1." + "0" * 5000])
def test_a_format_version_that_is_none_is_damage(version: object) -> None:
    assert "damaged" in refusal(signed(format_version=version))


def test_members_that_a_later_minor_version_added_are_ignored() -> None:
    assert plan_document.load(signed(format_version="2.7", invoices=[]), "plan.json") == plans.showcase()


@pytest.mark.parametrize(
    ("members", "fault"),
    [
        ({"errored": "no"}, "errored: Input should be a valid boolean"),
        ({"undeclared": ["Contoso"]}, "undeclared.0: Value error, 'Contoso' is not an address"),
        ({"created_at": "yesterday"}, "created_at: "),
        ({"created_at": "9999-12-31T23:59:59Z"}, "created_at: no run can have recorded that time"),
        ({"summary": {"unchanged": 1}}, "summary.upgrade: "),
        ({"drift": [{"address": "a/b", "differences": [{"path": "quantity", "before": 1.5, "after": 2}]}]}, "drift.0"),
        ({"changes": None}, "changes: "),
    ],
)
def test_a_member_of_another_type_is_damage_and_nothing_is_guessed(members: dict[str, Any], fault: str) -> None:
    assert refusal(signed(**members)).startswith(f"The plan file is damaged: {fault}")


def test_a_plan_that_changes_an_address_twice_is_damaged() -> None:
    change = json.loads(TEXT)["changes"][0]
    assert (
        refusal(signed(changes=[change, change])) == f"The plan file is damaged: it changes {change['address']} twice."
    )


@settings(deadline=None)
@given(st.integers(0, len(TEXT) - 1), st.integers(0, 3), st.text(max_size=3))
def test_a_mutated_file_is_refused_or_means_the_same(at: int, removed: int, put: str) -> None:
    try:
        loaded = plan_document.load(TEXT[:at] + put + TEXT[at + removed :], "plan.json")
    except PlanFileRefused:
        return
    assert loaded == plans.showcase()


@settings(deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=5))
def test_any_value_of_any_member_is_refused_or_means_what_it_is_written_as(value: object) -> None:
    for member in ("created_at", "estate", "selection", "changes", "pending", "limits", "summary"):
        try:
            loaded = plan_document.load(signed(**{member: value}), "plan.json")
        except PlanFileRefused:
            continue
        assert plan_document.load(plan_json(loaded), "plan.json") == loaded


@pytest.mark.parametrize("attack", ATTACKS)
def test_text_from_elsewhere_is_kept_and_can_not_act_when_the_file_is_shown(attack: str) -> None:
    plan = plans.plan(drift=(plans.drift("a/b", Difference(path="status", before=attack, after="active")),))
    text = plan_json(plan)

    assert not any(OBEYED.search(line) for line in text.split("\n"))
    kept = plan_document.load(text, "plan.json").drift[0].differences[0].before
    assert kept == attack.replace("\ud800", "\ufffd")


def test_two_thousand_changes_are_written_and_read_as_they_were() -> None:
    plan = plans.plan(*(plans.upgrade(f"customer-{number // 4}/office-{number}") for number in range(2_000)))
    assert plan_document.load(plan_json(plan), "plan.json") == plan
