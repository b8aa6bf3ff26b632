"""The file that keeps a person's sign-in: what is wrong with it is said of the file, and never of the directory.

Written whole or not at all. A platform that encrypts keeps the content elsewhere (Keychain, libsecret) or in this file
(DPAPI); the file is there in each case.
"""

import json
import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msal  # type: ignore[import-untyped] # it has no type information
import msal_extensions  # type: ignore[import-untyped] # as above
from msal_extensions.persistence import (  # type: ignore[import-untyped] # as above
    PersistenceDecryptionError,
    PersistenceNotFound,
)

from reconciler.advice import problem, sentence
from reconciler.model.errors import AuthenticationFailed

AGAIN = "device_code"
"""The condition of the advice on how a person signs in anew."""

log = logging.getLogger(__name__)


class KeptSignIn:
    """A persistence of msal_extensions, whose every trouble is an AuthenticationFailed that names the file."""

    def __init__(self, file: Path) -> None:
        self._file = file

    @property
    def place(self) -> str:
        return str(self._file)

    @property
    def is_encrypted(self) -> bool:
        return bool(self._platform(self._file).is_encrypted)

    def exists(self) -> bool:
        """Returns whether something is in its place, a broken link included."""
        return os.path.lexists(self._file)

    def get_location(self) -> str:
        return str(self._file)

    def time_last_modified(self) -> float:
        try:
            return self._file.stat().st_mtime
        except FileNotFoundError:
            raise PersistenceNotFound(location=self.place) from None
        except OSError as error:
            raise self.unreadable(_reason(error)) from None

    def load(self) -> str:
        """The content: JSON of msal. Raises AuthenticationFailed where it can't be read, decrypted or understood."""
        try:
            text = self._platform(self._file).load()
        except PersistenceNotFound:
            raise
        except UnicodeDecodeError:
            raise self.unreadable(sentence("sign_in_is_damaged")) from None
        except Exception as error:  # noqa: BLE001 - each platform's keyring has errors of its own
            raise self.unreadable(_reason(error)) from None
        if not text:
            raise self.unreadable(sentence("sign_in_is_empty"))
        if not _is_cache(text):
            raise self.unreadable(sentence("sign_in_is_damaged"))
        return str(text)

    def check(self) -> None:
        """Raises AuthenticationFailed where the file is there, and its content is of no use."""
        with suppress(PersistenceNotFound):
            self.load()

    def save(self, content: str) -> None:
        """Replaces the content. Raises AuthenticationFailed where it can't be written; the old one stays then."""
        try:
            self._make_folder()
            platform = self._platform(self._file)
            if isinstance(platform, msal_extensions.FilePersistence):
                self._replace(content)
            else:
                platform.save(content)
        except Exception as error:  # noqa: BLE001 - each platform's keyring has errors of its own
            raise self.unwritable(_reason(error)) from None

    def make_room(self) -> None:
        """Takes away what can't be read. Raises AuthenticationFailed where a new sign-in could not be kept."""
        try:
            self._make_folder()
            handle, name = tempfile.mkstemp(dir=self._file.parent)
            os.close(handle)
            Path(name).unlink()
            if self.exists() and not self._is_readable():
                self._file.rmdir() if self._file.is_dir() and not self._file.is_symlink() else self._file.unlink()
        except OSError as error:
            raise self.unwritable(_reason(error)) from None

    def unreadable(self, why: str) -> AuthenticationFailed:
        """The error of a file whose content is of no use."""
        return AuthenticationFailed(problem("kept_sign_in_unreadable", self.place, why=why))

    def unwritable(self, why: str) -> AuthenticationFailed:
        """The error of a place that takes no sign-in."""
        return AuthenticationFailed(problem("sign_in_not_kept", self.place, why=why, folder=self._file.parent))

    def _is_readable(self) -> bool:
        try:
            self.load()
        except PersistenceNotFound:
            return self._file.is_file()  # a keyring's own file is empty
        except AuthenticationFailed:
            return False
        return True

    def _make_folder(self) -> None:
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _platform(self, file: Path) -> Any:
        try:
            return msal_extensions.build_encrypted_persistence(str(file))
        except Exception:  # noqa: BLE001 - whatever this machine's keyring lacks
            return _PlainFile(file)

    def _replace(self, content: str) -> None:
        """By a second file beside it: a full disk leaves the first as it is."""
        handle, name = tempfile.mkstemp(dir=self._file.parent, prefix=f".{self._file.name}.")
        os.close(handle)
        try:
            self._platform(Path(name)).save(content)
            Path(name).replace(self._file)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise


class _PlainFile(msal_extensions.FilePersistence):  # type: ignore[misc] # it has no type information
    """Text in a file of its owner alone, in UTF-8 whatever the platform's encoding."""

    def __init__(self, file: Path) -> None:
        super().__init__(str(file))
        self._file = file

    def save(self, content: str) -> None:
        with self._file.open("w", encoding="utf-8") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())

    def load(self) -> str:
        with suppress(OSError):
            self._file.chmod(0o600)
        try:
            return self._file.read_text("utf-8")
        except FileNotFoundError:
            raise PersistenceNotFound(location=str(self._file)) from None


class KeptCache(msal_extensions.PersistedTokenCache):  # type: ignore[misc] # it has no type information
    """msal's tokens in the kept file.

    A run that can't write them has its token all the same, and goes on with what it holds; a login must keep them.
    """

    def __init__(self, kept: KeptSignIn) -> None:
        super().__init__(kept)
        self._must_keep = False

    @contextmanager
    def keeping(self) -> Iterator[None]:
        """Raises AuthenticationFailed for what can't be kept."""
        self._must_keep = True
        try:
            yield
        finally:
            self._must_keep = False

    def modify(self, credential_type: Any, old_entry: Any, new_key_value_pairs: Any = None) -> None:
        try:
            super().modify(credential_type, old_entry, new_key_value_pairs)
        except (OSError, msal_extensions.LockError) as error:
            if self._must_keep:
                raise self._persistence.unwritable(_reason(error)) from None
            self._only_here(_reason(error), credential_type, old_entry, new_key_value_pairs)
        except AuthenticationFailed as error:
            if self._must_keep:
                raise
            self._only_here(error.problems[0].what, credential_type, old_entry, new_key_value_pairs)

    def _only_here(self, why: str, *change: Any) -> None:
        log.warning("the renewed sign-in could not be kept in %s: %s", self._persistence.place, why)
        msal.SerializableTokenCache.modify(self, *change)


def _is_cache(text: str) -> bool:
    """Returns whether it has the shape of msal's cache: kinds of entries, each entry with its members."""
    try:
        kinds = json.loads(text)
    except (ValueError, RecursionError):
        return False
    entries = [entry for kind in kinds.values() for entry in _values(kind)] if isinstance(kinds, dict) else [None]
    return all(isinstance(entry, dict) for entry in entries)


def _values(kind: Any) -> list[Any]:
    return list(kind.values()) if isinstance(kind, dict) else [None]


def _reason(error: Exception) -> str:
    """Returns the platform's words; of an error that says nothing in words, its name."""
    if isinstance(error, PersistenceDecryptionError):
        return sentence("sign_in_is_of_another_password")
    words = getattr(error, "strerror", None)
    return str(words).splitlines()[0].rstrip(".") if words else f"{type(error).__name__}"
