"""An S3 server that all cases share, each through a proxy of its own, started when the first case needs it."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from uuid import uuid4

from obstore.store import S3Store

from tests.state.emulators import AWS_SECRET, CONTAINER, Emulator, s3
from tests.state.proxy import Proxy, proxy


@dataclass(kw_only=True)
class Bucket:
    """The server, once it is asked for. Safe between threads; gone at the end of `shared`."""

    _stack: ExitStack
    _once: threading.Lock = field(default_factory=threading.Lock)
    _server: Emulator | None = None

    @property
    def server(self) -> Emulator:
        with self._once:
            if self._server is None:
                self._server = self._stack.enter_context(s3())
            return self._server

    @contextmanager
    def location(self) -> Iterator[tuple[str, Proxy, dict[str, str]]]:
        """A new location, the proxy before it, and the environment that leads there."""
        with proxy(self.server.url) as between:
            variables = dict(self.server.through(between.url).environment)
            yield f"{self.server.scheme}://{CONTAINER}/crash/{uuid4()}", between, variables

    def read(self, location: str, name: str) -> bytes:
        """A document of a location as the server has it, past the proxy; nothing where there is none."""
        prefix = location.partition("://")[2].partition("/")[2]
        try:
            store = S3Store(
                CONTAINER,
                prefix=prefix,
                endpoint=self.server.url,
                region="us-east-1",
                access_key_id="AKIATESTS",
                secret_access_key=AWS_SECRET,
                client_options={"allow_http": True},
            )
            return bytes(store.get(name).bytes())
        except FileNotFoundError:
            return b""


@contextmanager
def shared() -> Iterator[Bucket]:
    with ExitStack() as stack:
        yield Bucket(_stack=stack)
