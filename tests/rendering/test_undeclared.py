"""Addresses that state tracks and no manifest declares: the line to write, and one command for all of them."""

import pytest

from reconciler.rendering.subjects.plans import FORMATS
from tests.rendering import plans
from tests.rendering.shown import a_view

VIEW = a_view()

OF_LAMNA = ("lamna/copilot", "lamna/office", "lamna/wards")


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_a_customer_that_vanished_takes_one_name_and_an_entry_its_address(form: str) -> None:
    gone = ("contoso/mail", *OF_LAMNA)
    shown = FORMATS[form](plans.plan(undeclared=gone, vanished=("lamna",)), VIEW)
    assert shown.replace("\\", "").count("removed: [contoso/mail, lamna]") == 1
    assert shown.count("reconciler forget") == shown.count("reconciler forget contoso/mail lamna") > 0
    assert all(address in shown for address in gone)


def test_a_customer_is_named_once_where_an_order_of_it_is_not_bought() -> None:
    shown = FORMATS["text"](plans.plan(undeclared=OF_LAMNA, unbought=OF_LAMNA[:1], vanished=("lamna",)), VIEW)
    assert (shown.count("removed: [lamna]"), shown.count("forget lamna")) == (1, 1)


def test_an_annotation_names_what_is_to_be_removed() -> None:
    shown = FORMATS["github"](plans.plan(undeclared=("contoso/mail", *OF_LAMNA), vanished=("lamna",)), VIEW)
    assert shown.count("name lamna under removed: in moves.yaml") == 3
    assert shown.count("name contoso/mail under removed: in moves.yaml") == 1
