"""Lines added to a file, which others read as they come: how a large world is saved without being written anew."""

from pathlib import Path


class Journal:
    """Follows one file. Only one at a time may append, and it must have read all the news before."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.size = 0
        """The number of bytes of whole lines that have been read or written."""

    def news(self) -> list[bytes]:
        """The lines that are new since the last call. A line that was cut by a killed process does not count."""
        if self._length() <= self.size:
            return []
        with self._path.open("rb") as file:
            file.seek(self.size)
            tail = file.read()
        whole = tail[: tail.rfind(b"\n") + 1]
        self.size += len(whole)
        return whole.splitlines()

    def append(self, line: bytes) -> None:
        """Adds a line, over whatever was cut at the end."""
        with self._path.open("r+b" if self._path.exists() else "w+b") as file:
            file.seek(self.size)
            file.write(line + b"\n")
            file.truncate()
        self.size += len(line) + 1

    def _length(self) -> int:
        try:
            return self._path.stat().st_size
        except FileNotFoundError:
            return 0
