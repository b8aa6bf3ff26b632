"""Items that are blocked for one reason are told together, unless a command is each one's own."""

from dataclasses import replace

from reconciler.rendering.reports.alike import alike
from tests.planning.cases import BOUGHT, facts, live, pending, planned, state, wants


def test_items_whose_commands_name_each_its_own_address_are_told_apart() -> None:
    other = replace(pending(), subscription_id=BOUGHT, request_id="another")
    known = state({"office": pending(), "other": other})
    lives = [live(), live(of=BOUGHT)]
    plan = planned(facts(wants(), wants("other", of=BOUGHT), lives=lives, state=known))

    assert [[item.address for item in group] for group in alike(plan.blocked)] == [
        ["contoso/office"],
        ["contoso/other"],
    ]
