"""`fmt`: lays files out, says which, and with --check only that."""

from collections.abc import Callable

from tests.cli.estates import Answer, Estate

Program = Callable[..., Answer]


def test_a_check_names_what_differs_and_writes_nothing_and_then_it_is_laid_out(
    estate: Estate, reconciler: Program
) -> None:
    contoso = estate.root / "manifests" / "contoso.yaml"
    even = contoso.read_bytes()
    uneven = even.replace(b"\n  ", b"\r\n     ").replace(b"}\n", b"}  \r\n")
    contoso.write_bytes(uneven)

    checked = reconciler("fmt", "--check")
    assert (checked.code, checked.out, contoso.read_bytes()) == (2, "manifests/contoso.yaml\n", uneven)
    shown = reconciler("fmt", "manifests/contoso.yaml", "--diff")
    assert (shown.code, "+  office: {" in shown.out, contoso.read_bytes()) == (0, True, uneven)

    assert (reconciler("fmt").out, contoso.read_bytes()) == ("manifests/contoso.yaml\n", even)
    assert (reconciler("fmt", "--check", "manifests").code, reconciler("fmt").out) == (0, "")


def test_a_file_that_is_no_yaml_is_told_and_the_others_are_laid_out(estate: Estate, reconciler: Program) -> None:
    (estate.root / "manifests" / "a.yaml").write_text("a: [\n")
    offers = estate.root / "manifests" / "offers.yaml"
    offers.write_text(f"{offers.read_text()}\n\n")

    answer = reconciler("fmt")

    assert (answer.code, answer.out, "manifests/a.yaml:2:1" in answer.text) == (1, "manifests/offers.yaml\n", True)
    assert "missing.yaml" in reconciler("fmt", "missing.yaml").err
