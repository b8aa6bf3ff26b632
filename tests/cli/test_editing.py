"""`set` and `accept`: entries edited by command. Nothing is sent, and what `validate` refuses is not written."""

from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler import sandbox
from reconciler.cli.files import rewrite_all
from reconciler.model.errors import InvalidInput
from tests.cli.estates import FRONTLINE, MAIL, OFFICE, Answer, Estate

Program = Callable[..., Answer]


def contoso(estate: Estate) -> str:
    return (estate.root / "manifests" / "contoso.yaml").read_text()


@pytest.mark.parametrize(("typed", "quantity"), [("30", 30), ("+5", 17), ("-5", 7), ("+10%", 14), ("-10%", 11)])
def test_a_quantity_is_set_or_moved_in_favour_of_the_seats(
    estate: Estate, reconciler: Program, typed: str, quantity: int
) -> None:
    before = contoso(estate)
    answer = reconciler("set", "contoso/frontline", "--quantity", typed)
    assert (answer.code, f"quantity: 12 -> {quantity}" in answer.out) == (0, True)
    assert "reconciler plan --target contoso/frontline" in answer.err
    assert contoso(estate) == before.replace("quantity: 12", f"quantity: {quantity}")


def test_a_permission_that_was_used_and_serves_once_more_is_read_first(estate: Estate, reconciler: Program) -> None:
    estate.settings("limits: {max_seats_removed: 50}\n")
    for quantity, permission in (("8", ("--fewer-seats", "once")), ("15", ())):
        assert reconciler("set", "contoso/frontline", "--quantity", quantity, *permission).code == 0
        first = reconciler("plan").text
        assert reconciler("apply", "--auto-approve").code == 0
    assert "seat_permission_used" not in first
    reconciler("set", "contoso/frontline", "--quantity", "8")
    shown = reconciler("plan").text
    first, _, rest = shown.partition("Ready: 1 change")
    for part in (first.partition("READ THIS FIRST")[2], rest):
        assert "fewer_seats: {to: 8} (manifests/contoso.yaml:4:81) was used at" in part
        assert ", and permits this removal too. Is it meant again? [seat_permission_used]" in part


def test_a_dry_run_shows_the_diff_and_writes_nothing(estate: Estate, reconciler: Program) -> None:
    before = contoso(estate)
    answer = reconciler("set", "contoso", "--fewer-seats", "now", "--dry-run")
    assert answer.out.count("fewer_seats: now}\n") == 3
    assert contoso(estate) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--offer", "E33"), "which is not in offers.yaml"),
        (("--quantity", "-40"), "would have 0"),
        (("--term", "monthly", "--billing", "annual"), "billing"),
    ],
)
def test_what_validate_refuses_is_not_written(
    estate: Estate, reconciler: Program, arguments: tuple[str, ...], said: str
) -> None:
    before = contoso(estate)
    answer = reconciler("set", "contoso/mail", *arguments)
    assert (answer.code, said in answer.text) == (1, True)
    assert contoso(estate) == before


def test_what_was_an_alias_or_merged_in_is_said_to_be_the_entrys_own_now(estate: Estate, reconciler: Program) -> None:
    file = estate.root / "manifests" / "contoso.yaml"
    shared = contoso(estate).replace("quantity: 12", "quantity: *seats").replace("quantity: 40", "<<: *more")
    file.write_text("x-seats: &seats 12\nx-more: &more {quantity: 40}\n" + shared)

    answer = reconciler("set", "contoso", "--quantity", "+1")

    assert "quantity: 12 -> 13 (in place of *seats, as the entry's own)" in answer.out
    assert "quantity: 40 -> 41 (beside <<, as the entry's own)" in answer.out
    assert reconciler("set", "contoso", "--quantity", "+0").code == 0


def test_a_glob_that_matches_nothing_is_an_error(reconciler: Program, estate: Estate) -> None:
    assert reconciler("set", "contoso/ofice", "--quantity", "3").code == 1
    assert "quantity: 25" in contoso(estate)


def test_a_label_chooses_what_is_edited(reconciler: Program, estate: Estate) -> None:
    file = estate.root / "manifests" / "contoso.yaml"
    file.write_text(contoso(estate).replace("quantity: 12", "labels: [emea], quantity: 12"))

    assert "Did you mean label:emea?" in reconciler("set", "label:emae", "--quantity", "13").text
    assert reconciler("set", "label:emea", "--quantity", "13").code == 0
    assert "labels: [emea], quantity: 13" in contoso(estate)


def test_what_somebody_else_changed_is_accepted_and_the_plan_leaves_it(estate: Estate, reconciler: Program) -> None:
    estate.customer("contoso", office=(OFFICE, "E1", 25), frontline=(FRONTLINE, "F1", 10), mail=(MAIL, "Exchange", 40))
    assert reconciler("apply", "--auto-approve").code == 0
    sandbox.nudge(estate.world_file)

    answer = reconciler("accept")

    assert answer.out.split() == ["contoso/office", "manifests/contoso.yaml:3:65", "quantity:", "25", "->", "28"]
    assert reconciler("plan", "--detailed-exitcode").code == 0
    assert "the manifests have all that was changed outside" in reconciler("accept").out
    drift = " ".join(reconciler("drift").out.split())
    assert "as its manifest asks; the next apply records it" in drift
    assert "reconciler accept" not in drift


def test_what_is_asked_for_and_was_changed_outside_too_is_taken_by_its_address_alone(
    estate: Estate, reconciler: Program
) -> None:
    estate.customer("contoso", mail=(MAIL, "Exchange", 40))
    assert reconciler("apply", "--auto-approve").code == 0
    with estate.changed() as world:
        world.find(MAIL).quantity = 44
    estate.customer("contoso", mail=(MAIL, "Exchange", 50))

    said = reconciler("accept").text
    assert (
        "contoso/mail: quantity: 50 is asked for, 44 is live. To write what is live, accept it by its address." in said
    )
    assert "say so already" not in said
    assert "quantity: 50 -> 44" in reconciler("accept", "contoso/mail").out


def test_what_no_manifest_can_ask_for_is_named_and_neither_written_nor_called_written(
    estate: Estate, reconciler: Program
) -> None:
    estate.customer("contoso", mail=(MAIL, "Exchange", 40))
    assert reconciler("apply", "--auto-approve").code == 0
    with estate.changed() as world:
        world.find(MAIL).status = "suspended"

    answer = reconciler("accept")

    assert "contoso/mail: its subscription is suspended, and no manifest can ask for that." in answer.text
    assert "reconciler plan --target contoso/mail" in answer.text
    assert "say so already" not in answer.text
    assert "reconciler accept" not in reconciler("drift").text


def test_what_is_asked_for_and_not_carried_out_yet_stays_where_drift_is_accepted(
    estate: Estate, reconciler: Program
) -> None:
    estate.customer("contoso", office=(OFFICE, "E1", 25), frontline=(FRONTLINE, "F1", 10), mail=(MAIL, "Exchange", 40))
    assert reconciler("apply", "--auto-approve").code == 0
    sandbox.nudge(estate.world_file)
    reconciler("set", "contoso/office", "--offer", "E3")

    reconciler("accept", "contoso/office", "contoso/mail")

    assert "E3" in contoso(estate)
    assert "quantity: 28" in contoso(estate)
    reconciler("set", "contoso/mail", "--quantity", "41")
    answer = reconciler("accept", "contoso/mail")
    assert "the manifests have all that was changed outside" in answer.out
    assert "reconciler set contoso/mail --from-live" in answer.err


def test_an_address_takes_what_is_live_though_nothing_drifted(estate: Estate, reconciler: Program) -> None:
    assert reconciler("set", "contoso/office", "contoso/frontline", "--from-live").code == 0
    assert reconciler("plan", "--detailed-exitcode").code == 0
    assert "offer: E1" in contoso(estate)


def test_an_entry_takes_nothing_of_another_ones_subscription(estate: Estate, reconciler: Program) -> None:
    assert reconciler("apply", "--auto-approve").code == 0
    names = {"office": (MAIL, "Exchange", 40), "mail": (OFFICE, "E3", 25), "frontline": (FRONTLINE, "F1", 12)}
    estate.customer("contoso", **names)
    before = contoso(estate)

    refused = reconciler("set", "contoso/office", "--from-live")
    accepted = reconciler("accept", "contoso/office")

    assert (refused.code, contoso(estate)) == (1, before)
    assert "reconciler plan --target contoso/office" in refused.text
    assert "state has another subscription under contoso/office" in accepted.text


def test_what_an_open_change_may_replace_is_not_taken_as_what_is_live(estate: Estate, reconciler: Program) -> None:
    estate.lose_answers()
    assert reconciler("apply", "--auto-approve", "--target", "contoso/office").code == 9
    before = contoso(estate)

    answer = reconciler("set", "contoso/office", "--from-live")

    assert (answer.code, contoso(estate)) == (1, before)
    assert "its outcome is not recorded" in answer.text

    several = reconciler("set", "contoso/office", "contoso/frontline", "--from-live")
    assert (several.code, "contoso/frontline" in several.out, "contoso/office" in several.out) == (0, True, False)
    assert "contoso/office: left as it is: a change of contoso/office was sent" in several.text
    assert "reconciler apply --settle" in answer.text
    assert reconciler("set", "contoso/frontline", "--from-live").code == 0


def test_a_permission_to_remove_seats_once_ends_at_the_quantity(reconciler: Program, estate: Estate) -> None:
    once = ("--fewer-seats", "once", "--until", "2098-12-31")
    assert reconciler("set", "contoso/mail", "--quantity", "-10", *once).code == 0
    assert "quantity: 30, fewer_seats: {to: 30, until: 2098-12-31}" in contoso(estate)
    assert reconciler("set", "contoso/mail", "--fewer-seats", "once_at_renewal").code == 0
    assert "fewer_seats: {to: 30, when: at_renewal}" in contoso(estate)
    assert reconciler("set", "contoso/mail", "--quantity", "20").code == 1
    assert reconciler("set", "contoso/mail", "--renew", "end", "--until", "2098-12-31").code == 64
    over = reconciler("set", "contoso/mail", "--quantity", "29", *once[:3], "2026-01-31")
    assert (over.code, "2026-01-31 is over" in over.text, "quantity: 30" in contoso(estate)) == (64, True, True)


def test_comments_that_go_with_what_held_them_are_named(reconciler: Program, estate: Estate) -> None:
    file = estate.root / "manifests" / "contoso.yaml"
    once = "fewer_seats: {to: 40,  # two less\n      until: 2098-12-31}, quantity: 40"
    file.write_text(contoso(estate).replace("quantity: 40", once))
    reconciler("set", "contoso/mail", "--quantity", "38", "--fewer-seats", "once")
    assert "fewer_seats: {to: 38,  # two less\n" in contoso(estate)
    rehearsed = reconciler("set", "contoso/mail", "--fewer-seats", "refuse", "--dry-run")
    answer = reconciler("set", "contoso/mail", "--fewer-seats", "refuse")
    gone = "These comments stood in what was replaced or removed, and are gone with it: manifests/contoso.yaml:5:"
    assert all(gone in " ".join(text.split()) for text in (rehearsed.err, answer.out))
    assert answer.out.endswith(": # two less\n")


def test_of_several_files_all_are_written_or_none(tmp_path: Path) -> None:
    first, second = (tmp_path / name for name in ("a.yaml", "b.yaml"))
    first.write_text("a: 1")
    second.write_text("b: 1")
    edits = [(first, b"a: 2", b"a: 1"), (second, b"b: 2", b"b: what was read")]

    with pytest.raises(InvalidInput):
        rewrite_all(edits)

    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a.yaml": "a: 1", "b.yaml": "b: 1"}
    rewrite_all([edits[0], (second, b"b: 2", b"b: 1")])
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a.yaml": "a: 2", "b.yaml": "b: 2"}
