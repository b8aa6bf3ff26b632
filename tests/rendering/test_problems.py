"""Errors as people read them."""

from reconciler.model.errors import InvalidInput, LockHeld, Problem, ServiceRefused
from reconciler.model.place import Place
from reconciler.model.remedy import Step
from reconciler.model.support import Support
from reconciler.rendering.reports.failure import problems_report
from tests.rendering.golden_files import check, shown
from tests.rendering.happenings import SUPPORT


def at(line: int) -> Place:
    return Place(file="manifests/contoso.yaml", line=line, column=5)


def test_every_problem_begins_with_its_place_and_is_followed_by_its_remedy() -> None:
    error = InvalidInput.of(
        [
            Problem(where=at(9), what="quantity is not a whole number.", remedy="Write it without quotes."),
            Problem(where=at(8), what="There is no offer E33.", remedy="Did you mean E3?"),
        ]
    )

    assert shown(problems_report(error)) == (
        "manifests/contoso.yaml:8:5: There is no offer E33.\n"
        "    Did you mean E3?\n"
        "manifests/contoso.yaml:9:5: quantity is not a whole number.\n"
        "    Write it without quotes.\n"
        "\n"
        "2 problems.\n"
    )


def test_the_command_of_a_remedy_stands_alone_on_its_line() -> None:
    step = Step("Break it:", ("unlock", "contoso", "8f2c"))
    error = LockHeld(Problem(where="contoso", what="Another run holds the lock.", steps=(step,)))

    assert "\n      reconciler unlock contoso 8f2c\n" in shown(problems_report(error))


def test_an_error_without_a_place_says_that_it_is_one() -> None:
    assert shown(problems_report(LockHeld(Problem(where=None, what="No.", remedy="Wait.")))).startswith("Error: No.\n")


def test_an_error_of_the_service_ends_with_what_support_asks_for() -> None:
    error = ServiceRefused(
        Problem(where="contoso/office", what="Partner Center answered 500.", remedy="Try again."), support=SUPPORT
    )

    check("service-error.80", shown(problems_report(error)))


def test_what_support_asks_for_leaves_out_what_is_not_known() -> None:
    error = ServiceRefused(Problem(where=None, what="No.", remedy=""), support=Support(method="GET", path="/v1/x"))

    assert shown(problems_report(error)).endswith("ticket with Microsoft:\n  Request           GET /v1/x\n")
