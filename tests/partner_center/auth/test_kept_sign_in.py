"""The file that keeps a person's sign-in: damaged, unreadable or unwritable, it is never the directory's fault."""

import errno
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msal_extensions  # type: ignore[import-untyped] # it has no type information
import pytest
from msal_extensions.persistence import PersistenceDecryptionError  # type: ignore[import-untyped] # as above

from reconciler.model.errors import AuthenticationFailed
from reconciler.model.identity import Invitation
from reconciler.partner_center.auth import making
from tests.partner_center.auth.directory import Directory, SignIns


@pytest.fixture
def kept(directory: Directory, sign_in: SignIns) -> Path:
    """A sign-in that was kept. The directory is asked about nothing but itself from now on."""
    place = making.device(sign_in()).login(lambda _: None).place
    directory.asked.clear()
    return Path(place)


def cut(good: bytes) -> bytes:
    return good[:200]


def without(kind: str, member: str) -> Callable[[bytes], bytes]:
    """The entries of this kind lack a member."""

    def change(good: bytes) -> bytes:
        content = json.loads(good)
        for entry in content[kind].values():
            del entry[member]
        return json.dumps(content).encode()

    return change


DAMAGED: dict[str, Callable[[bytes], bytes]] = {
    "cut short": cut,
    "empty": lambda _: b"",
    "no text": lambda _: b"\x80\xff\x00",
    "another shape": lambda _: b"[]",
    "entries that are none": lambda _: b'{"Account": {"key": "text"}}',
    "kinds that are none": lambda _: b'{"Account": 3}',
    "a byte order mark": lambda good: b"\xef\xbb\xbf" + good,
    "deep": lambda _: b"[" * 100_000,
    "a token without its text": without("AccessToken", "secret"),
}


@pytest.mark.parametrize("how", DAMAGED)
def test_a_damaged_file_is_named_and_a_login_mends_it(
    directory: Directory, sign_in: SignIns, kept: Path, how: str
) -> None:
    good = kept.read_bytes()
    kept.write_bytes(DAMAGED[how](good))

    with pytest.raises(AuthenticationFailed, match="can't be read") as refused:
        making.tokens(sign_in()).token()

    assert refused.value.problems[0].where == str(kept)
    assert "reconciler auth login" in refused.value.problems[0].remedy
    assert directory.grants == []

    making.device(sign_in()).login(lambda _: None)
    assert making.tokens(sign_in()).token() == directory.issued[-1]


@pytest.mark.parametrize("what", ["folder", "broken link", "loop"])
def test_something_else_in_its_place_is_replaced_too(
    directory: Directory, sign_in: SignIns, kept: Path, what: str
) -> None:
    kept.unlink()
    match what:
        case "folder":
            kept.mkdir()
        case "broken link":
            kept.symlink_to("nowhere")
        case _:
            kept.symlink_to(kept.name)

    with pytest.raises(AuthenticationFailed):
        making.tokens(sign_in()).token()
    making.device(sign_in()).login(lambda _: None)

    assert making.tokens(sign_in()).token() == directory.issued[-1]


def refuses(code: int) -> Callable[..., Any]:
    def refuse(*_: Any, **__: Any) -> Any:
        raise OSError(code, os.strerror(code))

    return refuse


def test_another_users_file_is_named_with_the_reason(
    sign_in: SignIns, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "read_text", refuses(errno.EACCES))

    with pytest.raises(AuthenticationFailed, match="can't be read: Permission denied") as refused:
        making.tokens(sign_in()).token()

    assert refused.value.problems[0].where == str(kept)


class Undecryptable(msal_extensions.FilePersistence):  # type: ignore[misc] # it has no type information
    is_encrypted = True

    def load(self) -> str:
        raise PersistenceDecryptionError(-2146893813, "Decryption failed: see https://example.org", self._location)


def test_what_can_not_be_decrypted_is_told_as_that(
    sign_in: SignIns, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(msal_extensions, "build_encrypted_persistence", Undecryptable)

    with pytest.raises(AuthenticationFailed, match="can't be decrypted") as refused:
        making.tokens(sign_in()).token()

    assert refused.value.problems[0].where == str(kept)


def test_a_place_that_can_not_be_written_is_told_before_anybody_is_invited(
    directory: Directory, sign_in: SignIns, tmp_path: Path
) -> None:
    (tmp_path / "kept").write_text("a file where the folder belongs")
    invited: list[Invitation] = []

    with pytest.raises(AuthenticationFailed, match="can't be kept on this machine") as refused:
        making.device(sign_in()).login(invited.append)

    assert (invited, directory.asked) == ([], [])
    assert str(tmp_path / "kept") in str(refused.value.problems[0].where)


def test_a_disk_that_fills_while_a_sign_in_is_kept_leaves_the_old_one_whole(
    sign_in: SignIns, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = kept.read_bytes()
    monkeypatch.setattr(os, "fsync", refuses(errno.ENOSPC))

    with pytest.raises(AuthenticationFailed, match="No space left"):
        making.device(sign_in()).login(lambda _: None)

    assert kept.read_bytes() == before
    assert [file.name for file in kept.parent.iterdir()] == [kept.name]


def test_a_run_that_can_not_keep_the_renewed_sign_in_has_its_token_all_the_same(
    directory: Directory, sign_in: SignIns, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = kept.read_bytes()
    monkeypatch.setattr(os, "fsync", refuses(errno.EROFS))
    tokens = making.tokens(sign_in())

    another = tokens.instead_of(tokens.token())

    assert another == directory.issued[-1]
    assert kept.read_bytes() == before


def test_a_directory_that_answers_nonsense_is_never_taken_for_a_damaged_file(
    directory: Directory, sign_in: SignIns, kept: Path
) -> None:
    tokens = making.tokens(sign_in())
    token = tokens.token()
    directory.status, directory.body = 200, b"no JSON"

    with pytest.raises(AuthenticationFailed, match="gave no answer that can be understood") as refused:
        tokens.instead_of(token)

    assert str(kept) not in str(refused.value.problems)
