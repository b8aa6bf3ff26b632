"""`import`: what exists becomes manifests of which a plan is empty."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.model.customer import Customer
from reconciler.model.state import CustomerState
from reconciler.sandbox import ALWAYS, Fault, FaultKind, Sold, Tenant, World
from reconciler.sandbox.catalogue import E1
from reconciler.state import LocalStore
from tests.cli.estates import FRONTLINE, MAIL, OFFICE, Answer, Estate

Program = Callable[..., Answer]


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def world(here: Path) -> Path:
    """A working directory with nothing in it: the sandbox is on its first day."""
    return here


def test_a_plan_of_the_whole_imported_partner_is_empty(world: Path, reconciler: Program) -> None:
    imported = reconciler("--cloud", "sandbox", "import", "--all", "--into", "manifests")
    planned = reconciler("plan", "--cloud", "sandbox", "--detailed-exitcode")

    assert (imported.code, planned.code) == (0, 0)
    assert "reconciler plan --cloud sandbox" in imported.out
    assert "Nothing to do: 70 subscriptions are as the manifests ask." in planned.text
    assert len(list((world / "manifests").glob("*.yaml"))) == 14
    assert "In the extended service term: coho-winery/shop, woodgrove-bank/vault." in imported.err
    woodgrove = (world / "manifests" / "woodgrove-bank.yaml").read_text()
    assert all(line in woodgrove for line in ("renew: end", "fewer_seats: at_renewal", "term: triennial", "a trial"))


@pytest.mark.parametrize("more", [(), ("--overwrite", "--update-ids"), ("--new-only",)])
def test_importing_again_writes_the_same_bytes_and_says_nothing(
    world: Path, reconciler: Program, more: tuple[str, ...]
) -> None:
    reconciler("--cloud", "sandbox", "import", "--all")
    before = files(world / "manifests")

    again = reconciler("--cloud", "sandbox", "import", "--all", *more)

    assert (again.code, again.err) == (0, "")
    assert files(world / "manifests") == before


def test_what_the_extended_term_made_of_an_entry_is_written_with_what_that_means(
    world: Path, reconciler: Program
) -> None:
    reconciler("--cloud", "sandbox", "import", "--all")
    shop = world / "manifests" / "coho-winery.yaml"
    said = shop.read_text()
    shop.write_text(said.replace(" - Extended Service Term", ""))
    assert "which is not read as another offer" in reconciler("--cloud", "sandbox", "import", "--all").text

    for command in (("import", "--all", "--overwrite"), ("set", "coho-winery/shop", "--from-live")):
        shop.write_text(said.replace("Basic - Extended Service Term", "Basic"))
        answer = reconciler("--cloud", "sandbox", *command)
        assert "In the extended service term: coho-winery/shop. The term ended without a renewal" in answer.err


def test_one_customer_after_the_other_comes_to_the_same_names(world: Path, reconciler: Program) -> None:
    reconciler("--cloud", "sandbox", "import", "--all", "--into", "all")
    for customer in sandbox_tenants(world):
        assert reconciler("--cloud", "sandbox", "import", "--customer", customer, "--into", "one").code == 0

    assert sorted(path.name for path in (world / "one").glob("*.yaml")) == sorted(
        path.name for path in (world / "all").glob("*.yaml")
    )


def sandbox_tenants(world: Path) -> list[str]:
    found = World.load(world / ".reconciler" / "sandbox.json").customers
    return sorted(item.tenant for item in found if item.relationship != "none")


def test_what_a_manifest_asks_for_is_kept_and_what_nothing_declares_is_added(
    estate: Estate, reconciler: Program
) -> None:
    contoso = estate.root / "manifests" / "contoso.yaml"
    head = contoso.read_text().rpartition("  mail:")[0]
    contoso.write_text(f"{head}  # no more\n")

    answer = reconciler("import", "--all")

    assert (answer.code, "Added to manifests/contoso.yaml: contoso/mail" in answer.text) == (0, True)
    before, _, new = contoso.read_text().partition("  mail:\n")
    assert before == head
    assert new.startswith(f"    id: {MAIL}  # Mail")
    assert new.endswith("    offer: Exchange\n    quantity: 40\n  # no more\n")
    assert "kiosks" in (estate.root / "manifests" / "fabrikam.yaml").read_text()
    assert "2 changes can go ahead" in reconciler("plan").text
    after = files(estate.root / "manifests")
    assert reconciler("import", "--all").code == 0
    assert files(estate.root / "manifests") == after


@pytest.mark.parametrize("overwrite", [False, True])
def test_what_a_manifest_asks_for_and_is_not_so_is_named_with_both_values_and_taken_back_only_where_asked(
    estate: Estate, reconciler: Program, overwrite: bool
) -> None:
    gone = "30000000-0000-4000-8000-00000000dead"
    estate.customer(
        "contoso",
        office=(OFFICE, "E3", 25),
        frontline=(FRONTLINE, "F1", 12),
        mail=(MAIL, "Exchange", 40),
        gone=(gone, "F1", 9),
    )
    before = (estate.root / "manifests" / "contoso.yaml").read_text() + "    # of the last\n"
    (estate.root / "manifests" / "contoso.yaml").write_text(before)

    answer = reconciler("import", "--all", *(["--overwrite"] if overwrite else []))

    assert ("That was taken back:" if overwrite else "It was kept; --overwrite takes it back:") in answer.text
    told = re.sub(r":\d+\b", "", " ".join((answer.out if overwrite else answer.err).split()))
    assert "contoso/frontline manifests/contoso.yaml quantity: 12 -> 10" in told
    assert "contoso/office manifests/contoso.yaml offer: E3 -> E1" in told
    assert ("Removed: contoso/gone" if overwrite else "contoso/gone manifests/contoso.yaml it is not live") in told
    assert "contoso/mail" not in told
    assert ("and are gone with it: manifests/contoso.yaml: # of the last" in told) is overwrite
    edited = before.replace("E3", "E1").replace("quantity: 12", "quantity: 10").partition("  gone:")[0]
    assert (estate.root / "manifests" / "contoso.yaml").read_text() == (edited if overwrite else before)
    assert reconciler("plan", "--detailed-exitcode").code == (0 if overwrite else 3)


def test_what_somebody_changed_at_the_service_since_the_last_apply_is_edited_in(
    estate: Estate, reconciler: Program
) -> None:
    estate.customer("contoso", office=(OFFICE, "E1", 25), frontline=(FRONTLINE, "F1", 10), mail=(MAIL, "Exchange", 40))
    reconciler("apply", "--auto-approve")
    estate.customer("contoso", office=(OFFICE, "E1", 25), frontline=(FRONTLINE, "F1", 12), mail=(MAIL, "Exchange", 40))
    with estate.changed() as world:
        world.customers[0].subscriptions[0].quantity = 28
        world.customers[0].subscriptions[1].quantity = 11

    answer = reconciler("import", "--all")

    contoso = (estate.root / "manifests" / "contoso.yaml").read_text()
    assert ("quantity: 25 -> 28" in answer.out, "offer: E1, quantity: 28" in contoso) == (True, True)
    assert "quantity: 12 -> 11" in answer.err
    assert "quantity: 12" in contoso


def test_only_new_ones_are_added_where_that_was_asked(estate: Estate, reconciler: Program) -> None:
    before = (estate.root / "manifests" / "contoso.yaml").read_bytes()

    answer = reconciler("import", "--all", "--new-only")

    assert (answer.code, "contoso/office" in answer.text) == (0, False)
    assert (estate.root / "manifests" / "contoso.yaml").read_bytes() == before
    assert "kiosks" in (estate.root / "manifests" / "fabrikam.yaml").read_text()


def test_an_entry_whose_change_is_not_final_is_left_as_it_is(estate: Estate, reconciler: Program) -> None:
    estate.lose_answers()
    reconciler("apply", "--auto-approve", "--target", "contoso/office")

    answer = reconciler("import", "--all", "--overwrite")

    assert "contoso/office: a change of it was sent and is not final" in answer.text
    assert "reconciler apply --settle" in answer.text
    assert "offer: E3, quantity: 25" in (estate.root / "manifests" / "contoso.yaml").read_text()


def test_what_was_bought_and_does_not_show_yet_keeps_its_entry(estate: Estate, reconciler: Program) -> None:
    estate.behave(visible_after=3600)
    reconciler("apply", "--auto-approve", "--target", "contoso/office")

    answer = reconciler("import", "--all", "--overwrite")

    assert "contoso/office: it was bought and does not show yet" in answer.text
    assert "1 waiting" in reconciler("plan", "--target", "contoso/office").text


@pytest.mark.parametrize("update_ids", [False, True])
def test_an_upgraded_subscription_is_known_under_its_name_its_new_name_and_any_id(
    estate: Estate, reconciler: Program, update_ids: bool
) -> None:
    reconciler("apply", "--auto-approve")
    contoso = estate.root / "manifests" / "contoso.yaml"
    renamed = contoso.read_text().replace("  office:", "  seats:") + "moved: {office: seats}\n"
    contoso.write_bytes(renamed.replace("\n", "\r\n").encode())

    answer = reconciler("import", "--all", *(["--update-ids"] if update_ids else []))

    assert answer.code == 0
    after = contoso.read_bytes().decode()
    assert after.replace("\r\n", "") == after.replace("\n", "").replace("\r", "")
    assert (OFFICE in after) is not update_ids
    assert after.count("id:") == 3
    assert "Nothing to change" in reconciler("plan").text


@pytest.mark.parametrize("removed", ["contoso", "contoso/mail"])
def test_what_the_estate_removes_is_not_declared_again(estate: Estate, reconciler: Program, removed: str) -> None:
    estate.block()
    reconciler("apply", "--auto-approve")
    contoso = estate.root / "manifests" / "contoso.yaml"
    if removed == "contoso":
        contoso.unlink()
    else:
        estate.customer("contoso", office=(OFFICE, "E3", 25), frontline=(FRONTLINE, "F1", 12))
    (estate.root / "manifests" / "moves.yaml").write_text(f"removed: [{removed}]\n")
    before = files(estate.root / "manifests")

    answer = reconciler("import", "--all")

    assert ("moves.yaml removes them: contoso" if removed == "contoso" else "the manifest removes it") in answer.text
    written = {name: content for name, content in files(estate.root / "manifests").items() if ".schema" not in name}
    assert (answer.code, written) == (0, before)
    assert reconciler("plan").code == 3


def test_customers_of_one_file_are_edited_there(estate: Estate, reconciler: Program) -> None:
    estate.block()
    folder = estate.root / "manifests"
    both = "---\n".join((folder / f"{name}.yaml").read_text() for name in ("contoso", "fabrikam"))
    (folder / "contoso.yaml").write_text(both)
    (folder / "fabrikam.yaml").unlink()

    assert reconciler("import", "--all", "--overwrite").code == 0
    assert (folder / "contoso.yaml").read_text() == (
        both.replace("E3", "E1").replace("12}", "10}").replace(" 5}", " 8}")
    )
    assert reconciler("plan", "--detailed-exitcode").code == 0


def test_a_value_that_another_entry_takes_over_is_named_and_the_others_are_edited(
    estate: Estate, reconciler: Program
) -> None:
    contoso = estate.root / "manifests" / "contoso.yaml"
    contoso.write_text(contoso.read_text().replace("40}", "*seats }").replace("quantity: 25", "quantity: &seats 40"))

    answer = reconciler("import", "--all", "--overwrite")

    assert answer.code == 1
    assert "Not edited: manifests/contoso.yaml" in answer.text
    assert "quantity: 10}" in contoso.read_text()
    assert "contoso/office can't be edited alone: contoso/mail would change too" in " ".join(answer.text.split())
    assert "contoso/office  " not in answer.out


def test_names_made_to_break_out_stay_inside(here: Path, reconciler: Program) -> None:
    sold = Sold(id="10000000-0000-4000-8000-000000000000", offer=E1, quantity=1, name="x\nsubscriptions: {}\n# \u202e")
    names = ["../../escaped", "Offers", "reconciler", "Contoso", "contoso", "a: b # c\n---\nd: e"]
    tenants = [
        Tenant(name=f"t{at}", display_name=name, subscriptions=[replace(sold, id=f"{at}{sold.id[1:]}")])
        for at, name in enumerate(names)
    ]
    World(customers=tenants).save(here / ".reconciler" / "sandbox.json")

    assert reconciler("--cloud", "sandbox", "import", "--all", "--into", "estate").code == 0

    written = sorted(path.name for path in (here / "estate").glob("*.yaml"))
    assert written == sorted(
        f"{name}.yaml"
        for name in ("a-b-c-d-e", "contoso", "contoso-2", "escaped", "offers", "offers-2", "reconciler-2")
    )
    assert reconciler("validate", "-m", "estate").code == 0


def test_no_file_is_called_as_a_device_of_windows_whoever_chose_the_customers_name(
    here: Path, reconciler: Program
) -> None:
    """Git there would check out nothing of a repository with such a file."""
    sold = Sold(id="10000000-0000-4000-8000-000000000000", offer=E1, quantity=1)
    names = ["CON", "Con-2", "nul.", "Com\u00b2", "lpt9", "Console", "aux"]
    tenants = [
        Tenant(name=f"t{at}", display_name=name, subscriptions=[replace(sold, id=f"{at}{sold.id[1:]}")])
        for at, name in enumerate(names)
    ]
    World(customers=tenants).save(here / ".reconciler" / "sandbox.json")
    known = CustomerState(lineage="x", serial=1, customer=Customer(name="aux", tenant=tenants[6].tenant))
    LocalStore(here / "state").write(known, None)

    assert reconciler("--cloud", "sandbox", "import", "--all", "--into", "estate", "--state", "state").code == 0

    stems = sorted(path.stem for path in (here / "estate").glob("*.yaml"))
    assert not {"con", "nul", "com2", "lpt9", "aux"} & set(stems)
    assert [stems.count(name) for name in ("aux-2", "console", "com2-2", "lpt9-2", "nul-2")] == [1] * 5
    assert "name: aux\n" in (here / "estate" / "aux-2.yaml").read_text()
    assert reconciler("validate", "-m", "estate").code == 0


def test_a_customer_that_can_not_be_read_hides_no_other(estate: Estate, reconciler: Program) -> None:
    tenant = Tenant(name="contoso").tenant
    estate.arm(Fault(kind=FaultKind.HTML_BODY, times=ALWAYS, method="GET", path=f"/customers/{tenant}/subscriptions"))

    answer = reconciler("import", "--all", "--into", "other", "--parallelism", "1")

    assert answer.code == 1
    assert "Not imported: " in answer.err
    assert sorted(path.name for path in (estate.root / "other").glob("*.yaml")) == ["fabrikam.yaml", "offers.yaml"]


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("arguments", [(), ("--all", "--customer", "x"), ("--customer", "contoso")])
def test_what_to_import_must_be_said(reconciler: Program, arguments: tuple[str, ...]) -> None:
    assert reconciler("import", *arguments).code == 64


def test_a_customer_who_has_nothing_is_taken_in_too_and_named_no_more(estate: Estate, reconciler: Program) -> None:
    with estate.changed() as world:
        world.customers.append(Tenant(name="nobody"))
    assert "nobody" in reconciler("plan").text

    reconciler("import", "--all", "--new-only")

    assert "subscriptions: {}\n" in (estate.root / "manifests" / "nobody.yaml").read_text()
    assert "nobody" not in reconciler("plan").text


def test_a_customer_who_left_is_named_by_whatever_looks_at_the_whole_estate(
    estate: Estate, reconciler: Program
) -> None:
    reconciler("apply", "--auto-approve")
    with estate.changed() as world:
        del world.customers[0]

    for command in (["accept"], ["import", "--all"], ["snapshot", "s.json"]):
        answer = reconciler(*command)
        assert (answer.code, "contoso (" in answer.err or "contoso." in answer.err) == (1, True)
        assert "reconciler drift" in answer.err
    assert "It may have left" in reconciler("renewals").text


def test_what_state_remembers_keeps_its_names_in_another_folder_too(estate: Estate, reconciler: Program) -> None:
    reconciler("apply", "--auto-approve")

    assert reconciler("import", "--all", "--into", "other").code == 0

    assert "  office:\n" in (estate.root / "other" / "contoso.yaml").read_text()
    assert "Nothing to do" in reconciler("plan", "-m", "other", "--cloud", "sandbox", "--state", "state").text
