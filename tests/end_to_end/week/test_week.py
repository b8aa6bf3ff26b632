"""A week of pull requests, each from its edit over the comment to the delivery, with nothing done outside git."""

import json
from subprocess import CalledProcessError

import pytest

from reconciler.model.address import DEVICES
from tests.end_to_end.week.team import Check, Team

MAIL = ("quantity: 40", "quantity: 45")


def entries(team: Team, known: int) -> list[tuple[str, int, int]]:
    """The changes since: the kind of each, the seats before and after."""
    return [(entry.kind, entry.before, entry.quantity) for entry in team.ledger[known:]]


class TestSeats:
    def test_more_seats(self, team: Team) -> None:
        known = len(team.ledger)
        check, applied = team.merged("mail", lambda: team.reconciler("set", "contoso/mail", "--quantity", "45"))
        assert (check.code, check.headline) == (0, "1 change can go ahead")
        assert "| `~` resize | `contoso/mail`" in check.comment
        assert "| Exchange Online (Plan 1) | 40 → 45 (+5) |" in check.comment
        assert (applied.code, entries(team, known)) == (0, [("resize", 40, 45)])
        assert team.left("--target", "contoso/*").text.count("Nothing to do") == 1

    def test_a_finished_job_that_is_run_again_is_green(self, team: Team) -> None:
        check, _ = team.merged("mail", lambda: team.edit("contoso.yaml", MAIL))
        known = len(team.ledger)
        again = team.deliver(check)
        assert (again.code, entries(team, known)) == (0, [])
        assert "contoso/mail (Contoso Ltd): done already." in again.text

    def test_a_job_that_is_run_again_after_a_later_one_is_green_too(self, team: Team) -> None:
        first, _ = team.merged("mail", lambda: team.edit("contoso.yaml", MAIL))
        team.merged("more", lambda: team.reconciler("set", "contoso/mail", "--quantity", "50"))
        known = len(team.ledger)
        again = team.deliver(first)
        assert (again.code, entries(team, known)) == (0, [])
        assert "contoso/mail (Contoso Ltd): done already." in again.text
        assert "Since then it was resized" in " ".join(again.text.split())

    def test_fewer_seats_are_permitted_once_and_the_permission_can_go(self, team: Team) -> None:
        refused = ("quantity: 40", "quantity: 38")
        with team.pull_request("down"):
            team.edit("contoso.yaml", refused)
        check = team.check("down")
        assert check.code == 3
        assert "fewer\\_seats: \\{to: 38\\}" in check.comment
        with team.pull_request("down"):
            team.edit("contoso.yaml", ("quantity: 40", "quantity: 38\n    fewer_seats: {to: 38}"))
        check = team.check("down")
        assert check.code == 0
        team.merge("down")
        assert team.deliver(check).code == 5
        known = len(team.ledger)
        applied = team.deliver(check, "--override-limit", "max_seats_removed=2")
        assert (applied.code, entries(team, known)) == (0, [("resize", 40, 38)])

    def test_the_revert_of_a_resize_says_what_it_would_take_away(self, team: Team) -> None:
        team.merged("mail", lambda: team.edit("contoso.yaml", MAIL))
        with team.pull_request("revert-mail"):
            team.repository.git("revert", "--no-edit", "--mainline", "1", "HEAD")
        check = team.check("revert-mail")
        assert (check.code, check.headline) == (3, "Nothing can go ahead; 1 blocked")
        assert "The manifest asks for 40 seats; 45 are live. Applying it would remove 5." in check.comment
        with team.pull_request("revert-mail"):
            team.edit("contoso.yaml", ("quantity: 45", "quantity: 40\n    fewer_seats: {to: 40}"))
        check = team.check("revert-mail")
        team.merge("revert-mail")
        known = len(team.ledger)
        applied = team.deliver(check, "--override-limit", "max_seats_removed=5")
        assert (check.code, applied.code, entries(team, known)) == (0, 0, [("resize", 45, 40)])


class TestOffers:
    def test_another_offer(self, team: Team) -> None:
        known = len(team.ledger)
        wanted = "Microsoft 365 Business Premium"
        check, applied = team.merged("offer", lambda: team.reconciler("set", "relecloud/office", "--offer", wanted))
        assert check.code == 0, check.comment
        assert "Microsoft 365 Business Standard → **Microsoft 365 Business Premium**" in check.comment
        assert applied.code == 0, applied.text
        assert {kind for kind, *_ in entries(team, known)} == {"transition", "schedule"}
        assert "Nothing to do" in team.left("--target", "relecloud/office").text

    def test_the_revert_of_an_upgrade_is_refused_and_what_was_bought_comes_back_into_git(self, team: Team) -> None:
        team.merged("up", lambda: team.reconciler("set", "contoso/office", "--offer", "Office 365 Enterprise E5"))
        known = len(team.ledger)
        with team.pull_request("revert"):
            team.repository.git("revert", "--no-edit", "--mainline", "1", "HEAD")
        check = team.check("revert")
        assert (check.code, check.headline) == (3, "Nothing can go ahead; 1 blocked")
        upgraded = team.repository.git("rev-parse", "--short=12", "main")
        assert f"(commit {upgraded}) upgraded it on " in check.comment
        assert "It has Office 365 Enterprise E5 now. An upgrade can't be undone." in check.comment
        assert "offer: Office 365 Enterprise E5" in check.comment
        team.merge("revert")
        refused = team.deliver(check)
        assert (refused.code, entries(team, known)) == (0, [])
        assert "[upgrade_cannot_be_undone]" in refused.text
        check, applied = team.merged("rest", lambda: team.reconciler("set", "contoso/office", "--from-live"))
        assert (check.code, applied.code, entries(team, known)) == (0, 0, [])
        assert "Nothing to do" in team.left("--target", "contoso/*").text

    def test_a_name_of_the_catalogue_that_means_another_offer_moves_all_that_use_it(self, team: Team) -> None:
        known = len(team.ledger)
        e3, e5 = "796B6B5F-613C-4E24-A17C-EBA730D49C02", "A044B16A-1861-4308-8086-A3A3B506FAC2"
        check, applied = team.merged("bump", lambda: team.edit("offers.yaml", (f"E3: {e3}", f"E3: {e5}")))
        first = " ".join(check.comment.partition("###")[0].split())
        assert "READ THIS FIRST: names of offers.yaml mean other offers than before" in first
        assert "`Office 365 Enterprise E3` `manifests/offers.yaml:" in first
        assert "**That upgrades 2 subscriptions with 85 seats, contoso/office, fabrikam/productivity." in first
        assert sorted(entries(team, known)) == [("upgrade", 25, 25), ("upgrade", 60, 60)]
        assert applied.code == 0


class TestNames:
    def test_an_entry_that_is_renamed_is_moved_once_the_line_is_there(self, team: Team) -> None:
        def rename(*lines: str) -> None:
            text = (team.manifests / "contoso.yaml").read_text("utf-8").replace("  mail:", "  mailboxes:")
            (team.manifests / "contoso.yaml").write_text(text + "".join(lines), "utf-8")

        with team.pull_request("rename"):
            rename()
        refused = team.check("rename")
        assert refused.code == 3
        assert "moved: \\{mail: mailboxes\\}" in refused.comment
        known = len(team.ledger)
        check, applied = team.merged("moved", lambda: rename("moved:\n  mail: mailboxes\n"))
        assert (check.code, check.headline) == (0, "Nothing to change; 1 address is moved in state")
        assert (applied.code, entries(team, known)) == (0, [])
        assert "contoso/mailboxes" in team.reconciler("state", "list").out
        assert "Nothing to do" in team.left("--target", "contoso/*").text

    def test_a_customer_that_is_renamed_is_moved_once_the_line_is_there(self, team: Team) -> None:
        def rename() -> None:
            team.edit("contoso.yaml", ("name: contoso", "name: contoso-group"))

        def declare() -> None:
            rename()
            (team.manifests / "moves.yaml").write_text("moved:\n  contoso: contoso-group\n", "utf-8")

        with team.pull_request("rename"):
            rename()
        refused = team.check("rename")
        assert (refused.code, refused.headline.partition(";")[0]) == (3, "Nothing can go ahead")
        assert "moved: \\{contoso: contoso-group\\}" in refused.comment
        known = len(team.ledger)
        check, applied = team.merged("moved", declare)
        assert (check.code, applied.code, entries(team, known)) == (0, 0, [])
        assert "contoso (Contoso Ltd): is contoso-group now, in state, as the manifest says." in applied.text
        assert "Nothing to do" in team.left("--target", "contoso-group/*").text
        known = len(team.ledger)
        team.merged("mail", lambda: team.reconciler("set", "contoso-group/mail", "--quantity", "41"))
        assert entries(team, known) == [("resize", 40, 41)]

    def test_a_customer_that_leaves_takes_one_line_and_stops_nobody_else(self, team: Team) -> None:
        def leave() -> None:
            (team.manifests / "lamna.yaml").unlink()
            (team.manifests / "moves.yaml").write_text("moved: {tailspin: tailspin-toys}\nremoved: [lamna]\n", "utf-8")

        def rename() -> None:
            team.edit("tailspin.yaml", ("name: tailspin\n", "name: tailspin-toys\n"))
            (team.manifests / "moves.yaml").write_text("moved: {tailspin: tailspin-toys}\n", "utf-8")

        team.merged("rename", rename)

        check, applied = team.merged("leave", leave)
        assert (check.code, applied.code) == (0, 0)
        assert "1 customer is declared otherwise; only that was planned." in check.comment
        assert "its end stays scheduled" in check.comment
        assert "lamna" not in team.reconciler("state", "list").out
        known = len(team.ledger)
        _, applied = team.merged("mail", lambda: team.edit("contoso.yaml", MAIL))
        assert (applied.code, entries(team, known)) == (0, [("resize", 40, 45)])

    def test_no_name_becomes_a_file_that_windows_cannot_have(self, team: Team) -> None:
        """Git there checks out no repository that holds one."""

        def rename() -> None:
            team.edit("tailspin.yaml", ("name: tailspin\n", "name: con\n"))
            (team.manifests / "moves.yaml").write_text("moved: {tailspin: con}\n", "utf-8")

        with team.world.changed() as world:
            bank = next(customer for customer in world.customers if customer.display_name == "Woodgrove Bank")
            bank.display_name = "Aux"
        known = len(team.ledger)
        check, _ = team.merged("new", lambda: team.reconciler("import", "--all", "--new-only"))
        assert "aux-2" in check.comment
        _, applied = team.merged("rename", rename)
        assert (applied.code, entries(team, known)) == (0, [])
        assert "tailspin (Tailspin Toys): is con now, in state, as the manifest says." in applied.text
        assert "aux-2" in team.files
        assert not team.files & DEVICES


class TestFiles:
    def test_a_comment_alone_asks_for_nothing(self, team: Team) -> None:
        check, applied = team.merged("comment", lambda: team.edit("contoso.yaml", ("customer:", "# ours\ncustomer:")))
        assert (check.code, check.headline) == (0, "Nothing to do: nothing is declared otherwise than at main")
        assert applied.code == 0

    def test_a_file_that_is_moved_and_one_that_is_split_ask_for_nothing(self, team: Team) -> None:
        def rearrange() -> None:
            (team.manifests / "north").mkdir()
            (team.manifests / "northwind.yaml").rename(team.manifests / "north" / "northwind.yaml")
            both = [(team.manifests / f"{name}.yaml").read_text("utf-8") for name in ("contoso", "lamna")]
            for name in ("contoso", "lamna"):
                (team.manifests / f"{name}.yaml").unlink()
            (team.manifests / "large.yaml").write_text("\n---\n".join(both), "utf-8")

        check, applied = team.merged("files", rearrange)
        assert (check.code, applied.code) == (0, 0)
        assert check.headline.startswith("Nothing to do")

    def test_a_conflict_that_was_committed_is_told_at_its_line_until_it_is_resolved(self, team: Team) -> None:
        with team.pull_request("mine"):
            team.edit("contoso.yaml", ("quantity: 40", "quantity: 50"))
        team.merged("theirs", lambda: team.edit("contoso.yaml", MAIL))
        known = len(team.ledger)
        team.repository.git("checkout", "--quiet", "mine")
        with pytest.raises(CalledProcessError):
            team.repository.git("merge", "--quiet", "main")
        team.repository.commit()
        check = team.check("mine")
        assert (check.code, check.headline) == (1, "There is no plan: 1 problem")
        assert "- `manifests/contoso.yaml:14`<br>git left a conflict here" in check.comment
        validated = team.reconciler("validate", "--format", "github")
        assert "::error file=manifests/contoso.yaml,line=14,col=1," in validated.out
        kept = (team.manifests / "contoso.yaml").read_text("utf-8").splitlines(keepends=True)
        dropped = ("<<<<<<<", "=======", ">>>>>>>", "    quantity: 45")
        (team.manifests / "contoso.yaml").write_text("".join(line for line in kept if not line.startswith(dropped)))
        team.repository.commit()
        check = team.check("mine")
        team.merge("mine")
        assert (check.code, team.deliver(check).code, entries(team, known)) == (0, 0, [("resize", 45, 50)])

    def test_a_fork_plans_from_a_snapshot_and_apply_refuses_its_plan(self, team: Team) -> None:
        team.reconciler("snapshot", "live.json")
        with team.pull_request("fork"):
            team.edit("contoso.yaml", MAIL)
        check = team.check("fork", "--snapshot", "live.json")
        assert (check.code, check.headline) == (0, "1 change can go ahead")
        known = len(team.ledger)
        assert team.reconciler("apply", str(check.review)).code == 1
        assert entries(team, known) == []
        team.merge("fork")
        assert (team.deliver(check).code, entries(team, known)) == (0, [("resize", 40, 45)])


class TestTwoRequests:
    def test_for_two_addresses_of_one_customer_both_are_delivered(self, team: Team) -> None:
        known = len(team.ledger)
        with team.pull_request("first"):
            team.edit("contoso.yaml", MAIL)
        with team.pull_request("second"):
            team.reconciler("set", "contoso/frontline", "--quantity", "140")
        first, second = team.check("first"), team.check("second")
        team.merge("first")
        assert team.deliver(first).code == 0
        team.merge("second")
        assert team.deliver(second).code == 0
        assert entries(team, known) == [("resize", 40, 45), ("resize", 135, 140)]

    def both_merged(self, team: Team, second: tuple[str, ...]) -> tuple[Check, Check]:
        """Two requests for contoso, merged before the first is delivered; the second is checked with the first."""
        with team.pull_request("first"):
            team.edit("contoso.yaml", MAIL)
        first = team.check("first")
        with team.pull_request("second"):
            team.repository.git("merge", "--quiet", "first")
            team.reconciler("set", *second)
        team.merge("first")
        check = team.check("second")
        team.merge("second")
        return first, check

    def test_each_job_of_two_that_were_merged_carries_out_its_own(self, team: Team) -> None:
        known = len(team.ledger)
        first, second = self.both_merged(team, ("contoso/frontline", "--quantity", "140"))
        early = team.deliver(first, beside=second)
        assert (early.code, entries(team, known)) == (0, [("resize", 40, 45)])
        assert "contoso/frontline (Contoso Ltd): left to another review." in early.text
        late = team.deliver(second, beside=first)
        assert (late.code, entries(team, known)) == (0, [("resize", 40, 45), ("resize", 135, 140)])
        assert "contoso/mail (Contoso Ltd): done already." in late.text

    def test_where_the_job_of_one_was_cancelled_the_next_plan_has_its_change(self, team: Team) -> None:
        with team.pull_request("first"):
            team.edit("contoso.yaml", MAIL)
        with team.pull_request("second"):
            team.reconciler("set", "contoso/frontline", "--quantity", "140")
        first, second = team.check("first"), team.check("second")
        team.merge("first")
        team.merge("second")
        only = team.deliver(second, beside=first)
        assert (only.code, "contoso/mail (Contoso Ltd): left to another review." in only.text) == (0, True)
        assert "seats 40 -> 45 (+5)" in team.left("--target", "contoso/*").text
        known = len(team.ledger)
        assert team.deliver(first, beside=second).code == 0
        assert entries(team, known) == [("resize", 40, 45)]

    def test_for_one_address_the_later_one_counts_whichever_job_runs_first(self, team: Team) -> None:
        known = len(team.ledger)
        first, second = self.both_merged(team, ("contoso/mail", "--quantity", "50"))
        codes = [team.deliver(check, beside=other).code for check, other in ((first, second), (second, first))]
        again = team.deliver(first, beside=second)
        assert (codes, again.code, entries(team, known)) == ([0, 0], 0, [("resize", 40, 50)])
        assert "has what the manifests ask for now. It was resized" in again.text

    def test_for_one_address_the_second_is_reviewed_anew(self, team: Team) -> None:
        with team.pull_request("first"):
            team.edit("contoso.yaml", MAIL)
        with team.pull_request("second"):
            team.edit("contoso.yaml", ("quantity: 40", "quantity: 50"))
        first, second = team.check("first"), team.check("second")
        team.merge("first")
        assert team.deliver(first).code == 0
        with pytest.raises(CalledProcessError):
            team.merge("second")
        team.repository.git("checkout", "--theirs", "--", "manifests/contoso.yaml")
        team.repository.commit()
        known = len(team.ledger)
        late = team.deliver(second)
        assert (late.code, entries(team, known)) == (6, [])
        assert "contoso/mail" in late.text


def test_each_delivery_is_in_the_history_with_its_commit(team: Team) -> None:
    team.merged("mail", lambda: team.edit("contoso.yaml", MAIL))
    changes = json.loads(team.reconciler("history", "--customer", "contoso", "--format", "json").out)["changes"]
    assert [change["seats_after"] for change in changes] == [135, 25, 45]
    assert changes[-1]["commit"] == team.repository.git("rev-parse", "main")
