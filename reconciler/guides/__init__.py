"""The guides: Markdown files that ship with the package. `reconciler guide TOPIC` shows one, offline.

A topic is a file's name. `index.md` lists the topics in reading order, one line each; `reconciler guide` prints it.
Promises the files' text and nothing else; knows no other package.
"""

from importlib.resources import files

INDEX = "index"
"""The file that lists the guides. It is no topic."""


def topics() -> tuple[str, ...]:
    """Returns the topics in alphabetical order."""
    names = (file.name for file in files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".md") for name in names if name.endswith(".md") and name != f"{INDEX}.md"))


def read(topic: str = INDEX) -> str:
    """Returns the Markdown of a guide; of the index without a topic."""
    return (files(__name__) / f"{topic}.md").read_text("utf-8")
