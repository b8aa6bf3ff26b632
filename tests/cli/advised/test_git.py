"""Advice where a plan is of what a commit changed."""

from tests.cli.advised.situations import Elsewhere, advised
from tests.cli.estates import FRONTLINE, OFFICE
from tests.cli.repositories import Repository

SINCE = ("plan", "--changed-since")


def clone(elsewhere: Elsewhere) -> Repository:
    """The estate, applied and committed on main; the branch `change`, which is checked out, asks for more seats."""
    made = Repository(elsewhere.root)
    elsewhere.declare(office=(OFFICE, "E1", 25), frontline=(FRONTLINE, "F1", 10))
    elsewhere.apply()
    made.git("init", "--quiet", "--initial-branch", "main")
    made.commit()
    made.git("checkout", "--quiet", "-b", "change")
    elsewhere.declare(office=(OFFICE, "E1", 25), frontline=(FRONTLINE, "F1", 12))
    made.commit()
    return made


@advised("reference_ambiguous", "plan --changed-since FIRST")
def test_a_reference_that_means_two_things_is_named_in_full(elsewhere: Elsewhere) -> None:
    clone(elsewhere).git("tag", "main", "HEAD")
    refused = elsewhere.run(*SINCE, "main", code=1)
    planned = elsewhere.follow(refused, "reference_ambiguous", "plan --changed-since FIRST")
    assert planned.code == 0


@advised("commit_unknown", "plan --changed-since KNOWN_AS")
def test_a_branch_of_the_remote_is_named_as_that(elsewhere: Elsewhere) -> None:
    made = clone(elsewhere)
    made.git("remote", "add", "origin", str(made.root))
    made.git("update-ref", "refs/remotes/origin/main", "main")
    made.git("branch", "--quiet", "-D", "main")
    refused = elsewhere.run(*SINCE, "main", code=1)
    planned = elsewhere.follow(refused, "commit_unknown", "plan --changed-since KNOWN_AS")
    assert "contoso/frontline" in planned.out


@advised("no_commit_before", "plan --changed-since BASE")
def test_a_branch_that_is_new_to_ci_is_compared_with_the_one_it_comes_from(elsewhere: Elsewhere) -> None:
    made = clone(elsewhere)
    made.git("remote", "add", "origin", str(made.root))
    made.git("update-ref", "refs/remotes/origin/main", "main")
    made.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    refused = elsewhere.run(*SINCE, "0" * 40, code=1)
    planned = elsewhere.follow(refused, "no_commit_before", "plan --changed-since BASE")
    assert "contoso/frontline" in planned.out


@advised("no_commit_before", "plan")
def test_a_branch_that_is_new_to_ci_and_comes_from_none_is_planned_whole(elsewhere: Elsewhere) -> None:
    clone(elsewhere).git("branch", "--quiet", "-D", "main")
    refused = elsewhere.run(*SINCE, "0" * 40, code=1)
    assert "contoso/frontline" in elsewhere.follow(refused, "no_commit_before", "plan").out


@advised("nothing_committed", "plan")
def test_a_clone_without_a_commit_is_planned_whole(elsewhere: Elsewhere) -> None:
    Repository(elsewhere.root).git("init", "--quiet")
    refused = elsewhere.run(*SINCE, "HEAD", code=1)
    assert "2 changes can go ahead" in elsewhere.follow(refused, "nothing_committed", "plan").text


@advised("no_commit_there", "plan")
def test_the_first_commit_is_planned_whole(elsewhere: Elsewhere) -> None:
    clone(elsewhere)
    refused = elsewhere.run(*SINCE, "HEAD~9", code=1)
    assert "contoso/frontline" in elsewhere.follow(refused, "no_commit_there", "plan").out


@advised("", "explain CODE")
@advised("guard_loosened", "apply --override-limit LIMIT")
def test_a_guard_that_is_loosened_is_lifted_for_one_run_instead(elsewhere: Elsewhere) -> None:
    made = clone(elsewhere)
    elsewhere.settings("limits: {max_seats_added: 1}\n")
    made.git("checkout", "--quiet", "-B", "main")
    made.commit()
    settings = elsewhere.root / "reconciler.yaml"
    text = settings.read_text()
    settings.write_text(text.replace("max_seats_added: 1", "max_seats_added: 9"))
    planned = elsewhere.run(*SINCE, "main", "--detailed-exitcode")
    explained = elsewhere.follow(planned, "", "explain CODE")
    settings.write_text(text)
    run = "apply --override-limit LIMIT"
    applied = elsewhere.follow(explained, "guard_loosened", run, "--auto-approve", LIMIT="max_seats_added")
    assert (applied.code, len(elsewhere.estate.bought)) == (0, 1)


@advised("guard_moved", "state list")
def test_a_state_location_that_moves_is_compared(elsewhere: Elsewhere) -> None:
    clone(elsewhere)
    explained = elsewhere.run("explain", "guard_moved", code=0)
    assert "contoso/office" in elsewhere.follow(explained, "guard_moved", "state list").out
