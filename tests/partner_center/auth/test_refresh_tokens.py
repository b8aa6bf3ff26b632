"""Refresh tokens: each use brings a successor, which is kept where its owner says, and nowhere else."""

import stat
from pathlib import Path

import pytest

from reconciler.model.errors import AuthenticationFailed
from reconciler.partner_center.auth import making
from reconciler.partner_center.auth.refresh import RefreshTokens
from tests.partner_center.auth.directory import REFRESH, Directory, Refused, SignIns


def used(directory: Directory) -> list[str]:
    return [form["refresh_token"] for form in directory.grants]


def test_a_successor_is_used_for_the_rest_of_the_run(directory: Directory, sign_in: SignIns) -> None:
    tokens = making.tokens(sign_in(RECONCILER_REFRESH_TOKEN=REFRESH))
    tokens.instead_of(tokens.token())

    assert used(directory) == [REFRESH, directory.refresh_tokens[1]]


def test_a_successor_is_kept_in_the_file_for_its_owner_alone(
    directory: Directory, sign_in: SignIns, tmp_path: Path
) -> None:
    file = tmp_path / "refresh"
    variables = {"RECONCILER_REFRESH_TOKEN": REFRESH, "RECONCILER_REFRESH_TOKEN_FILE": str(file)}

    making.tokens(sign_in(**variables)).token()
    making.tokens(sign_in(**variables)).token()

    assert used(directory) == [REFRESH, directory.refresh_tokens[1]]
    assert file.read_text() == f"{directory.refresh_tokens[2]}\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.glob("*refresh*")) == [file]


def test_a_file_that_others_can_read_is_closed_to_them(directory: Directory, sign_in: SignIns, tmp_path: Path) -> None:
    file = tmp_path / "refresh"
    file.write_text(REFRESH)
    file.chmod(0o644)
    directory.status, directory.body = 503, b""

    with pytest.raises(AuthenticationFailed):
        making.tokens(sign_in(RECONCILER_REFRESH_TOKEN_FILE=str(file))).token()

    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_where_the_kept_token_is_not_accepted_any_more_the_given_one_is_tried(
    directory: Directory, sign_in: SignIns, tmp_path: Path
) -> None:
    file = tmp_path / "refresh"
    file.write_text("an-old-one")

    making.tokens(sign_in(RECONCILER_REFRESH_TOKEN=REFRESH, RECONCILER_REFRESH_TOKEN_FILE=str(file))).token()

    assert used(directory) == ["an-old-one", REFRESH]
    assert file.read_text() == f"{directory.refresh_tokens[1]}\n"


@pytest.mark.parametrize("error", ["interaction_required", "invalid_client"])
def test_a_refusal_that_is_not_of_the_token_tries_no_other(
    directory: Directory, sign_in: SignIns, tmp_path: Path, error: str
) -> None:
    file = tmp_path / "refresh"
    file.write_text("the-kept-one")
    directory.refusal = Refused(53003, error)

    with pytest.raises(AuthenticationFailed, match="Conditional access blocks"):
        making.tokens(sign_in(RECONCILER_REFRESH_TOKEN=REFRESH, RECONCILER_REFRESH_TOKEN_FILE=str(file))).token()

    assert used(directory) == ["the-kept-one"]


def test_where_no_token_is_accepted_the_first_ones_refusal_is_told(
    directory: Directory, sign_in: SignIns, tmp_path: Path
) -> None:
    file = tmp_path / "refresh"
    file.write_text("the-kept-one")
    refusals = iter([Refused(70043), Refused(700082)])
    directory.before_grant = lambda: next(refusals)

    with pytest.raises(AuthenticationFailed, match="AADSTS70043"):
        making.tokens(sign_in(RECONCILER_REFRESH_TOKEN=REFRESH, RECONCILER_REFRESH_TOKEN_FILE=str(file))).token()

    assert used(directory) == ["the-kept-one", REFRESH]


def test_a_file_that_could_not_keep_a_successor_is_refused_before_the_token_is_used(
    directory: Directory, sign_in: SignIns, tmp_path: Path
) -> None:
    variables = {"RECONCILER_REFRESH_TOKEN": REFRESH, "RECONCILER_REFRESH_TOKEN_FILE": str(tmp_path / "no" / "folder")}

    with pytest.raises(AuthenticationFailed, match="The file that keeps the refresh token can't be used"):
        making.tokens(sign_in(**variables)).token()

    assert directory.grants == []


def test_a_file_that_can_not_be_written_later_stops_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    tokens = RefreshTokens(REFRESH, str(folder / "refresh"))
    assert tokens.candidates() == (REFRESH,)
    folder.rmdir()

    tokens.keep("successor")

    assert tokens.candidates() == ("successor", REFRESH)


def test_an_empty_file_is_no_token(tmp_path: Path) -> None:
    file = tmp_path / "refresh"
    file.write_text("\n")

    with pytest.raises(AuthenticationFailed, match="There is no refresh token"):
        RefreshTokens(None, str(file)).candidates()


def test_no_representation_shows_a_refresh_token(tmp_path: Path) -> None:
    tokens = RefreshTokens("hunter2", str(tmp_path / "refresh"))
    tokens.keep("hunter3")

    assert "hunter" not in repr(tokens)
