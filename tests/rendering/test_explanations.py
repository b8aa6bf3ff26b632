"""Error codes as people read about them."""

from reconciler.model.reason import Explanation
from reconciler.model.remedy import Actor, Remedy, Retry, Step
from reconciler.rendering.reports.explanations import explanation_report, explanations_report
from tests.rendering.golden_files import shown

CODE = Explanation(
    code="subscription_not_provisioned",
    number=9,
    origin="service",
    meaning="The order is still being processed.",
    remedy=Remedy(
        actor=Actor.MICROSOFT,
        retry=Retry.MINUTES,
        steps=(Step("Wait."), Step("If the address is to mean another one:", ("adopt", "ADDRESS", "ID"))),
    ),
)


def test_a_code_says_what_it_means_who_acts_and_what_to_do() -> None:
    assert shown(explanation_report([CODE])) == (
        "  subscription_not_provisioned, service code 9\n"
        "      means   The order is still being processed.\n"
        "      who     Microsoft\n"
        "      do      1. Wait.\n"
        "              2. If the address is to mean another one:\n"
        "                   reconciler adopt ADDRESS ID\n"
        "      waiting helps: plan again in a few minutes\n"
    )


def test_the_list_tells_where_codes_come_from_and_how_to_read_more() -> None:
    page = shown(explanations_report([CODE]))

    assert page.startswith("Answered by Partner Center\n  subscription_not_provisioned, service code 9\n")
    assert page.endswith("    reconciler explain CODE\n")
