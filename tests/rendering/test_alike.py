"""Items that are blocked for one reason are told together, unless a command is each one's own."""

from dataclasses import replace

from reconciler import advice
from reconciler.model.reason import Datum, Reason
from reconciler.rendering.reports.alike import alike
from reconciler.rendering.subjects.plans import FORMATS
from tests.planning.cases import BOUGHT, facts, live, pending, planned, state, wants
from tests.rendering import plans
from tests.rendering.shown import a_view


def test_items_whose_commands_name_each_its_own_address_are_told_apart() -> None:
    other = replace(pending(), subscription_id=BOUGHT, request_id="another")
    known = state({"office": pending(), "other": other})
    lives = [live(), live(of=BOUGHT)]
    plan = planned(facts(wants(), wants("other", of=BOUGHT), lives=lives, state=known))

    assert [[item.address for item in group] for group in alike(plan.blocked)] == [
        ["contoso/office"],
        ["contoso/other"],
    ]


def test_where_a_list_is_each_items_own_the_common_steps_say_where_it_is_and_name_no_placeholder() -> None:
    items = (
        plans.blocked(f"{customer}/office", _reason("conflicting_service_types", details, others=held))
        for customer, held, details in (("contoso", "Visio (3 seats)", "Overlap: Vi"), ("fabrikam", "Teams", "No"))
    )
    plan = plans.plan(blocked=tuple(items))
    for name in ("text", "markdown", "html"):
        shown = " ".join(FORMATS[name](plan, a_view()).split())
        assert "one or more do: (listed with each subscription above)." in shown
        assert not any(placeholder in shown for placeholder in ("<others>", "&lt;others"))
    page = FORMATS["text"](plan, a_view())
    assert "others: Visio (3 seats); Partner Center says: Overlap: Vi\n" in page


def test_items_that_are_blocked_for_one_reason_tell_it_once_and_each_its_own_figures() -> None:
    seats = {"contoso": "400", "fabrikam": "500"}
    items = (
        plans.blocked(f"{name}/office", _reason("quantity_out_of_range", quantity=wanted, target="E3", least="301"))
        for name, wanted in seats.items()
    )
    plan = plans.plan(blocked=tuple(items))
    shown = {name: " ".join(FORMATS[name](plan, a_view()).split()) for name in ("text", "markdown", "html", "github")}

    common = "Both for the same reason: why The manifest asks for <quantity> seats; E3 takes 301 or more."
    assert common in shown["text"]
    assert "<quantity>: 400" in shown["text"]
    assert "- `contoso/office`: `<quantity>`: 400 - `fabrikam/office`: `<quantity>`: 500 " in shown["markdown"]
    assert ">&lt;quantity&gt;: 400</bdi>" in shown["html"]
    assert ("<quantity>" in shown["github"], "The manifest asks for 400 seats" in shown["github"]) == (False, True)


def _reason(code: str, details: str = "", **known: str) -> Reason:
    row = advice.row(code)
    return replace(
        plans.reason(row.code, row.sentence(known), number=row.number, details=details),
        data=tuple(Datum(name=name, value=value) for name, value in known.items()),
        remedy=row.remedy(known),
    )
