"""A wrong id behind a name of `offers.yaml`, from the plan to what is remembered: every output names what is bought."""

import json
from collections.abc import Callable

import pytest

from reconciler.sandbox.catalogue import E1, E3, E5, EXCHANGE_1, F1, M365_E3
from tests.cli.estates import FRONTLINE, KIOSKS, MAIL, OFFICE, Answer, Estate
from tests.cli.repositories import repository

Program = Callable[..., Answer]

OURS, THEIRS = "Office 365 Enterprise E3", "Microsoft 365 E3"
_NAMES = {
    "Office 365 Enterprise E1": E1,
    OURS: E3,
    "Office 365 F1": F1,
    "Exchange Online (Plan 1)": EXCHANGE_1,
}


def _catalogue(estate: Estate, **changed: str) -> None:
    names = {**_NAMES, **changed}
    lines = "".join(f"  {name}: {value}\n" for name, value in names.items())
    (estate.root / "manifests" / "offers.yaml").write_text(f"offers:\n{lines}")


def _wants(estate: Estate, office: str, seats: int = 25) -> None:
    mail = (MAIL, '"Exchange Online (Plan 1)"', 40)
    estate.customer("contoso", office=(OFFICE, office, seats), frontline=(FRONTLINE, "Office 365 F1", 10), mail=mail)


@pytest.fixture
def wrong(estate: Estate) -> Estate:
    """Offers by the service's names; the id behind the wanted one is another offer's."""
    _catalogue(estate, **{OURS: M365_E3})
    _wants(estate, OURS)
    return estate


def test_from_plan_to_state_everything_names_what_is_bought(wrong: Estate, reconciler: Program) -> None:
    planned = reconciler("plan", "--out", "plan.json")
    shown = reconciler("show", "plan.json")
    applied = reconciler("apply", "plan.json")
    remembered = reconciler("show")
    history = reconciler("state", "show", "contoso/office")

    assert planned.code == applied.code == 0
    assert f'The service calls it "{THEIRS}" ({M365_E3.lower()}).' in planned.text
    assert "manifests/offers.yaml:3:3" in planned.out
    assert planned.text.index("READ THIS FIRST") < planned.text.index("contoso/office")
    for answer in (planned, shown, applied):
        assert f"Office 365 Enterprise E1 -> {THEIRS} (in offers.yaml: {OURS})" in answer.text
    assert wrong.bought == [M365_E3]
    assert THEIRS in remembered.out
    assert OURS not in remembered.out
    assert f"Office 365 Enterprise E1 -> {THEIRS}" in history.text


def test_a_plan_from_a_snapshot_knows_the_services_names(wrong: Estate, reconciler: Program) -> None:
    assert reconciler("snapshot", "snapshot.json").code == 0
    planned = reconciler("plan", "--snapshot", "snapshot.json", "--format", "json")
    (change,) = json.loads(planned.out)["changes"]

    assert wrong.bought == []
    assert change["after"]["offer_name"] == THEIRS
    assert [item["code"] for item in change["warnings"]] == ["offer_named_otherwise"]


def test_strict_names_block_it_in_plan_and_apply(wrong: Estate, reconciler: Program) -> None:
    wrong.settings("names: strict\n")

    assert reconciler("plan").code == 3
    applied = reconciler("apply", "--auto-approve", "--blocked", "fail")

    assert applied.code == 3
    assert "offer_named_otherwise" in applied.text
    assert wrong.bought == []


def test_an_offer_that_is_renamed_between_plan_and_apply_is_not_bought(estate: Estate, reconciler: Program) -> None:
    _catalogue(estate)
    _wants(estate, OURS)
    assert reconciler("plan", "--out", "plan.json").code == 0
    estate.behave(offer_names={E3: "Office 365 E3 (no Teams)"})

    applied = reconciler("apply", "plan.json")

    assert applied.code == 6
    assert f'The plan calls the offer "{OURS}"' in applied.text
    assert estate.bought == []


def test_a_name_that_means_another_offer_is_told_first_with_what_it_moves(estate: Estate, reconciler: Program) -> None:
    _catalogue(estate)
    _wants(estate, "Office 365 Enterprise E1")
    made = repository(estate.root)
    _catalogue(estate, **{"Office 365 Enterprise E1": E3})
    made.commit()

    text = reconciler("plan", "--changed-since", "main")
    github = reconciler("plan", "--changed-since", "main", "--format", "github")

    assert text.out.startswith("READ THIS FIRST: names of offers.yaml mean other offers than before")
    assert f"It meant Office 365 Enterprise E1 ({E1.lower()}), and means {OURS} ({E3.lower()}) now." in text.text
    assert "That upgrades 1 subscription with 25 seats, contoso/office." in text.text
    assert f"Office 365 Enterprise E1 -> {OURS} (in offers.yaml: Office 365 Enterprise E1)" in text.text
    first = next(line for line in github.out.splitlines() if line.startswith("::warning"))
    assert first.startswith("::warning file=manifests/offers.yaml,line=2,")
    assert "[offer_redefined]" in first


def test_a_reverted_upgrade_names_its_run_and_what_to_write(wrong: Estate, reconciler: Program) -> None:
    assert reconciler("apply", "--auto-approve").code == 0
    (result,) = (read.state.results[-1] for read in [wrong.store.read("contoso")] if read)
    _catalogue(wrong)
    _wants(wrong, "Office 365 Enterprise E1")

    planned = reconciler("plan")

    assert planned.code == 3
    assert f"run {result.run.id}" in planned.text
    assert "An upgrade can't be undone. [upgrade_cannot_be_undone]" in planned.text
    assert f"offer: {M365_E3.lower()}" in planned.text
    assert "Microsoft 365 E5" not in planned.text


def test_check_tells_every_difference_and_which_offer_has_our_name(wrong: Estate, reconciler: Program) -> None:
    _catalogue(
        wrong,
        **{
            OURS: M365_E3,
            "Gone": "11111111-2222-4333-8444-555555555555",
            "Desk": f"{{id: {E5}, alias: true}}",
            "Workers": f"{{id: {E5}, service_name: Office 365 Enterprise E5}}",
            "New": "CFQ7TTC0LDPB:0001:CFQ7TTC0SBX4",
        },
    )
    text = reconciler("offers", "--check")
    document = json.loads(reconciler("offers", "--check", "--format", "json").out)

    assert text.code == 2
    assert [(item["name"], item["code"]) for item in document["differences"]] == [
        ("Gone", "offer_not_listed"),
        (OURS, "offer_named_otherwise"),
    ]
    assert document["incomparable"] == ["New"]
    assert f"The service has that name for {E3.lower()}." in text.text
    assert "manifests/offers.yaml:3:3" in text.text


def test_check_of_a_catalogue_by_the_services_names_finds_nothing(estate: Estate, reconciler: Program) -> None:
    _catalogue(estate)

    answer = reconciler("offers", "--check")

    assert (answer.code, answer.text) == (0, "4 names compared with the catalogue of US: 0 differences.")
    assert reconciler("offers", "e3", "--check").code == 64


def test_import_keeps_the_catalogues_name_and_says_what_the_service_calls_it(
    wrong: Estate, reconciler: Program
) -> None:
    assert reconciler("apply", "--auto-approve").code == 0

    answer = reconciler("import", "--all", "--overwrite")

    written = (wrong.root / "manifests" / "contoso.yaml").read_text()
    assert f'"{OURS}"; the service calls it "{THEIRS}"' in answer.text
    assert f"offer: {OURS}" in written
    assert THEIRS not in written


def test_the_display_name_stands_beside_a_move_in_plan_and_apply_and_beside_what_is_tracked_and_forgotten(
    estate: Estate, reconciler: Program
) -> None:
    file = estate.root / "manifests" / "contoso.yaml"
    file.write_text(file.read_text().replace("tenant:", "display_name: Contoso Ltd, tenant:", 1))
    assert reconciler("apply", "--auto-approve").code == 0
    file.write_text(file.read_text().replace("  mail:", "  post:") + "moved:\n  mail: post\n")

    assert "> contoso/mail -> contoso/post (Contoso Ltd)" in reconciler("plan").text
    assert "contoso/mail (Contoso Ltd): is contoso/post now" in reconciler("apply", "--auto-approve").text
    assert "Contoso Ltd" in reconciler("state", "list").text
    estate.customer("contoso", frontline=(FRONTLINE, "F1", 12))
    assert "To be forgotten: contoso/post (Contoso Ltd)" in reconciler("forget", "contoso/po*", "--auto-approve").text


def test_the_display_name_stands_beside_a_customer_that_is_renamed_or_removed_and_beside_the_job_run_again(
    estate: Estate, reconciler: Program
) -> None:
    file, moves = estate.root / "manifests" / "contoso.yaml", estate.root / "manifests" / "moves.yaml"
    file.write_text(file.read_text().replace("tenant:", "display_name: Contoso Ltd, tenant:", 1))
    estate.customer("fabrikam", kiosks=(KIOSKS, "F1", 8))
    assert reconciler("apply", "--auto-approve").code == 0

    file.write_text(file.read_text().replace("name: contoso,", "name: northwind,"))
    moves.write_text("moved: {contoso: northwind}\n")
    assert "> contoso -> northwind (Contoso Ltd)" in reconciler("plan", "--out", "plan.json").text
    assert "contoso (Contoso Ltd): is northwind now" in reconciler("apply", "--approved", "plan.json").text
    assert "contoso (Contoso Ltd): done already." in reconciler("apply", "--approved", "plan.json").text

    file.unlink()
    moves.write_text("removed: [northwind]\n")
    assert "> northwind/mail (Contoso Ltd)" in reconciler("plan", "--out", "plan.json").text
    assert "northwind/mail (Contoso Ltd): is not tracked" in reconciler("apply", "--approved", "plan.json").text
    assert "northwind (Contoso Ltd): done already." in reconciler("apply", "--approved", "plan.json").text
