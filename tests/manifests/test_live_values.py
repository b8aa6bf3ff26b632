"""A merge into a file of any layout: what is live is read back, and no other byte moves."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.manifests.drafting import Draft
from reconciler.manifests.editing import Edits, edited_file
from reconciler.manifests.estate import Estate, edited_estate, read_estate
from reconciler.manifests.files import Source
from reconciler.manifests.live_values import Merged, merged_values
from reconciler.manifests.writing import Entry
from reconciler.model.address import Address
from reconciler.model.offer import Offer
from reconciler.model.renewal import AtRenewal, NextTerm
from reconciler.model.subscription import Listing, Live
from reconciler.model.term import FewerSeats, Renew, Term
from reconciler.operations.import_files import imported
from reconciler.operations.import_values import EntryComparison, Imported, ImportMode
from tests.manifests.test_editing import files, loaded, lost
from tests.planning.cases import bound, committed, live, wants
from tests.thoroughness import examples

NOW = datetime(2026, 11, 29, tzinfo=UTC)
NEW = Entry(name="new", id="7a1c9f60-0d3e-4b5f-9c11-2f4d8e6ab001", offer="D: d", quantity=7, note="# its own name")


@settings(max_examples=examples(15))
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

    entries = loaded(text)
    wanted = {name: entry for name, entry in entries.items() if name not in removed}
    wanted["mail"] |= {"quantity": seats, "term": "annual"}
    assert loaded(after) == wanted | {"new": {"id": NEW.id, "offer": "D: d", "quantity": 7}}
    assert "\n" not in after.replace("\r\n", "") or "\r\n" not in text
    assert removed or not lost(text, after)


OFFERS = {name: f"{number}6b6b5f-613c-4e24-a17c-eba730d49c02" for number, name in enumerate("ABCD", 79)}
IDS = {name: f"{number}a1c9f60-0d3e-4b5f-9c11-2f4d8e6ab001" for number, name in enumerate(("office", "mail", "last"))}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Estate:
    """An estate with a catalogue, and no customer yet."""
    folder = tmp_path_factory.mktemp("estate")
    (folder / "offers.yaml").write_text("offers:\n" + "".join(f"  {name}: {id_}\n" for name, id_ in OFFERS.items()))
    return read_estate(folder, empty_allowed=True)


def declared_in(base: Estate, text: str) -> Estate:
    """The estate with this file of contoso's, whose entries have ids that are ids."""
    tenant = "0c39d6d5-c70d-4c55-bc02-f620844f3fd1"
    for name, id_ in IDS.items():
        text = text.replace(f'"{name}"', f'"{id_}"')
    return edited_estate(base, {"contoso.yaml": text.replace("tenant: x", f"tenant: {tenant}").encode()})


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
        EntryComparison(
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


def lines_by_entry(text: str) -> list[tuple[str, str]]:
    """Returns the lines, those with values with the key that they stand under: two entries may hold one."""
    tagged, under = [], ""
    for line in text.splitlines():
        under = line if line.partition("#")[0].rstrip().endswith(":") else under
        tagged.append((under if ":" in line else "", line))
    return tagged


@settings(max_examples=examples(10))
@given(
    text=files(lines=True),
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

    after = edited_estate(before, made.files)
    read = {desired.address.name: desired.quantity for desired in after.desired}
    wanted = {
        name: lives[name].quantity if overwrite or seen.get(name) else found.quantity
        for name, found in declared.items()
    }
    assert read == wanted | {"bought": 3}
    old, new = (lines_by_entry(estate.files["contoso.yaml"].decode()) for estate in (before, after))
    edited = [line for line in old if line not in new]
    assert len(edited) <= len(made.lines)
    kept = iter(new)  # what was bought may be declared in lines that others have too
    assert all(line in kept for line in old if line not in edited)
    assert all("quantity" in text for _, text in edited)
    again = {desired.address.name: desired for desired in after.desired}
    assert merge(after, {name: {**lives, "bought": bought}[name] for name in again}, remembered, mode).files == {}


YEAR = Offer(id="CFQ7TTC0LDPB:0001", name="Microsoft 365 Business Standard")
FEWER = NextTerm(offer_id=YEAR.id, quantity=20, term="annual", billing="monthly")
RENEWS, CHANGED = AtRenewal(outcome="renews"), AtRenewal(outcome="renews_changed", quantity=20, term="annual")


def of_a_year(next_term: NextTerm | None = None, **more: Any) -> Live:
    renewal = more.pop("renewal", CHANGED if next_term else RENEWS)
    commitment = committed(25, renewal, next_term=next_term, **more)
    return live(YEAR, seats=25, commitment=commitment)


@pytest.mark.parametrize(
    ("found", "renewal", "more", "merged"),
    [
        (of_a_year(FEWER), RENEWS, {}, Merged(edits={"quantity": 20, "fewer_seats": "at_renewal"})),
        (of_a_year(FEWER), CHANGED, {}, Merged(kept=("quantity", "fewer_seats"))),
        (of_a_year(), CHANGED, {"seats": 20, "fewer_seats": FewerSeats.AT_RENEWAL}, Merged(edits={"quantity": 25})),
        (of_a_year(), RENEWS, {"term": Term.TRIENNIAL}, Merged(kept=("term",))),
        (of_a_year(), RENEWS, {"term": Term.ANNUAL, "renew": Renew.END}, Merged(kept=("renew",))),
        (of_a_year(renewal=AtRenewal(outcome="ends")), RENEWS, {}, Merged(edits={"renew": "end"})),
        (of_a_year(renewal=AtRenewal(outcome="ends")), AtRenewal(outcome="ends"), {}, Merged()),
        (of_a_year(renewal=AtRenewal(outcome="lapses")), RENEWS, {}, Merged()),
        (of_a_year(replace(FEWER, quantity=30)), RENEWS, {"seats": 26}, None),
        (replace(of_a_year(), offer=replace(YEAR, name="x - Extended Service Term")), RENEWS, {"seats": 26}, None),
    ],
)
def test_what_is_scheduled_is_merged_as_the_destination_that_yields_it(
    found: Live, renewal: AtRenewal, more: dict[str, Any], merged: Merged | None
) -> None:
    """None: nothing is compared. What an entry does not manage is no difference."""
    desired = wants(offer=YEAR, seats=more.pop("seats", 25), **more)
    known = bound(offer=YEAR, seats=25, renewal=renewal, term="annual", billing="monthly", platform="new_commerce")
    outcome = merged_values(desired, found, known, {}, NOW, overwrite=False)
    assert outcome == merged or (merged is None and outcome.why_not)
