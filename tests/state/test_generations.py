"""Google Cloud Storage's conditions name generations. This server knows just them."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from reconciler.model.errors import LockHeld, StateConflict
from reconciler.model.state_store import StateStore
from reconciler.state import open_store
from tests.state.states import RUN, a_state


class Bucket(BaseHTTPRequestHandler):
    """ObjectStore with a generation each, written only under `x-goog-if-generation-match` (0: there is none)."""

    objects: dict[str, tuple[int, bytes, str]]

    def do_GET(self) -> None:
        generation, content, write = self.objects.get(self.path, (0, b"<Error><Code>NoSuchKey</Code></Error>", ""))
        self._answer(200 if generation else 404, generation, content, write)

    def do_PUT(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        there = self.objects.get(self.path, (0, b"", ""))[0]
        if there != int(self.headers["x-goog-if-generation-match"]):
            self._answer(412, there, b"<Error><Code>PreconditionFailed</Code></Error>", "")
            return
        self.objects[self.path] = (there + 7, content, self.headers["x-goog-meta-write"])
        self._answer(200, there + 7, b"", "")

    def _answer(self, status: int, generation: int, content: bytes, write: str) -> None:
        self.send_response_only(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("ETag", '"the same for all"')
        self.send_header("Last-Modified", "Sun, 01 Mar 2026 12:00:00 GMT")
        self.send_header("x-goog-generation", str(generation))
        self.send_header("x-goog-meta-write", write)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[StateStore]:
    handler = type("Handler", (Bucket,), {"objects": {}})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        monkeypatch.setenv("GOOGLE_BASE_URL", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("GOOGLE_BEARER_TOKEN", "made-up")
        yield open_store("gs://estate/prefix")
        server.shutdown()
        thread.join()


def test_a_write_names_the_generation_that_it_read(store: StateStore) -> None:
    first = store.write(a_state(serial=1), None)
    second = store.write(a_state(serial=2), first)
    found = store.read("contoso")
    assert found is not None
    assert (found.version, found.state.serial) == (second, 2)
    assert first != second
    for stale in (first, None):
        with pytest.raises(StateConflict):
            store.write(a_state(serial=3), stale)


def test_a_lock_is_taken_released_and_taken_again(store: StateStore) -> None:
    for _ in range(2):
        with store.lock("contoso", "apply", RUN) as lock:
            assert store.held("contoso") == lock
            with pytest.raises(LockHeld):
                store.lock("contoso", "apply", RUN).__enter__()
        assert store.held("contoso") is None
