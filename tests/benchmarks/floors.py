"""The least that anybody could do it with: the same bytes read, sent and parsed, and nothing else. Each in its own
process.
"""

import json
import socket
from pathlib import Path

import click


@click.group()
def main() -> None:
    """The floors."""


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
def parse(folder: Path) -> None:
    """Reads every file, and lets libyaml parse it."""
    import yaml

    for path in sorted(folder.iterdir()):
        for _ in yaml.parse(path.read_bytes(), Loader=yaml.CSafeLoader):
            pass


@main.command()
@click.argument("port", type=int)
@click.argument("paths", type=click.Path(path_type=Path))
def ask(port: int, paths: Path) -> None:
    """Asks for every path in turn over one connection, and parses what comes."""
    head = f"Host: 127.0.0.1:{port}\r\nAccept: application/json\r\nAuthorization: Bearer sandbox\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        answers = connection.makefile("rb")
        for path in paths.read_text().splitlines():
            connection.sendall(f"GET {path} HTTP/1.1\r\n{head}".encode())
            length = 0
            while (line := answers.readline()) != b"\r\n":
                if line.startswith(b"Content-Length:"):
                    length = int(line[15:])
            json.loads(answers.read(length).decode("utf-8-sig"))


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
def load(file: Path) -> None:
    """Reads a JSON file."""
    json.loads(file.read_bytes())


if __name__ == "__main__":
    main()
