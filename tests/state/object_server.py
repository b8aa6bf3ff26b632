"""An object store that keeps its objects in memory, speaks as much of Azure's, Amazon's and Google's protocols as is
needed here, and treats conditions on writes as it is told to.
"""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import uuid4

import pytest

from tests.state.emulators import ACCOUNT, ACCOUNT_KEY, AWS_SECRET, CONTAINER

HONOURED, IGNORED, FAILS = "honoured", "ignored", "fails"
"""The fate of a condition: it holds or not; nobody looks at it; it never holds. Else a status that refuses it."""

Headers = Mapping[str, str]


@dataclass(kw_only=True)
class ObjectServer:
    """`create` is how `If-None-Match` is treated, `replace` how `If-Match` is. `seen` are methods and names.

    `refusals` are the status and the whole text that every request of a method gets instead.
    """

    create: str | int = HONOURED
    replace: str | int = HONOURED
    url: str = ""
    objects: dict[str, tuple[str, bytes, Headers]] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)
    refusals: dict[str, tuple[int, str]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, path: str, headers: Headers, body: bytes) -> tuple[int, str, Headers]:
        with self.lock:
            status = self._status(self.objects.get(path), headers)
            if status:
                return status, _CODES.get(status, "InvalidRequest"), {}
            tag = f'"{uuid4().int % 10**15 + 10**15}"'
            kept = {name: value for name, value in headers.items() if "-meta-" in name}
            self.objects[path] = (tag, body, kept)
            return 201, "", {"ETag": tag, "x-goog-generation": tag.strip('"'), "Last-Modified": formatdate(usegmt=True)}

    def _status(self, there: tuple[str, bytes, Headers] | None, headers: Headers) -> int:
        """Returns why a write is refused; 0 where it is not."""
        how: str | int = HONOURED
        holds = True
        generation = headers.get("x-goog-if-generation-match")
        if "if-none-match" in headers or generation == "0":
            how, holds = self.create, there is None
        elif generation or "if-match" in headers:
            wanted = headers.get("if-match", f'"{generation}"')
            how, holds = self.replace, there is not None and there[0] == wanted
        if isinstance(how, int):
            return how
        refused = how == FAILS or (how == HONOURED and not holds)
        return 412 if refused else 0

    def names(self) -> list[str]:
        return sorted(path.rpartition("/")[2] for path in self.objects)

    def enter(self, scheme: str, monkeypatch: pytest.MonkeyPatch) -> str:
        """Sets the environment that leads here; a new location."""
        azure = {
            "AZURE_STORAGE_ACCOUNT_NAME": ACCOUNT,
            "AZURE_STORAGE_ACCOUNT_KEY": ACCOUNT_KEY,
            "AZURE_STORAGE_ENDPOINT": f"{self.url}/{ACCOUNT}",
        }
        amazon = {
            "AWS_ACCESS_KEY_ID": "AKIATESTS",
            "AWS_SECRET_ACCESS_KEY": AWS_SECRET,
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": self.url,
        }
        account = {"gcs_base_url": self.url, "disable_oauth": True, "client_email": "", "private_key_id": ""}
        google = {
            "GOOGLE_BASE_URL": self.url,
            "GOOGLE_SERVICE_ACCOUNT_KEY": json.dumps({**account, "private_key": ""}),
        }
        for name, value in {"az": azure, "s3": amazon, "gs": google}[scheme].items():
            monkeypatch.setenv(name, value)
        return f"{scheme}://{CONTAINER}/{uuid4()}"


_CODES = {412: "PreconditionFailed", 501: "NotImplemented", 400: "UnsupportedHeader", 405: "MethodNotAllowed"}


@contextmanager
def object_server(create: str | int = HONOURED, replace: str | int = HONOURED) -> Iterator[ObjectServer]:
    """Runs until the `with` ends."""
    store = ObjectServer(create=create, replace=replace)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (_Handler,), {"store": store}))
    server.daemon_threads = True
    store.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield store
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    store: ObjectServer
    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = self._path()
        self._answer(*self.store.put(path, {name.lower(): value for name, value in self.headers.items()}, body))

    def do_GET(self) -> None:
        path, query = self._path(), parse_qs(urlsplit(self.path).query)
        if "prefix" in query:
            self._answer(200, self._list(query["prefix"][0]), {})
        elif path in self.store.objects:
            tag, content, kept = self.store.objects[path]
            self._answer(
                200,
                content.decode(),
                {"ETag": tag, "x-goog-generation": tag.strip('"'), "Last-Modified": formatdate(usegmt=True), **kept},
            )
        else:
            self._answer(404, "BlobNotFound", {})

    def _path(self) -> str:
        path = unquote(urlsplit(self.path).path)
        self.store.seen.append(f"{self.command} {path.rpartition('/')[2]}")
        return path

    def _list(self, prefix: str) -> str:
        base = urlsplit(self.path).path.rstrip("/") + "/"
        names = [path.removeprefix(base) for path in sorted(self.store.objects) if path.startswith(base + prefix)]
        when = formatdate(usegmt=True)
        blobs = "".join(
            f"<Blob><Name>{name}</Name><Properties><Last-Modified>{when}</Last-Modified><Content-Length>1"
            "</Content-Length><Content-Type>x</Content-Type></Properties></Blob>"
            for name in names
        )
        contents = "".join(
            f"<Contents><Key>{name}</Key><LastModified>2026-01-01T00:00:00Z</LastModified><Size>1</Size></Contents>"
            for name in names
        )
        if ACCOUNT in base:
            return f"<EnumerationResults><Blobs>{blobs}</Blobs><NextMarker/></EnumerationResults>"
        return f"<ListBucketResult><IsTruncated>false</IsTruncated>{contents}</ListBucketResult>"

    def _answer(self, status: int, text: str, headers: Headers) -> None:
        body = f"<Error><Code>{text}</Code></Error>".encode() if status >= 400 else text.encode()
        if self.command in self.store.refusals:
            status, whole = self.store.refusals[self.command]
            body = whole.encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass
