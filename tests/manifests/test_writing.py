"""Manifests written from what the service says: harmless, unique, the same every time."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.manifests.details import Details
from reconciler.manifests.drafting import Draft
from reconciler.manifests.estate import Estate, read_estate
from reconciler.manifests.naming import customer_name, is_poor, offer_names, slug
from reconciler.manifests.writing import Entry, LeftOut, Sheet, customer_text, offers_text
from reconciler.model.address import canonical
from reconciler.model.customer import Customer
from reconciler.model.desired import Desired
from reconciler.model.moves import Moves
from reconciler.model.offer import Offer
from reconciler.model.renewal import AtRenewal, NextTerm
from reconciler.model.settings import Defaults
from reconciler.model.state import CustomerState
from reconciler.model.subscription import Listing, Live, UnreadableItem
from reconciler.model.term import Commitment, FewerSeats
from tests.planning.cases import CONTOSO, E1, E3, LINEAGE, OFFICE, OTHER, bound, live, wants

HOSTILE = [
    "a\nsubscriptions: {}",
    "x: y",
    "a # b",
    "# a",
    "- a",
    "no",
    "1_0",
    "12:30",
    "2024-01-31",
    "~",
    "null",
    "{a: b}",
    "&a *b",
    "<<",
    "!!python/object a",
    "'a",
    '"a\\',
    "\u202eevil\u2066",
    "\x1b[31m",
    "\x00\x07\x85",
    "\u2028\u2029",
    "trailing ",
    " leading",
    "%TAG ! x",
    "---",
    "翼尖玩具",
    "😀 \U000e0041",
    "a" * 3000,
]
NAMED = Offer(id=canonical(E3.id), name="Office 365 Enterprise E3")


def sheet(note: str = "", display_name: str = "", **more: Any) -> Sheet:
    entry = Entry(name="office", id=OFFICE, offer="E3", quantity=25, note=note)
    given = Sheet(
        customer=CONTOSO,
        display_name=display_name,
        entries=(entry,),
        schema=".schema/customer.json",
    )
    return replace(given, **more)


def reread(root: Path, text: str, offers: str = f"offers: {{E3: {E3.id}}}\n") -> Estate:
    (root / "contoso.yaml").write_text(text, "utf-8")
    (root / "offers.yaml").write_text(offers, "utf-8")
    return read_estate(root)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_the_service_calls_a_thing_stays_in_its_comment(tmp_path: Path, text: str) -> None:
    left = LeftOut(what=text, why=text)

    written = customer_text(sheet(note=text, left_out=(left,)))

    (part,) = reread(tmp_path, written).desired
    assert (part.address, part.subscription_id, part.quantity) == ("contoso/office", OFFICE, 25)
    assert len(written.splitlines()) == written.count("\n")
    assert all(sign.isprintable() or sign == "\n" for sign in written)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_customer_s_name_for_people_reads_back_as_it_was(text: str) -> None:
    written = customer_text(sheet(display_name=text))

    assert yaml.safe_load(written)["customer"]["display_name"] == text
    assert all(sign.isprintable() or sign == "\n" for sign in written)


@pytest.mark.parametrize("text", HOSTILE)
def test_an_offer_s_name_is_written_alike_in_manifest_and_catalogue(tmp_path: Path, text: str) -> None:
    offer = Offer(id=canonical(E3.id), name=text)
    names = offer_names({}, [offer])
    named = {name: offer_id for offer_id, name in names.items() if name != offer_id}
    catalogue = offers_text(named, "", ".schema/offers.json")
    entry = Entry(name="office", id=OFFICE, offer=names[offer.id], quantity=25)

    written = customer_text(sheet(entries=(entry,)))

    assert reread(tmp_path, written, catalogue).desired[0].offer.id == offer.id


def test_two_offers_of_one_name_get_two_and_the_known_one_keeps_its() -> None:
    first, second = (Offer(id=f"{number}0000000-0000-4000-8000-000000000000", name="E3") for number in (1, 2))

    assert offer_names({"E3": second}, [first, second]) == {second.id: "E3", first.id: "E3 (10000000)"}
    assert offer_names({}, [second, first]) == {first.id: "E3", second.id: "E3 (20000000)"}


def test_an_offer_without_a_name_that_can_be_written_goes_by_its_id() -> None:
    offers = [Offer(id="MS-AZR-0145P", name=""), Offer(id=NAMED.id, name="MS-AZR-0017P")]

    assert set(offer_names({}, offers).items()) == {("MS-AZR-0145P", "MS-AZR-0145P"), (NAMED.id, NAMED.id)}


def test_new_offers_follow_what_the_catalogue_has() -> None:
    before = f"# ours\noffers:\n    E3: {E3.id}   # the big one"

    after = offers_text({"E3": NAMED.id, "yes": canonical(E1.id)}, before, "")

    assert after == f'{before}\n    "yes": {canonical(E1.id)}'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"offers: {{E3: {E3.id}}}  # all\n", f"offers: {{E3: {E3.id}, E1: {E1.id.lower()}}}  # all\n"),
        (f"offers: &x\r\n  E3: {E3.id}\r\nx-more: 1\r\n", f"  E3: {E3.id}\r\n  E1: {E1.id.lower()}\r\nx-more: 1\r\n"),
        ("# none yet\noffers: {} # so far\n", f"# none yet\noffers: # so far\n  E1: {E1.id.lower()}\n"),
        ("offers:\n", f"offers:\n  E1: {E1.id.lower()}\n"),
    ],
)
def test_a_catalogue_takes_offers_in_the_way_it_is_written(before: str, after: str) -> None:
    assert offers_text({"E1": canonical(E1.id)}, before, "").endswith(after)


@pytest.mark.parametrize(
    ("texts", "name"),
    [
        (("Contoso Ltd",), "contoso-ltd"),
        (("Zentrale München",), "zentrale-munchen"),
        (("../../etc/passwd",), "etc-passwd"),
        (("Weiß & Łódź på Ærø",), "weiss-lodz-pa-aero"),
        (("Ελλάς", "x"), "ellas"),
        (("Москва",), "moskva"),
        (("翼尖玩具",), "yijianwanju"),
        (("!!!", "\U0001f600", "Next"), "next"),
        (("\u202e\x00",), ""),
        (("a" * 500,), "a" * 60),
    ],
)
def test_a_name_is_made_of_what_latin_letters_say(texts: tuple[str, ...], name: str) -> None:
    assert slug(*texts) == name


def draft(*lives: Live, state: CustomerState | None = None, **declared: Desired) -> Draft:
    return Draft(
        customer=CONTOSO,
        display_name="",
        declared=declared,
        state=state,
        listing=Listing(lives=lives),
        mpn_id="1",
    )


def declared_by(found: Draft) -> dict[str, str]:
    made = found.sheet({E1.id: "E1", E3.id: "E3"}, "")
    return {entry.name: entry.id for entry in made.entries}


@pytest.mark.parametrize(
    ("names", "name"),
    [
        (("Contoso Ltd", "contoso.onmicrosoft.com"), "contoso-ltd"),
        (("???", "northwind.onmicrosoft.com"), "northwind"),
        (("", ""), "customer-0c39d6d5"),
    ],
)
def test_a_customer_is_named_by_itself_or_by_its_domain(names: tuple[str, str], name: str) -> None:
    assert customer_name(*names, "0c39d6d5-c70d-4c55-bc02-f620844f3fd1") == name


@pytest.mark.parametrize(
    ("own", "offer", "name"),
    [
        ("Head office", "Office 365 Enterprise E3", "head-office"),
        ("office 365  Enterprise E3", "Office 365 Enterprise E3", "office-365"),
        ("Office 365 Enterprise E1", "Office 365 Enterprise E3", "office-365"),
        ("", "Microsoft 365 Business Premium (NCE)", "microsoft-365-business"),
        ("", "Exchange Online Plan 1", "exchange-online"),
        ("", "Enterprise", "enterprise"),
        ("", "", "subscription-aaaaaaaa"),
        ("Con", "", "con-2"),
    ],
)
def test_a_subscription_is_named_so_that_an_upgrade_leaves_the_name_true(own: str, offer: str, name: str) -> None:
    found = draft(live(Offer(id=E1.id, name=offer), friendly_name=own))
    assert [new for new, _ in replace(found, offers=frozenset({"Office 365 Enterprise E1"})).new] == [name]


@pytest.mark.parametrize(
    ("name", "poor"),
    [
        ("office", False),
        ("office-2", True),
        ("floor-2", False),
        ("con-2", True),
        ("lpt1-2", True),
        ("offers-2", True),
        ("subscription-0c39d6d5", True),
    ],
)
def test_a_name_that_says_nothing_is_poor(name: str, poor: bool) -> None:
    assert is_poor(name, {"office"}) is poor


def test_a_name_that_does_not_spell_what_the_subscription_is_called_is_poor() -> None:
    poor = {"★★★": True, "株式会社トヨタ": True, "翼尖玩具": False, "Zentrale München": False, "": False}
    assert {own: bool(draft(live(E1, friendly_name=own)).misspelt) for own in poor} == poor


def test_what_is_declared_under_any_of_its_ids_or_a_name_that_moved_is_not_new() -> None:
    state = CustomerState(lineage=LINEAGE, customer=CONTOSO, subscriptions={"office": bound(OTHER, OFFICE)})
    lives = live(status="suspended"), live(E3, of=OTHER)

    for declared in ({"office": wants()}, {"seats": wants("seats")}, {"seats": wants("seats", of=OTHER)}):
        found = draft(*lives, state=state, **declared)
        assert (found.new, found.left_out, found.meant(next(iter(declared)))) == ((), (), OTHER)
    assert [item.why for item in draft(*lives, state=state).left_out] == [
        "contoso/office was upgraded from it; it is suspended"
    ]


@pytest.mark.parametrize(("seats", "new"), [(25, 0), (24, 1)], ids=["as many seats", "other seats"])
def test_what_a_suspended_declared_subscription_may_have_been_upgraded_to_waits_for_adoption(
    seats: int, new: int
) -> None:
    found = draft(live(status="suspended"), live(E3, seats, of=OTHER), office=wants(offer=E1))
    assert len(found.new) == new
    assert [item.adopts for item in found.left_out] == ([] if new else ["contoso/office"])


def test_what_may_have_replaced_a_declared_subscription_waits_for_adoption() -> None:
    ended, replaced = live(status="deleted"), live(E3, of=OTHER)
    found = draft(ended, replaced, office=wants())
    assert (found.new, [(item.id, item.adopts) for item in found.left_out]) == ((), [(OTHER, "contoso/office")])
    assert draft(live(), replaced, office=wants()).new


def test_what_the_manifest_removes_is_not_declared_again_under_any_name() -> None:
    state = CustomerState(lineage=LINEAGE, customer=CONTOSO, subscriptions={"office": bound()})
    found = replace(draft(live(), state=state), moves=Moves(removed=("office",)))
    assert (found.new, [item.why for item in found.left_out]) == ((), ["the manifest removes it"])


def test_what_can_not_be_seen_now_is_not_compared() -> None:
    unreadable = UnreadableItem(id=OFFICE, position=1, why="has no quantity")
    found = replace(draft(office=wants(), mail=wants("mail", of=OTHER)), unfinished=frozenset({"mail"}))
    found = replace(found, listing=Listing(unreadable=(unreadable,)))

    assert all(map(found.not_compared, ("office", "mail")))
    assert found.left_out == ()


def test_two_subscriptions_of_one_name_get_two() -> None:
    lives = live(friendly_name="Mail"), live(of=OTHER, friendly_name="mail")

    assert declared_by(draft(*lives)) == {"mail": OFFICE, "mail-2": OTHER}


@pytest.mark.parametrize(
    ("subscription", "why"),
    [
        (live(status="deleted"), "it is deleted"),
        (live(is_trial=True), "it is a trial, which ends by itself"),
        (live(seats=0), "its number of seats can't be written in a manifest"),
        (live(Offer(id="?", name="Odd")), "its offer ? is of no kind that a manifest can name"),
    ],
)
def test_what_can_not_be_declared_is_named_with_the_reason(subscription: Live, why: str) -> None:
    made = draft(subscription).sheet({}, "")

    assert (made.entries, [left.why for left in made.left_out]) == ((), [why])


def test_a_customer_with_nothing_to_declare_is_a_manifest_too(tmp_path: Path) -> None:
    text = customer_text(replace(sheet(), customer=Customer(name="x", tenant=CONTOSO.tenant), entries=()))
    (tmp_path / "x.yaml").write_text(text)

    assert read_estate(tmp_path, empty_allowed=True).customers == (Customer(name="x", tenant=CONTOSO.tenant),)


STANDARD = Offer(id="CFQ7TTC0LDPB:0001", name="Microsoft 365 Business Standard")


def committed(outcome: str, following: NextTerm | None = None, **more: Any) -> Live:
    """25 annual seats, billed monthly, and what becomes of them when the term ends."""
    renewal = AtRenewal(outcome=outcome)
    commitment = Commitment(term="annual", renewal=renewal, next_term=following)
    return live(STANDARD, commitment=commitment, billing="monthly", **more)


def following(seats: int = 25, offer: str = STANDARD.id, term: str = "annual") -> NextTerm:
    return NextTerm(offer_id=offer, quantity=seats, term=term, billing="monthly")


def lines_of(found: Draft) -> dict[str, str]:
    """The lines of the only entry beside its id and offer, as they are written."""
    written = yaml.safe_load(customer_text(found.sheet({STANDARD.id: "S"}, "")))
    (entry,) = written["subscriptions"].values()
    return {key: value for key, value in entry.items() if key not in {"id", "offer"}}


_ANNUAL = {"quantity": 25, "term": "annual", "billing": "monthly"}


@pytest.mark.parametrize(
    ("found", "lines"),
    [
        (committed("renews"), _ANNUAL),
        (committed("ends"), _ANNUAL | {"renew": "end"}),
        (committed("renews_changed", following(20)), _ANNUAL | {"quantity": 20, "fewer_seats": "at_renewal"}),
        (committed("renews_changed", following(term="monthly")), _ANNUAL | {"term": "monthly"}),
        (committed("lapses"), _ANNUAL),
        (committed("lapses", is_trial=True), {"quantity": 25, "renew": "end"}),
        (committed("renews_changed", following(25), is_trial=True), {"quantity": 25}),
    ],
)
def test_what_is_scheduled_is_written_as_the_destination_that_yields_it(found: Live, lines: dict[str, object]) -> None:
    assert lines_of(draft(found)) == lines


@pytest.mark.parametrize("schedule", [following(30), following(offer="CFQ7TTC0LCHC:0002")])
def test_what_no_line_can_schedule_is_left_out_with_its_reason(schedule: NextTerm) -> None:
    made = draft(committed("renews_changed", schedule)).sheet({}, "")

    assert made.entries == ()
    assert "scheduled for its next term" in made.left_out[0].why


def test_a_permission_that_a_default_grants_has_no_line() -> None:
    granted = Details(defaults=Defaults(fewer_seats=FewerSeats.AT_RENEWAL))
    asked = replace(draft(committed("renews_changed", following(20))), details=granted)
    assert "fewer_seats" not in lines_of(asked)
