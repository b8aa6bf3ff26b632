"""A merge into a file of any layout: what is live is read back, and no other byte moves."""

from collections.abc import Mapping
from datetime import UTC, datetime
from difflib import SequenceMatcher

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler import manifests
from reconciler.manifests import Draft, Edits, Entry, Estate, edited_file
from reconciler.manifests.files import Source
from reconciler.model.address import Address
from reconciler.model.subscription import Listing, Live, Offer
from reconciler.operations.merging import Comparison, Imported, ImportMode, imported
from tests.manifests.test_editing import files
from tests.planning.cases import bound, live

NOW = datetime(2026, 11, 29, tzinfo=UTC)
NEW = Entry(name="new", id="7a1c9f60-0d3e-4b5f-9c11-2f4d8e6ab001", offer="D: d", quantity=7, note="# its own name")


@settings(max_examples=50)
@given(text=files(), removed=st.sets(st.sampled_from(["office", "last"])), seats=st.integers(100, 999))
def test_values_new_entries_and_removed_ones_are_read_back_and_no_other_line_differs(
    text: str, removed: set[str], seats: int
) -> None:
    edits = Edits(
        values={Address("contoso/mail"): {"quantity": seats, "term": "annual"}},
        added={"contoso": (NEW,)},
        removed=frozenset(Address(f"contoso/{name}") for name in removed),
    )
    source = Source(relative="contoso.yaml", shown="contoso.yaml", content=text.encode())

    after = edited_file(source, edits).decode()

    entries = yaml.safe_load(text)["subscriptions"]
    wanted = {name: entry for name, entry in entries.items() if name not in removed}
    wanted["mail"] |= {"quantity": seats, "term": "annual"}
    assert yaml.safe_load(after)["subscriptions"] == wanted | {"new": {"id": NEW.id, "offer": "D: d", "quantity": 7}}
    assert "\n" not in after.replace("\r\n", "") or "\r\n" not in text
    moves = SequenceMatcher(None, text.splitlines(), after.splitlines(), autojunk=False).get_opcodes()
    gone = [line for kind, *span, _, _ in moves if kind != "equal" for line in text.splitlines()[slice(*span)]]
    assert removed or (len(gone) == 1 and "quantity" in gone[0])


OFFERS = {name: f"{number}6b6b5f-613c-4e24-a17c-eba730d49c02" for number, name in enumerate("ABCD", 79)}
IDS = {name: f"{number}a1c9f60-0d3e-4b5f-9c11-2f4d8e6ab001" for number, name in enumerate(("office", "mail", "last"))}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Estate:
    """An estate with a catalogue, and no customer yet."""
    folder = tmp_path_factory.mktemp("estate")
    (folder / "offers.yaml").write_text("offers:\n" + "".join(f"  {name}: {id_}\n" for name, id_ in OFFERS.items()))
    return manifests.read(folder, empty_allowed=True)


def declared_in(base: Estate, text: str) -> Estate:
    """The estate with this file of contoso's, whose entries have ids that are ids."""
    tenant = "0c39d6d5-c70d-4c55-bc02-f620844f3fd1"
    for name, id_ in IDS.items():
        text = text.replace(f'"{name}"', f'"{id_}"')
    return manifests.edited_estate(base, {"contoso.yaml": text.replace("tenant: x", f"tenant: {tenant}").encode()})


def merge(estate: Estate, lives: Mapping[str, Live], seen: Mapping[str, int], mode: ImportMode) -> Imported:
    """Imports what is live; `seen` are the quantities that state remembers."""
    declared = {desired.address.name: desired for desired in estate.desired}
    customer = estate.customers[0]
    draft = Draft(
        customer=customer,
        display_name="",
        declared=declared,
        state=None,
        listing=Listing(lives=tuple(lives.values())),
        mpn_id=None,
    )
    comparisons = [
        Comparison(
            desired=desired,
            live=lives[name],
            bound=bound(lives[name].id, seats=seen[name], offer=desired.offer) if name in seen else None,
            why="",
            now=NOW,
            mode=mode,
        )
        for name, desired in declared.items()
    ]
    return imported(
        [draft],
        files={"contoso": "contoso.yaml"},
        known=estate,
        comparisons=comparisons,
        mode=mode,
        unread=(),
        leaving=(),
        rehearsal=None,
    )


@settings(max_examples=25)
@given(
    text=files(),
    seats=st.fixed_dictionaries({name: st.integers(1, 5) | st.none() for name in IDS}),
    seen=st.dictionaries(st.sampled_from(list(IDS)), st.booleans()),
    overwrite=st.booleans(),
)
def test_what_somebody_changed_is_edited_in_and_what_is_asked_for_is_kept_or_taken_back(
    base: Estate, text: str, seats: dict[str, int | None], seen: dict[str, bool], overwrite: bool
) -> None:
    """`seats` are live, those that are declared where they are None; `seen` says whether state knows the declared."""
    before = declared_in(base, text)
    declared = {desired.address.name: desired for desired in before.desired}
    lives = {
        name: live(Offer(id=found.offer.id, name="x"), seats=seats[name] or found.quantity, of=IDS[name])
        for name, found in declared.items()
    }
    remembered = {name: declared[name].quantity + (not known) * 1000 for name, known in seen.items()}
    bought = live(Offer(id=OFFERS["C"], name="C"), seats=3, of=NEW.id, friendly_name="Bought")
    mode = ImportMode(overwrite=overwrite)

    made = merge(before, {**lives, "bought": bought}, remembered, mode)

    after = manifests.edited_estate(before, made.files)
    read = {desired.address.name: desired.quantity for desired in after.desired}
    wanted = {
        name: lives[name].quantity if overwrite or seen.get(name) else found.quantity
        for name, found in declared.items()
    }
    assert read == wanted | {"bought": 3}
    old, new = (estate.files["contoso.yaml"].decode().splitlines() for estate in (before, after))
    kept = [line for line in new if line in old]
    edited = [line for line in old if line not in new]
    assert len(edited) <= len(made.lines)
    assert [line for line in old if line not in edited] == kept[: len(old) - len(edited)]
    assert all("quantity" in line for line in edited)
    again = {desired.address.name: desired for desired in after.desired}
    assert merge(after, {name: {**lives, "bought": bought}[name] for name in again}, remembered, mode).files == {}
