"""A content that is at hand is taken for the commit's only where git has it under the identifier of the commit's."""

import shutil
import zlib
from pathlib import Path

import pytest

from reconciler import git
from reconciler.model.errors import InvalidInput
from tests.cli.repositories import Repository

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.fixture(params=["sha1", "sha256"])
def committed(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A repository of either kind, with two manifests in a directory of its own."""
    folder = tmp_path / "manifests"
    folder.mkdir()
    for name in ("contoso", "fabrikam"):
        (folder / f"{name}.yaml").write_text(f"name: {name}\n")
    made = Repository(tmp_path)
    made.git("init", "--quiet", f"--object-format={request.param}")
    made.commit()
    return folder


def test_the_commits_own_content_counts_where_another_is_at_hand(committed: Path) -> None:
    known = {"contoso.yaml": b"name: contoso\n", "fabrikam.yaml": b"name: another\n", "new.yaml": b"name: new\n"}

    files = git.head(committed).files(bool, known)

    assert files == {"contoso.yaml": b"name: contoso\n", "fabrikam.yaml": b"name: fabrikam\n"}


def test_what_is_at_hand_is_not_read_from_git(committed: Path) -> None:
    known = {path.name: path.read_bytes() for path in committed.iterdir()}
    head = git.head(committed)
    blob = b"blob 14\0name: contoso\n"
    for loose in (committed.parent / ".git" / "objects").glob("[0-9a-f][0-9a-f]/*"):
        if zlib.decompress(loose.read_bytes()) == blob:
            loose.unlink()

    assert head.files(bool, known) == known
    with pytest.raises(InvalidInput):
        head.files(bool, {})
