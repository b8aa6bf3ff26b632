"""The text of a state: its shape, what it never holds, and what is refused."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.documents.state import dump, load
from reconciler.model.errors import StateDamaged
from reconciler.model.place import Place
from reconciler.model.state import CustomerState
from reconciler.model.upgrade import UpgradeError
from tests.state.states import E3, OFFICE, a_bound, a_full_state, a_result, a_state
from tests.state.strategies import WHOLE, cut_and_pasted, states, with_another_value
from tests.thoroughness import examples


def damage(text: str) -> str:
    """Returns the sentence of the refusal."""
    with pytest.raises(StateDamaged) as refused:
        load(text, "contoso.json")
    problem = refused.value.problems[0]
    assert "contoso.json" in str(problem.where)
    assert problem.remedy
    return problem.what


def edited(**members: Any) -> str:
    return json.dumps({**json.loads(WHOLE), **members})


@settings(deadline=None)
@given(states)
def test_any_state_is_read_as_it_was_written_and_written_again_to_the_byte(state: CustomerState) -> None:
    text = dump(state)
    assert load(text, "contoso.json") == state
    assert dump(load(text, "contoso.json")) == text


@settings(deadline=None, max_examples=examples(40))
@given(cut_and_pasted() | with_another_value() | st.text())
def test_any_damage_is_either_refused_or_leaves_a_state_that_can_be_written(text: str) -> None:
    try:
        state = load(text, "contoso.json")
    except StateDamaged:
        return
    assert load(dump(state), "contoso.json") == replace(state, results=load(dump(state), "").results)


def test_the_shape_is_the_documented_one() -> None:
    document = json.loads(dump(a_full_state()))
    assert (
        " ".join(document)
        == "format_version lineage serial customer subscriptions pending results tasks_done consents released"
        " name_changes"
    )
    assert " ".join(document["subscriptions"]["office"]) == (
        "id previous_ids offer_id offer_name quantity status visible partner_id observed_at"
        " platform term billing term_ends renewal scheduled_by writes bought_otherwise"
    )
    assert " ".join(document["pending"]["office"]["upgrade"]) == (
        "request run request_id attempts correlation_id operation started_at resent_at owned_until hold_until"
        " shows_until reply subscription_id known_subscription_ids known_transitions known_order_ids cart_id before"
    )
    assert " ".join(document["results"][0]) == (
        "address request outcome subscription_id target_subscription_id before_offer_id before_offer_name"
        " before_quantity before_term before_billing request_id correlation_id operation started_at"
        " finished_at upgrade_errors license_errors licenses plan_fingerprint unanswered by_hand run settled_by"
    )


def test_a_process_is_remembered_only_while_its_change_is_pending() -> None:
    document = json.loads(dump(a_full_state()))
    assert document["pending"]["office"]["upgrade"]["run"]["process"]["pid"] == 4711
    assert sorted(document["results"][0]["run"]) == ["actor", "commit", "id", "url"]


def test_ids_are_read_in_their_one_spelling() -> None:
    shouted = WHOLE.replace(OFFICE, OFFICE.upper()).replace(E3, "cfq7ttc0ldpb:0001:cfq7ttc0sbx4")
    state = load(shouted, "contoso.json")
    assert state.subscriptions["office"].id == state.pending_of("office")[0].known_subscription_ids[0] == OFFICE
    assert state.subscriptions["office"].offer_id == "CFQ7TTC0LDPB:0001"


def test_names_are_sorted_and_results_stay_in_their_order() -> None:
    state = a_state().bind("zulu", a_bound()).bind("alpha", a_bound())
    document = json.loads(dump(replace(state, results=(a_result(2), a_result(1)))))
    assert list(document["subscriptions"]) == ["alpha", "zulu"]
    assert [result["request_id"][-1] for result in document["results"]] == ["2", "1"]


def test_mail_addresses_in_the_services_words_are_taken_out() -> None:
    error = UpgradeError(code="other", description="Ask bob@contoso.example.", details='user "eve@x", (<li@contoso>)')
    text = dump(replace(a_state(), results=(replace(a_result(), upgrade_errors=(error,)),)))
    assert "@" not in text
    assert load(text, "").results[0].upgrade_errors[0].details == ('user "(mail address)", (<(mail address)>)')


def test_text_is_written_readably_and_what_a_terminal_obeys_is_escaped() -> None:
    text = dump(a_state().bind("office", a_bound(offer_name="商业版 \x9b31m \u202e \x1b")))
    assert r"商业版 \u009b31m \u202e \u001b" in text
    assert text.endswith("}\n")


def test_half_a_surrogate_pair_does_not_keep_a_result_from_being_written() -> None:
    text = dump(a_state().bind("office", a_bound(offer_name="broken \ud83d name")))
    assert load(text, "").subscriptions["office"].offer_name == "broken \ufffd name"


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=2)), None])
def test_times_are_written_in_utc_with_z(zone: timezone | None) -> None:
    bound = replace(a_bound(), observed_at=datetime(2026, 3, 1, 12, 0, 0, 500_000, tzinfo=zone))
    hour = 10 if zone and zone is not UTC else 12
    assert f'"2026-03-01T{hour}:00:00.500000Z"' in dump(a_state().bind("office", bound))


def test_a_newer_format_is_refused_and_says_which_version_is_needed() -> None:
    with pytest.raises(StateDamaged) as refused:
        load(edited(format_version=3, surprise=True), "contoso.json")
    assert "format_version 3" in refused.value.problems[0].what
    assert "Install" in refused.value.problems[0].remedy


@pytest.mark.parametrize("version", [0, -1, True, 1.0, "1", None, [1]])
def test_no_other_format_version_is_taken_for_the_present_one(version: object) -> None:
    assert "format_version" in damage(edited(format_version=version))


def test_a_change_that_is_pending_under_another_action_is_refused() -> None:
    assert "pending.office.resize" in damage(WHOLE.replace('"upgrade": {', '"resize": {'))


@pytest.mark.parametrize(
    "name", sorted(json.loads(WHOLE).keys() - {"tasks_done", "consents", "released", "name_changes"})
)  # which older documents lack
def test_no_top_level_member_may_be_missing(name: str) -> None:
    document = json.loads(WHOLE)
    del document[name]
    assert name in damage(json.dumps(document))


def test_a_member_that_is_not_known_is_refused_rather_than_lost() -> None:
    customer = {**json.loads(WHOLE)["customer"], "discount": 3}
    assert "customer.discount" in damage(edited(customer=customer))


def test_a_member_that_stands_twice_is_refused() -> None:
    assert "twice" in damage(WHOLE.replace('"serial": 1,', '"serial": 1, "serial": 2,'))


def test_broken_json_is_refused_with_its_line_and_column() -> None:
    with pytest.raises(StateDamaged) as refused:
        load(WHOLE.replace('"serial": 1,', '"serial": ,'), "contoso.json")
    assert refused.value.problems[0].where == Place(file="contoso.json", line=4, column=13)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('"succeeded_with_license_errors"', '"splendid"', "results.0.outcome"),
        ('"quantity": 25', '"quantity": "25"', "quantity"),
        ('"quantity": 25', '"quantity": 25.0', "quantity"),
        ('"visible": true', '"visible": 1', "visible"),
        ('"previous_ids": []', '"previous_ids": ""', "previous_ids"),
        ('"attempts": 1', '"attempts": true', "attempts"),
        ('"2026-03-01T12:00:00Z"', '"2026-03-01T12:00:00"', "not a time"),
        ('"2026-03-01T12:00:00Z"', '"1772366400"', "not a time"),
        ('"2026-03-01T12:00:00Z"', "1772366400", "_at"),
        ('"2026-03-01T12:00:00Z"', '"2026-02-30T12:00:00Z"', "_at"),
        ('"started_at": 1772360000.25', '"started_at": NaN', "process.started_at"),
        ('"contoso/office"', '"contoso"', "results.0.address"),
        ('"name": "contoso"', '"name": "../contoso"', "customer.name"),
        ('"office": {', '"Office!": {', "Office!"),
        ('"serial": 1', '"serial": -1', "serial"),
        ('"offer_name": "Office', '"offer_name": "\\ud800', "JSON"),
    ],
)
def test_what_is_not_exactly_of_the_format_is_refused_by_its_place(old: str, new: str, named: str) -> None:
    assert old in WHOLE
    assert named in damage(WHOLE.replace(old, new))


@pytest.mark.parametrize("text", ["", "null", "[]", "7", "{}", "\ufeff{}", "[" * 100_000, "1" * 5_000])
def test_what_is_no_state_at_all_is_refused(text: str) -> None:
    assert damage(text)
