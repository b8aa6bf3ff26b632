"""Servers of the object stores' own protocols, as processes on this machine: Azurite for Azure, moto for S3.

`python -m tests.state.emulators` installs Azurite, by npm, into a cache folder; so does the first test that needs it.
"""

import base64
import hashlib
import hmac
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from filelock import FileLock

AZURITE = "3.35.0"
ACCOUNT = "devstoreaccount1"
ACCOUNT_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
"""Azurite's own, published for everybody."""

CONTAINER = "estate"
AWS_SECRET = "made-up-secret-key-of-the-tests"

_MOTO = """
from threading import Lock
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

one_at_a_time, moto = Lock(), DomainDispatcherApplication(create_backend_app)

def application(environ, start_response):
    if "Action=AssumeRoleWithWebIdentity" in environ["QUERY_STRING"]:  # moto looks for it in the body
        environ["HTTP_AUTHORIZATION"] = "AWS4-HMAC-SHA256 Credential=nobody/20260101/us-east-1/sts/aws4_request, "
    with one_at_a_time:  # S3 compares and swaps at once; moto compares, and then swaps
        return list(moto(environ, start_response))

server = make_server("127.0.0.1", 0, application, threaded=True)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
"""


@dataclass(frozen=True, kw_only=True)
class Emulator:
    """A running server, and the environment that leads to it. The container is there; its prefixes are everybody's."""

    scheme: str
    url: str
    endpoint: str
    environment: Mapping[str, str]

    def entered(self, monkeypatch: pytest.MonkeyPatch) -> str:
        """Sets the environment, for processes that are started too. A new location, empty so far."""
        for name, value in self.environment.items():
            monkeypatch.setenv(name, value)
        return f"{self.scheme}://{CONTAINER}/tests/{uuid4()}"

    def through(self, url: str) -> "Emulator":
        """The same server by another address."""
        leading = self.environment[self.endpoint].replace(self.url, url)
        return replace(self, url=url, environment={**self.environment, self.endpoint: leading})


@contextmanager
def azurite() -> Iterator[Emulator]:
    """Azure Blob Storage. Skips where it can't be installed; in CI that is a failure."""
    command = ["node", str(_installed() / "dist/src/blob/main.js"), "--blobHost", "127.0.0.1", "--blobPort", "0"]
    options = ["--inMemoryPersistence", "--silent", "--skipApiVersionCheck", "--disableTelemetry"]
    with _running([*command, *options], re.compile(r"listens on (http://\S+)")) as url:
        _create_container(url)
        yield Emulator(
            scheme="az",
            url=url,
            endpoint="AZURE_STORAGE_ENDPOINT",
            environment={
                "AZURE_STORAGE_ACCOUNT_NAME": ACCOUNT,
                "AZURE_STORAGE_ACCOUNT_KEY": ACCOUNT_KEY,
                "AZURE_STORAGE_ENDPOINT": f"{url}/{ACCOUNT}",
            },
        )


@contextmanager
def s3() -> Iterator[Emulator]:
    """Amazon S3."""
    with _running([sys.executable, "-c", _MOTO], re.compile(r"(http://\S+)")) as url:
        _put(f"{url}/{CONTAINER}", {})
        yield Emulator(
            scheme="s3",
            url=url,
            endpoint="AWS_ENDPOINT_URL",
            environment={
                "AWS_ACCESS_KEY_ID": "AKIATESTS",
                "AWS_SECRET_ACCESS_KEY": AWS_SECRET,
                "AWS_REGION": "us-east-1",
                "AWS_ENDPOINT_URL": url,
            },
        )


def install() -> Path:
    """Azurite's folder, installed into the cache where it is not there. Raises OSError or CalledProcessError."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "reconciler-tests"
    folder = cache / f"azurite-{AZURITE}"
    package = folder / "node_modules" / "azurite"
    cache.mkdir(parents=True, exist_ok=True)
    with FileLock(cache / "azurite.lock"):
        if not (folder / "complete").exists():
            npm = shutil.which("npm")
            if npm is None:
                raise FileNotFoundError("npm is not on the PATH")
            options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
            subprocess.run([npm, "install", "--prefix", str(folder), *options, f"azurite@{AZURITE}"], check=True)
            (folder / "complete").touch()
    return package


def _installed() -> Path:
    try:
        return install()
    except (OSError, subprocess.CalledProcessError) as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"Azurite can't be installed: {error}")


@contextmanager
def _running(command: list[str], says: re.Pattern[str]) -> Iterator[str]:
    """A server process, gone afterwards; the address that it says it listens at."""
    with subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            assert process.stdout is not None
            found = next(filter(None, map(says.search, process.stdout)), None)
            assert found, f"{command[0]} did not start"
            yield found[1]
        finally:
            process.kill()


def _create_container(url: str) -> None:
    date, version = f"{datetime.now(UTC):%a, %d %b %Y %H:%M:%S} GMT", "2021-08-06"
    path = f"/{ACCOUNT}/{CONTAINER}"
    signed = "PUT" + "\n" * 12 + f"x-ms-date:{date}\nx-ms-version:{version}\n/{ACCOUNT}{path}\nrestype:container"
    digest = hmac.new(base64.b64decode(ACCOUNT_KEY), signed.encode(), hashlib.sha256).digest()
    authorization = f"SharedKey {ACCOUNT}:{base64.b64encode(digest).decode()}"
    headers = {"x-ms-date": date, "x-ms-version": version, "Authorization": authorization}
    _put(f"{url}{path}?restype=container", headers)


def _put(url: str, headers: Mapping[str, str]) -> None:
    request = urllib.request.Request(url, method="PUT", headers=dict(headers))
    with urllib.request.urlopen(request, timeout=30):
        pass


if __name__ == "__main__":
    install()
