"""A `BlobStore` in a container or bucket, where objects are written only under a condition.

An object store has no fsync and no guard; it has conditional writes: only if nothing is there (`If-None-Match: *`),
or only if the version is still the one that was read (`If-Match`). Everything here is made of those two. An object is
never deleted, as a deletion can't be made conditional everywhere: what is removed is overwritten, under the same
condition, with a tombstone that counts as nothing.
"""

import json
import logging
import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError

from reconciler.advice import problem
from reconciler.model.errors import StateUnavailable
from reconciler.model.locations import parts
from reconciler.state.azure_cli import SignIn
from reconciler.state.proof import PROBE, ConditionRefused, prove
from reconciler.state.providers import PROVIDERS, Client, client
from reconciler.state.refusals import Refusal, code_of, is_permanent, misses_container, refusal, status_of
from reconciler.state.store_port import Blob

_LOG = logging.getLogger(__name__)
_PAUSES = (0.25, 1.0, 3.0)
"""Seconds between the tries of one write."""

_READ_RETRIES = 3
_TOMBSTONE = re.compile(rb'\{"removed": "[0-9a-f]{32}"\}\n')
_TYPE = "application/json"
_NOT_ABOUT_CONDITIONS = {0, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}
_ERRORS = (BaseError, OSError, ValueError)
"""The errors that obstore raises: its own, and a few that Python has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Object:
    """An object as it is there, tombstones too, and the id of the write that made it."""

    blob: Blob
    write: str | None

    @property
    def removed(self) -> bool:
        return bool(_TOMBSTONE.fullmatch(self.blob.content))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Probe:
    """The probe of a container's or bucket's prefix."""

    blobs: "ObjectStore"

    @property
    def location(self) -> str:
        return self.blobs.location

    @property
    def server(self) -> str:
        return self.blobs.provider.title

    @property
    def wrong(self) -> str:
        return self.blobs.provider.never

    def look(self) -> Blob | None:
        return self.blobs.read(PROBE, "read the probe of conditional writes")

    def write(self, content: bytes, condition: str | None) -> bool:
        return self.blobs.try_condition(PROBE, content, condition)


class ObjectStore:
    """A `BlobStore` in a container or bucket. Nothing is sent to the server before the first call.

    A write carries an id of its own (the object's metadata `write`). If its answer is lost, the object is read back:
    with that id it is this very write, which was done; as it was before, nothing was done, and it is sent again under
    the same condition; anything else is somebody else's. `pause` waits for a number of seconds between tries.

    The location is not `unfit`. Raises InvalidInput for one that leads elsewhere by http.
    """

    def __init__(self, location: str, pause: Callable[[float], object] = time.sleep) -> None:
        self._location = location
        self._pause = pause
        scheme, self._container, prefix = parts(location)
        self.provider = PROVIDERS[scheme]
        self._reader = self._client(prefix, _READ_RETRIES)
        self._writer = self._client(prefix, 0)
        if self.provider.experimental:
            _LOG.warning("State in %s: it is tested against no server of its protocol.", self.provider.title)

    @property
    def location(self) -> str:
        return self._location

    def where(self, name: str) -> str:
        return f"{self._location.rstrip('/')}/{name}"

    def names(self, doing: str) -> tuple[str, ...]:
        try:
            found = self._reader.list_with_delimiter()["objects"]
        except _ERRORS as error:
            raise self._explained(error, doing, self._location) from None
        return tuple(sorted(str(entry["path"]) for entry in found if entry["size"] != _TOMBSTONE_BYTES))

    def read(self, name: str, doing: str) -> Blob | None:
        there = self._look(name, doing)
        return None if there is None or there.removed else there.blob

    def prove(self) -> None:
        prove(_Probe(blobs=self), self._pause)

    def put(self, name: str, content: bytes, expected: str | None, doing: str) -> str | None:
        if expected is not None:
            return self._put(name, content, expected, doing)
        there = self._look(name, doing)
        if there and not there.removed:
            return None
        return self._put(name, content, there.blob.version if there else None, doing)

    def remove(self, name: str, version: str, doing: str) -> bool:
        return self._put(name, _tombstone(), version, doing) is not None

    def _put(self, name: str, content: bytes, condition: str | None, doing: str) -> str | None:
        """Writes if the object's version is the condition (None: if there is no object, not even a tombstone)."""
        write, pauses = uuid4().hex, iter(_PAUSES)
        while True:
            try:
                return self._send(name, content, write, condition)
            except _ERRORS as error:
                explained = self._explained(error, doing, self.where(name))
                if not self._is_open(error):
                    raise explained from None
            there = self._look(name, doing)
            if there and there.write == write:
                return there.blob.version
            if (there and there.blob.version) != condition:
                return None
            pause = next(pauses, None)
            if pause is None:
                raise explained
            self._pause(pause)

    def try_condition(self, name: str, content: bytes, condition: str | None) -> bool:
        """Sends one write under a condition, again where nothing answers; see `Probe.write`."""
        pauses = iter(_PAUSES)
        while True:
            try:
                self._send(name, content, uuid4().hex, condition)
            except (AlreadyExistsError, PreconditionError, *_ERRORS) as error:
                explained = self._explained(error, "write to the state location", self.where(name))
                if isinstance(error, AlreadyExistsError | PreconditionError) and _is_condition(error):
                    return False
                if not self._is_open(error):
                    self._refuse_condition(error, name, content)
                    raise explained from None
            else:
                return True
            pause = next(pauses, None)
            if pause is None:
                raise explained
            self._pause(pause)

    def _refuse_condition(self, error: Exception, name: str, content: bytes) -> None:
        """Raises ConditionRefused where the same write is accepted without its condition."""
        status = status_of(error)
        if status not in _NOT_ABOUT_CONDITIONS:
            with suppress(*_ERRORS):
                self._writer.put(name, content, mode="overwrite", attributes={"Content-Type": _TYPE})
                raise ConditionRefused(f"status {status}{code_of(error)}")

    def _look(self, name: str, doing: str) -> _Object | None:
        try:
            result = self._reader.get(name)
            content = bytes(result.bytes())
        except _ERRORS as error:
            if isinstance(error, FileNotFoundError) and not misses_container(error):
                return None
            raise self._explained(error, doing, self.where(name)) from None
        version = str(result.meta[self.provider.tag])
        blob = Blob(content=content, version=version, modified=result.meta["last_modified"])
        return _Object(blob=blob, write=result.attributes.get("write"))

    def _send(self, name: str, content: bytes, write: str, condition: str | None) -> str:
        mode: Any = "create" if condition is None else {self.provider.tag: condition}
        done = self._writer.put(name, content, mode=mode, attributes={"Content-Type": _TYPE, "write": write})
        return str(done[self.provider.tag])

    def _is_open(self, error: Exception) -> bool:
        """Returns True if a write must be read back: its condition did not hold, or nothing answered."""
        if isinstance(error, AlreadyExistsError | PreconditionError):
            return _is_condition(error)
        return self._refusal(error).unanswered

    def _refusal(self, error: Exception) -> Refusal:
        return refusal(error, self.provider, self._container, self._no_token)

    @property
    def _no_token(self) -> str:
        """The reason of the az program for giving no token, where a client needed one."""
        opened = (vars(self).get(name) for name in ("_reader", "_writer"))
        signed = (getattr(client, "credential_provider", None) for client in opened)
        return next((sign_in.why for sign_in in signed if isinstance(sign_in, SignIn) and sign_in.why), "")

    def _explained(self, error: Exception, doing: str, where: str) -> StateUnavailable:
        found = self._refusal(error)
        return StateUnavailable(problem(found.code, where, doing=doing, **found.data))

    def _client(self, prefix: str, retries: int) -> Client:
        try:
            return client(self.provider, self._container, prefix, retries=retries)
        except _ERRORS as error:
            raise self._explained(error, "open the state location", self._location) from None


def _tombstone() -> bytes:
    """The content of an object in place of one that was removed, unlike any other's."""
    return (json.dumps({"removed": uuid4().hex}) + "\n").encode()


_TOMBSTONE_BYTES = len(_tombstone())
"""By their length listings know tombstones: no document of a state or a lock is as short."""


def _is_condition(error: Exception) -> bool:
    """Returns True if a 409 or 412 is about the condition of a write, and not about something in its way."""
    return not misses_container(error) and not is_permanent(error)
