"""The meaning of changed files: the customers that they touch, and the guards that they move."""

from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.manifests.changes import Changes, estate_changes
from reconciler.manifests.estate import read_estate

OFFICE, LAB, OTHER = (f"{number}0000000-0000-4000-8000-000000000000" for number in (1, 2, 3))
E3, E5 = (f"{number}0000000-0000-4000-8000-00000000000e" for number in (3, 5))
OFFERS = f"offers: {{E3: {E3}, E5: {E5}}}\n"


def customer(name: str, tenant: str, *, offer: str = "E3", quantity: int = 5, more: str = "") -> str:
    entry = f"{{id: {tenant}, offer: {offer}, quantity: {quantity}{more}}}"
    return f"customer: {{name: {name}, tenant: {tenant}}}\nsubscriptions: {{office: {entry}}}\n"


BEFORE = {
    "offers.yaml": OFFERS,
    "contoso.yaml": customer("contoso", OFFICE),
    "fabrikam.yaml": customer("fabrikam", LAB, offer="E5"),
}
SHEETS = "prices: {sheets: [a.csv]}"
"""Limits of money need price sheets."""


Compare = Callable[..., Changes]


@pytest.fixture
def compared(tmp_path: Path) -> Compare:
    """Returns what differs where these files take the place of those before, `""` taking one away."""

    def compare(files: dict[str, str], before: dict[str, str] = BEFORE) -> Changes:
        for name, text in (BEFORE | files).items():
            if text:
                (tmp_path / name).parent.mkdir(exist_ok=True)
                (tmp_path / name).write_text(text)
        return estate_changes(read_estate(tmp_path), {name: text.encode() for name, text in before.items()})

    return compare


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("[a.csv, b.csv]", "[a.csv]", "guard_loosened"),
        ("[a.csv]", "[]", "guard_loosened"),
        ("[november.csv]", "[december.csv]", "guard_moved"),
        ("[a.csv]", "[a.csv, b.csv]", "guard_moved"),
    ],
)
def test_the_sheets_by_which_money_is_counted_are_a_guard(
    compared: Compare, before: str, after: str, code: str
) -> None:
    settings = "prices: {{sheets: {sheets}}}\n"
    was = BEFORE | {"reconciler.yaml": settings.format(sheets=before)}
    found = compared({"reconciler.yaml": settings.format(sheets=after)}, was)
    assert [(notice.code, notice.subject) for notice in found.notices] == [(code, "prices.sheets")]


def contoso(*entries: str, **more: str) -> str:
    """Contoso with these entries; `more` is of the customer."""
    said = "".join(f", {key}: {value}" for key, value in more.items())
    ids = zip(entries, (OFFICE, OTHER), strict=False)
    lines = "".join(f"  {name}: {{id: {tenant}, offer: E3, quantity: 5}}\n" for name, tenant in ids)
    return f"customer: {{name: contoso, tenant: {OFFICE}{said}}}\nsubscriptions:\n{lines}"


@pytest.mark.parametrize(
    ("before", "after", "subject"),
    [
        (contoso("office", "mail", market="US"), contoso("office", "mail", market="GB"), "contoso: market"),
        (contoso("office", market="US"), contoso("office", market="GB"), "contoso/office: market"),
        (contoso("office", "mail"), contoso("office", "mail", segment="education"), "contoso: segment"),
    ],
)
def test_another_market_or_segment_counts_by_other_prices_and_is_told(
    compared: Compare, before: str, after: str, subject: str
) -> None:
    found = compared({"contoso.yaml": after}, BEFORE | {"contoso.yaml": before})
    assert [(notice.code, notice.subject) for notice in found.notices] == [("guard_moved", subject)]
    assert [notice.setting for notice in found.notices] == [subject.rsplit(": ", maxsplit=1)[-1]]
    assert compared({"contoso.yaml": after}, BEFORE | {"contoso.yaml": after}).notices == ()


def test_the_market_of_a_new_entry_is_its_declaration(compared: Compare) -> None:
    found = compared({"contoso.yaml": contoso("office", market="US")}, {"offers.yaml": OFFERS})
    assert not [notice for notice in found.notices if notice.code == "guard_moved"]


def test_the_same_files_are_no_change(compared: Compare) -> None:
    assert compared({}) == Changes(customers=frozenset())


@pytest.mark.parametrize(
    ("files", "touched"),
    [
        ({"contoso.yaml": customer("contoso", OFFICE, quantity=6)}, {"contoso"}),
        ({"contoso.yaml": customer("contoso", OFFICE, more=", license_transfer: never")}, {"contoso"}),
        ({"litware.yaml": customer("litware", OTHER)}, {"litware"}),
        ({"contoso.yaml": ""}, {"contoso"}),
        ({"contoso.yaml": "", "new.yaml": customer("wingtip", OFFICE)}, {"contoso", "wingtip"}),
        ({"contoso.yaml": customer("contoso", OTHER)}, {"contoso"}),
        ({"contoso.yaml": f"{customer('contoso', OFFICE)}moved: {{old: office}}\n"}, {"contoso"}),
    ],
)
def test_a_customer_who_is_declared_otherwise_is_touched(
    compared: Compare, files: dict[str, str], touched: set[str]
) -> None:
    assert compared(files).customers == touched


def test_what_is_declared_no_more_is_named_and_what_only_moved_is_not(compared: Compare) -> None:
    moved = {"contoso.yaml": "", "moved/c.yaml": customer("contoso", OFFICE)}

    assert compared(moved | {"fabrikam.yaml": ""}).dropped == {"fabrikam/office"}


def test_what_is_declared_under_another_name_is_not_declared_no_more(compared: Compare) -> None:
    renamed = (
        customer("contoso", OFFICE).replace("office:", "headquarters:").replace("name: contoso", "name: northwind")
    )

    assert compared({"contoso.yaml": renamed}).dropped == frozenset()


RENAMED = {"contoso.yaml": customer("contoso-group", OFFICE)}
MOVED = RENAMED | {"moves.yaml": "moved: {contoso: contoso-group}\n"}


@pytest.mark.parametrize(("after", "before"), [(RENAMED, BEFORE), (MOVED, BEFORE), (MOVED, BEFORE | RENAMED)])
def test_a_renamed_customer_is_one_with_the_line_that_says_so_and_without(
    compared: Compare, after: dict[str, str], before: dict[str, str]
) -> None:
    assert compared(after, before).customers == frozenset({"contoso", "contoso-group"})
    assert compared(after, before).former == frozenset({"contoso"})


def test_of_what_is_declared_no_more_the_orders_are_named_with_their_keys(compared: Compare) -> None:
    order = "{order: 2026-11-lab, offer: E3, quantity: 5, term: annual, billing: monthly}"
    text = f"customer: {{name: fabrikam, tenant: {LAB}}}\nsubscriptions: {{lab: {order}}}\n"
    found = compared({"fabrikam.yaml": ""}, BEFORE | {"fabrikam.yaml": text})
    assert [(entry.address, entry.order) for entry in found.dropped_orders] == [("fabrikam/lab", "2026-11-lab")]


@pytest.mark.parametrize(
    "files",
    [
        {"contoso.yaml": f"# a comment\n{customer('contoso', OFFICE)}"},
        {"contoso.yaml": customer("contoso", OFFICE).replace("\n", "\r\n")},
        {"contoso.yaml": customer("contoso", OFFICE, offer=E3)},
        {"contoso.yaml": "", "moved/c.yaml": customer("contoso", OFFICE)},
        {"offers.yaml": f"offers: {{E3: {E3}, E5: {E5}, E1: {OTHER}}}\n"},
    ],
)
def test_what_declares_the_same_touches_nobody(compared: Compare, files: dict[str, str]) -> None:
    assert compared(files).customers == frozenset()


def test_a_name_that_means_another_offer_touches_those_who_use_it(compared: Compare) -> None:
    assert compared({"offers.yaml": f"offers: {{E3: {OTHER}, E5: {E5}}}\n"}).customers == {"contoso"}


def test_only_the_addresses_that_are_declared_otherwise_are_altered(compared: Compare) -> None:
    two = f"{customer('contoso', OFFICE)[:-2]}, mail: {{id: {OTHER}, offer: E3, quantity: 1}}}}\n"

    assert compared({"contoso.yaml": two}).altered == {"contoso/mail"}
    assert compared({"offers.yaml": f"offers: {{E3: {OTHER}, E5: {E5}}}\n"}).altered == {"contoso/office"}


def test_what_could_not_be_read_before_is_a_change(compared: Compare) -> None:
    assert compared({}, BEFORE | {"contoso.yaml": "customer: ["}).customers == {"contoso"}
    assert compared({}, BEFORE | {"offers.yaml": "offers: ["}).customers == {"contoso", "fabrikam"}


@pytest.mark.parametrize("setting", ["cloud: china", "state: elsewhere", "lineage: abc", "partner: {mpn_id: '7'}"])
def test_a_setting_that_concerns_everybody_touches_everybody_and_is_told(compared: Compare, setting: str) -> None:
    found = compared({"reconciler.yaml": f"{setting}\n"})

    assert found.everything == f"{setting.partition(':')[0]} changed in the settings"
    assert [notice.code for notice in found.notices] == ["guard_moved"]


@pytest.mark.parametrize(
    ("before", "after", "subjects"),
    [
        ("fewer_seats: now", "fewer_seats: now", []),
        ("fewer_seats: at_renewal", "fewer_seats: now", ["contoso-group/main: fewer_seats"]),
        ("market: US", "market: DE", ["contoso-group/main: market"]),
    ],
)
def test_under_another_name_the_guards_of_a_subscription_are_compared_with_its_own(
    compared: Compare, before: str, after: str, subjects: list[str]
) -> None:
    def declared(name: str, entry: str, line: str) -> str:
        of_customer, of_entry = (f", {line}", "") if line.startswith("market") else ("", f", {line}")
        return (
            f"customer: {{name: {name}, tenant: {OFFICE}{of_customer}}}\n"
            f"subscriptions: {{{entry}: {{id: {OFFICE}, offer: E3, quantity: 25{of_entry}}}}}\n"
        )

    earlier = BEFORE | {"contoso.yaml": declared("contoso", "office", before)}
    found = compared({"contoso.yaml": declared("contoso-group", "main", after)}, earlier)

    assert [notice.subject for notice in found.notices] == subjects


@pytest.mark.parametrize(
    ("limit", "code", "values"),
    [
        ("max_seats_removed: 500", "guard_loosened", ("0", "500")),
        ("max_changes: 10", "guard_tightened", ("100", "10")),
        ("max_commitment: 500", "guard_tightened", ("not set", "500")),
        ("max_commitment: {USD: 500, EUR: 400}", "guard_tightened", ("not set", "USD: 500, EUR: 400")),
    ],
)
def test_a_limit_is_told_loosened_from_tightened(
    compared: Compare, limit: str, code: str, values: tuple[str, str]
) -> None:
    found = compared({"reconciler.yaml": f"parallelism: 4\nlimits:\n  {limit}\n{SHEETS}\n"})
    (notice,) = found.notices

    assert (notice.code, (notice.before, notice.after)) == (code, values)
    assert str(notice.source).endswith("reconciler.yaml:3:3")
    assert (found.customers, found.everything) == (frozenset(), "")


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("limits: {max_commitment: 500}", "limits: {max_commitment: 600}", "guard_loosened"),
        ("limits: {max_commitment: {USD: 500}}", "limits: {max_commitment: {USD: 500, EUR: 1}}", "guard_tightened"),
        ("limits: {max_commitment: {USD: 5, EUR: 9}}", "limits: {max_commitment: {USD: 6, EUR: 1}}", "guard_loosened"),
        (f"{SHEETS[:-1]}, unpriced: refuse}}", f"{SHEETS[:-1]}, unpriced: allow}}", "guard_loosened"),
        ("orders: {attest_partner_on_record: false}", "orders: {attest_partner_on_record: true}", "guard_moved"),
    ],
)
def test_a_guard_of_money_is_compared_by_currency(compared: Compare, before: str, after: str, code: str) -> None:
    earlier, later = (f"{text}\n{'' if 'prices' in text else SHEETS}\n" for text in (before, after))
    (notice,) = compared({"reconciler.yaml": later}, BEFORE | {"reconciler.yaml": earlier}).notices

    assert notice.code == code


def test_a_higher_price_of_an_order_is_a_guard_that_is_loosened(compared: Compare) -> None:
    entry = "order: k, offer: CFQ7TTC0LH18:0001, quantity: 1, term: annual, billing: annual, max_unit_price: "
    head = f"customer: {{name: contoso, tenant: {OFFICE}, market: US}}\nsubscriptions:\n"
    earlier, later = (f"{head}  a: {{{entry}{price}}}\n" for price in ("30.00", "31.00"))
    (notice,) = compared({"contoso.yaml": later}, BEFORE | {"contoso.yaml": earlier}).notices

    assert (notice.code, notice.before, notice.after) == ("guard_loosened", "30.00", "31.00")
    assert compared({"contoso.yaml": later}, BEFORE | {"contoso.yaml": earlier}).customers == {"contoso"}
    assert compared({"contoso.yaml": later}, BEFORE | {"contoso.yaml": ""}).notices == ()


@pytest.mark.parametrize(
    ("wait", "code", "values"),
    [
        ("timeout_seconds: 60", "guard_loosened", ("120", "60")),
        ("timeout_seconds: 600", "guard_tightened", ("120", "600")),
        ("request_seconds: 30", "guard_loosened", ("180", "30")),
        ("interval_seconds: 60", "guard_loosened", ("5", "60")),
        ("interval_seconds: 1", "guard_tightened", ("5", "1")),
    ],
)
def test_to_wait_for_less_loosens_a_guard(compared: Compare, wait: str, code: str, values: tuple[str, str]) -> None:
    """Recovery from a lost answer rests on it."""
    (notice,) = compared({"reconciler.yaml": f"wait:\n  {wait}\n"}).notices

    assert (notice.code, (notice.before, notice.after)) == (code, values)
    assert str(notice.source).endswith("reconciler.yaml:2:3")


def test_a_catalogue_that_could_not_be_read_then_is_named_since_its_names_may_have_meant_other_offers(
    compared: Compare,
) -> None:
    (notice,) = compared({}, BEFORE | {"offers.yaml": "offers: [broken"}).notices

    assert (notice.code, notice.subject, notice.before) == ("guard_loosened", "offers.yaml", "could not be read")


def test_taking_the_settings_away_loosens_what_they_had_tightened(compared: Compare) -> None:
    (notice,) = compared({}, BEFORE | {"reconciler.yaml": "limits: {max_changes: 5}\n"}).notices

    assert (notice.code, notice.subject, notice.after) == ("guard_loosened", "limits.max_changes", "100")


@pytest.mark.parametrize(
    ("key", "value"), [("fewer_seats", "at_renewal"), ("allow_duplicate_offer", "true"), ("change_term", "now")]
)
def test_an_address_that_newly_allows_itself_more_is_told(compared: Compare, key: str, value: str) -> None:
    allowed = {"contoso.yaml": customer("contoso", OFFICE, more=f", {key}: {value}")}

    assert [(notice.subject, notice.after) for notice in compared(allowed).notices] == [
        (f"contoso/office: {key}", value)
    ]
    assert compared(allowed, BEFORE | allowed).notices == ()


def test_a_default_of_a_customer_that_allows_more_is_told_for_each_of_its_addresses(compared: Compare) -> None:
    (notice,) = compared({"contoso.yaml": f"{BEFORE['contoso.yaml']}defaults: {{fewer_seats: now}}\n"}).notices

    assert (notice.subject, notice.before, notice.after) == ("contoso/office: fewer_seats", "refuse", "now")
    assert notice.setting == "fewer_seats"


def test_a_default_of_the_estate_touches_every_customer_and_is_told_once(compared: Compare) -> None:
    found = compared({"reconciler.yaml": "defaults: {fewer_seats: now}\n"})

    (notice,) = found.notices
    assert (notice.code, notice.subject, notice.after) == ("guard_loosened", "defaults.fewer_seats", "now")
    assert found.everything == "defaults changed in the settings"


@pytest.mark.parametrize(
    ("before", "now", "loosened"),
    [
        ("", "{to: 4}", ["refuse -> {to: 4}"]),
        (", fewer_seats: {to: 4}", "{to: 3}", ["{to: 4} -> {to: 3}"]),
        (", fewer_seats: {to: 4}", "now", ["{to: 4} -> now"]),
        (", fewer_seats: {to: 4}", '{to: 4, until: "2026-12-31"}', ["{to: 4} -> {to: 4, until: 2026-12-31}"]),
        (", fewer_seats: {to: 4}", "refuse", []),
        (", fewer_seats: now", "{to: 4}", []),
    ],
)
def test_a_one_off_permission_is_a_guard_that_is_loosened(
    compared: Compare, before: str, now: str, loosened: list[str]
) -> None:
    earlier = BEFORE | {"contoso.yaml": customer("contoso", OFFICE, more=before)}
    found = compared({"contoso.yaml": customer("contoso", OFFICE, more=f", fewer_seats: {now}")}, earlier)

    assert [f"{notice.before} -> {notice.after}" for notice in found.notices] == loosened
    assert found.customers == {"contoso"}


def test_a_new_estate_has_no_guards_to_loosen(compared: Compare) -> None:
    found = compared({"reconciler.yaml": "limits: {max_changes: 500}\n"}, {})

    assert found.customers == {"contoso", "fabrikam"}
    assert found.notices == ()
