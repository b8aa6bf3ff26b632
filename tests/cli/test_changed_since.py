"""`plan --changed-since`: only what a commit touched, as git tells it, and an error where git can't."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli.chosen import Chosen
from reconciler.cli.wiring import Wiring
from reconciler.operations.plan import plan_estate
from reconciler.planning import Globs
from reconciler.sandbox import Tenant
from tests.cli.estates import KIOSKS, MAIL, OFFICE, Answer, Estate
from tests.cli.repositories import Repository, repository

Program = Callable[..., Answer]

_ONE = (
    "customer: {{name: {name}, tenant: {tenant}}}\nsubscriptions: {{office: {{id: {tenant}, offer: E1, quantity: 5}}}}"
)


@pytest.fixture
def repo(estate: Estate) -> Repository:
    """The estate with a second customer, fabrikam, committed on main; the branch `change` is checked out."""
    estate.customer("fabrikam", kiosks=(KIOSKS, "F1", 9))
    return repository(estate.root)


def planned(reconciler: Program, *arguments: str) -> dict[str, Any]:
    answer = reconciler("plan", "--format", "json", "--changed-since", "main", *arguments)
    assert answer.code in {0, 3}, answer.err
    document: dict[str, Any] = json.loads(answer.out)
    return document


def addresses(plan: dict[str, Any]) -> list[str]:
    return [change["address"] for change in plan["changes"]]


def test_only_customers_of_the_changed_manifests_are_planned(
    estate: Estate, repo: Repository, reconciler: Program
) -> None:
    base = repo.git("rev-parse", "HEAD")
    estate.customer("fabrikam", kiosks=(KIOSKS, "F1", 10))
    repo.commit()

    plan = planned(reconciler)

    assert addresses(plan) == ["fabrikam/kiosks"]
    assert plan["selection"] | {"target": []} == {
        "target": [], "exclude": [], "shard": None, "changed_since": "main", "base": base, "everything": "",
        "touched": ["fabrikam"],
        "customers": 1, "subscriptions": 1, "parts": [], "accepted": [],
    }  # fmt: skip


def test_what_is_not_committed_yet_counts_too(estate: Estate, repo: Repository, reconciler: Program) -> None:
    estate.customer("fabrikam", kiosks=(KIOSKS, "F1", 10))

    assert repo.git("diff", "--name-only") == "manifests/fabrikam.yaml"
    assert addresses(planned(reconciler)) == ["fabrikam/kiosks"]


def test_outside_of_a_pipeline_the_commit_is_named_where_the_manifests_are_as_it_has_them(
    estate: Estate, repo: Repository, reconciler: Program
) -> None:
    estate.customer("fabrikam", kiosks=(KIOSKS, "F1", 10))
    markdown = ("plan", "--changed-since", "main", "--format", "markdown")
    assert "commit `" not in reconciler(*markdown).out

    commit = repo.commit()

    assert f"commit `{commit}`" in reconciler(*markdown).out


def test_what_main_got_meanwhile_is_not_this_branchs_change(
    estate: Estate, repo: Repository, reconciler: Program
) -> None:
    repo.git("checkout", "--quiet", "main")
    estate.customer("contoso", office=(OFFICE, "E3", 99))
    repo.commit()
    repo.git("checkout", "--quiet", "change")
    estate.customer("fabrikam", kiosks=(KIOSKS, "F1", 10))

    assert addresses(planned(reconciler)) == ["fabrikam/kiosks"]


@pytest.mark.usefixtures("repo")
def test_an_unchanged_estate_asks_the_service_nothing(reconciler: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECONCILER_ENDPOINT", "http://127.0.0.1:1")

    answer = reconciler("plan", "--changed-since", "main")

    assert answer.code == 0
    assert "Nothing to do: nothing is declared otherwise than at main." in answer.out


def test_three_customers_of_two_thousand_cost_a_handful_of_requests(estate: Estate, repo: Repository) -> None:
    many = [f"customer-{number}" for number in range(2000)]
    with estate.changed() as world:
        world.customers += tuple(Tenant(name=name) for name in many[:3])
    text = "\n---\n".join(_ONE.format(name=name, tenant=Tenant(name=name).tenant) for name in many)
    file = estate.root / "manifests" / "many.yaml"
    file.write_text(text)
    repo.git("checkout", "--quiet", "main")
    repo.commit()
    file.write_text(text.replace("quantity: 5}", "quantity: 6}", 3))

    wiring = Wiring(chosen=Chosen())
    with wiring.workspace() as workspace:
        plan = plan_estate(workspace, Globs(), wiring.comparison("main")).plan

    assert plan.selection.customers == 3
    assert wiring.watched.now().requests <= 4


@pytest.mark.usefixtures("repo")
def test_targets_narrow_what_changed(estate: Estate, reconciler: Program) -> None:
    estate.customer("fabrikam", kiosks=(KIOSKS, "F1", 10))
    estate.customer("contoso", mail=(MAIL, "Exchange", 41))

    assert addresses(planned(reconciler)) == ["contoso/mail", "fabrikam/kiosks"]
    assert addresses(planned(reconciler, "--target", "contoso")) == ["contoso/mail"]


def test_a_customer_whose_file_was_deleted_is_named_and_the_limit_told(
    estate: Estate, repo: Repository, reconciler: Program
) -> None:
    """Nothing is to be changed now; it is every later apply that the limit would stop."""
    assert reconciler("apply", "--auto-approve").code == 0
    (repo.root / "manifests" / "fabrikam.yaml").unlink()

    answer = reconciler("plan", "--changed-since", "main", "--report", "github=-", "--report", "markdown=c.md")
    told = " ".join(answer.out.split())

    assert answer.code == 0
    assert "1 customer is declared otherwise, 1 address not any more; only that was planned." in told
    assert "apply will refuse every change from now on: a limit is exceeded; 1 address no longer declared." in told
    assert "NO LONGER DECLARED since main ! fabrikam/kiosks That cancels nothing" in told
    assert "--override-limit" not in told
    assert "**NO LONGER DECLARED since main:** `fabrikam/kiosks`." in (estate.root / "c.md").read_text()
    assert reconciler("apply", "--auto-approve").code == 0


@pytest.mark.usefixtures("repo")
def test_what_a_touched_customer_asked_for_before_is_set_apart(estate: Estate, reconciler: Program) -> None:
    estate.customer("contoso", office=(OFFICE, "E3", 25), mail=(MAIL, "Exchange", 41))

    plan = planned(reconciler)

    assert addresses(plan) == ["contoso/mail", "contoso/office"]
    assert plan["asked_before"] == ["contoso/office"]
    assert "2 changes can go ahead, 1 of them not asked for" in reconciler("plan", "--changed-since", "main").out


def test_a_deleted_file_of_what_state_never_tracked_is_named_too(repo: Repository, reconciler: Program) -> None:
    (repo.root / "manifests" / "fabrikam.yaml").unlink()

    answer = reconciler("plan", "--changed-since", "main")

    assert "Nothing to change; 1 address no longer declared." in answer.out
    assert "! fabrikam/kiosks" in answer.out


def test_an_order_that_bought_nothing_is_told_as_not_ordered_any_more(repo: Repository, reconciler: Program) -> None:
    file = repo.root / "manifests" / "fabrikam.yaml"
    order = "{order: 2026-11-lab, offer: F1, quantity: 5, term: annual, billing: monthly}"
    repo.git("checkout", "--quiet", "main")
    file.write_text(f"{file.read_text().rstrip()}\n  lab: {order}\n")
    repo.commit()
    repo.git("checkout", "--quiet", "-B", "change")
    file.write_text(file.read_text().replace(f"  lab: {order}\n", ""))

    answer = reconciler("plan", "--changed-since", "main")

    assert "NOT ORDERED any more since main\n  ! fabrikam/lab" in answer.out
    assert "bill go on" not in answer.out


@pytest.mark.usefixtures("repo")
def test_the_command_that_is_shown_carries_out_what_was_shown(estate: Estate, reconciler: Program) -> None:
    estate.customer("fabrikam", kiosks=(KIOSKS, "F1", 10))

    answer = reconciler("plan", "--changed-since", "main")

    assert answer.out.endswith("\n    reconciler apply --target fabrikam/kiosks\n")


def test_a_price_sheet_that_says_something_else_is_said_first(
    estate: Estate, repo: Repository, reconciler: Program
) -> None:
    """It may be larger than a manifest, and one that git does not have is nobody's change."""
    repo.git("checkout", "--quiet", "main")
    folder = estate.root / "manifests"
    estate.settings("prices: {sheets: [us.csv, fetched.csv]}\n")
    header = "ProductId,SkuId,TermDuration,BillingPlan,Market,Currency,UnitPrice,Segment,EffectiveStartDate"
    row = "CFQ7TTC0LDPB,0001,P1Y,Monthly,{market},{currency},10.00,Commercial,2026-01-01\n"
    (folder / "us.csv").write_text(f"{header}\n{row.format(market='US', currency='USD') * 15_000}")
    repo.commit()
    (folder / "fetched.csv").write_text(f"{header}\n{row.format(market='GB', currency='GBP')}")
    repo.git("checkout", "--quiet", "-B", "change")
    (folder / "us.csv").write_text((folder / "us.csv").read_text().replace("10.00", "0.01"))

    notices = planned(reconciler)["notices"]

    assert [(notice["code"], notice["subject"]) for notice in notices] == [("guard_moved", "us.csv: prices")]


@pytest.mark.usefixtures("repo")
def test_a_loosened_limit_is_said_first(estate: Estate, reconciler: Program) -> None:
    estate.settings("limits: {max_seats_removed: 500}\n")

    answer = reconciler("plan", "--changed-since", "main")

    assert answer.out.startswith("READ THIS FIRST: this change loosens its own guards\n")
    assert "limits.max_seats_removed: 0 -> 500" in answer.out


@pytest.mark.usefixtures("repo")
def test_a_loosened_limit_is_told_though_the_plan_fails(
    estate: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    estate.settings("limits: {max_seats_removed: 500}\n")
    estate.customer("fabrikam", kiosks=(KIOSKS, "F1", 10))
    monkeypatch.setenv("RECONCILER_ENDPOINT", "https://elsewhere.example")
    reports = [f"--report={text}={text}.out" for text in ("markdown", "junit", "github", "azure-devops", "text")]

    answer = reconciler("plan", "--changed-since", "main", *reports)

    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith("READ THIS FIRST: this change loosens its own guards\n")
    assert all("max_seats_removed" in file.read_text() for file in estate.root.glob("*.out"))
    assert "READ THIS FIRST" in (estate.root / "markdown.out").read_text().partition("## There is no plan")[0]


def test_what_git_can_not_tell_is_an_error_with_the_command_that_mends_it(
    repo: Repository, reconciler: Program
) -> None:
    """Each of those commands is carried out in tests/git/test_advice.py."""
    repo.commit()
    answer = reconciler("plan", "--changed-since=" + "0" * 40)

    assert (answer.code, answer.out) == (1, "")
    assert answer.err.endswith(
        "Name the branch that this one comes from:\n      reconciler plan --changed-since main\n"
    )


@pytest.mark.usefixtures("estate")
def test_outside_of_a_repository_what_changed_can_not_be_known(here: Path, reconciler: Program) -> None:
    answer = reconciler("plan", "--changed-since", "main")

    assert answer.code == 1
    assert "is in no git repository" in answer.text
    assert str(here) in answer.text


def test_neither_hooks_nor_a_file_monitor_nor_filters_of_the_repository_are_run(
    estate: Estate, repo: Repository, reconciler: Program
) -> None:
    ran = repo.root / "ran"
    for setting in ("core.fsmonitor", "filter.evil.clean", "filter.evil.smudge", "diff.external", "core.pager"):
        repo.git("config", setting, f"touch {ran}; cat")
    (repo.root / "manifests" / ".gitattributes").write_text("*.yaml filter=evil diff=evil\n")
    estate.customer("fabrikam", kiosks=(KIOSKS, "F1", 10))

    assert addresses(planned(reconciler)) == ["fabrikam/kiosks"]
    assert not ran.exists()


@pytest.mark.usefixtures("repo")
def test_a_customer_who_is_removed_is_the_target_of_the_command_that_does_it(
    estate: Estate, reconciler: Program
) -> None:
    assert reconciler("apply", "--auto-approve").code == 0
    (estate.root / "manifests" / "fabrikam.yaml").unlink()
    (estate.root / "manifests" / "moves.yaml").write_text("removed: [fabrikam]\n")

    assert reconciler("plan", "--changed-since", "main").out.endswith("\n    reconciler apply --target fabrikam\n")

    done = reconciler("apply", "--target", "fabrikam", "--auto-approve")
    assert (done.code, "1 not tracked any more" in done.text) == (0, True)
    assert reconciler("apply", "--target", "fabrikam", "--auto-approve").code == 0
    assert reconciler("apply", "--target", "fabrikm", "--auto-approve").code == 1
