"""`relationship`: whether a customer is ours, and the mail by which it becomes so."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.estates import Answer

Program = Callable[..., Answer]


@pytest.mark.usefixtures("estate")
def test_it_shows_whether_a_customer_is_ours_with_the_mail_and_its_link(reconciler: Program) -> None:
    answer = reconciler("relationship", "contoso")

    assert answer.code == 0
    assert "= contoso" in answer.text
    assert "consent delegated administration is granted" in answer.text
    assert "Subject: Your acceptance of our reseller relationship" in answer.text
    assert "invType=ResellerRelationship" in answer.text


@pytest.mark.usefixtures("estate")
def test_a_tenant_that_is_not_ours_is_told_and_a_name_that_nobody_declares_refused(reconciler: Program) -> None:
    other = reconciler("relationship", "0b1c2d3e-4f50-4617-8a9b-acbdcedfe0f1")
    unknown = reconciler("relationship", "nobody")

    assert (other.code, "It is not yours." in other.text) == (3, True)
    assert (unknown.code, "No manifest declares a customer of the name nobody." in unknown.text) == (1, True)


@pytest.mark.usefixtures("estate")
def test_the_mail_to_whom_is_not_ours_is_a_file_of_its_own(reconciler: Program) -> None:
    tenant = "0b1c2d3e-4f50-4617-8a9b-acbdcedfe0f1"
    assert f"mails/{tenant}.eml" in reconciler("relationship", tenant, "--mails", "mails").err
    assert b"invType=3DResellerRelationship" in Path("mails", f"{tenant}.eml").read_bytes().replace(b"=\r\n", b"")
    assert "No mail to a customer is ready." in reconciler("relationship", "contoso", "--mails", "mails").err
