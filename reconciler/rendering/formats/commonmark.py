"""Text that came from elsewhere as Markdown in which nothing acts: no markup, HTML, mention, reference or link.

For GitHub's, GitLab's and Azure DevOps' kinds of Markdown alike. Where a host looks for something in the rendered
text (mentions, references, bare links), an invisible character of ours is put between, written as an entity.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from reconciler.model.invocation import Invocation
from reconciler.model.place import Place
from reconciler.model.remedy import Step
from reconciler.rendering.passages import Passage, passages, prose
from reconciler.rendering.phrases import clipped
from reconciler.rendering.places import source_url, web
from reconciler.rendering.report import cuts
from reconciler.rendering.safe import visible
from reconciler.rendering.view import View

LONGEST = 600
"""The characters of one foreign text that a comment shows."""

NAMED = 12
"""The most addresses that a sentence names; the rest are counted."""

_APART = "&#8203;"

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "<span>$</span>", "@": f"@{_APART}", "#": f"#{_APART}"}
"""`$` begins a formula on GitHub, and this is how its documentation writes one that doesn't."""

_ACTIVE = re.compile(
    r"(?P<link>!(?=\d)|:(?=//)|\bwww(?=\.)|\b(?:mailto|xmpp|tel):|:(?=[\w+-]+:)|\bGH-(?=\d)|\?(?=\d)|%(?=\d))"
    r"|(?P<entity>[&<>$@#])"
    r"|^(?P<mark>[-+=/~:]|\d+(?=[.)](?:\s|$)))"
    r"|(?P<sign>[\\`*_~\[\]|!^{}])",
    re.IGNORECASE,
)


def words(text: str) -> str:
    """The text as words to read, on one line."""
    return _ACTIVE.sub(_harmless, visible(clipped(" ".join(text.split("\n")).strip(), LONGEST)))


def markup(text: str) -> str:
    """The text as words within HTML, where a backslash would be read as one."""
    return re.sub(r"\\(.)", lambda escaped: f"&#{ord(escaped[1])};", words(text))


def code(text: str, *, cell: bool = False) -> str:
    """The text as code, in which no Markdown acts; in a table's `cell` the pipes are escaped too."""
    shown = visible(clipped(text.strip(), LONGEST))
    if not shown:
        return ""
    fence = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    blank = " " if shown[0] == "`" or shown[-1] == "`" else ""
    span = f"{fence}{blank}{shown}{blank}{fence}"
    return span.replace("|", "\\|") if cell else span


def block(*lines: str, indent: str = "") -> str:
    """A command, a link or some lines as a block to be copied."""
    return "\n".join(f"{indent}{line}" for line in ("```", *map(visible, lines), "```"))


def link(shown: str, url: str | None) -> str:
    """Markdown that is shown, as a link where there is somewhere to go."""
    target = web(url)
    return f"[{shown}](<{target}>)" if target else shown


def folded(summary: str, body: str) -> tuple[str, str]:
    """Before and after what a reader opens by hand. `summary` is HTML."""
    return f"<details><summary>{summary}</summary>\n\n{body}", "</details>\n"


def placed(place: Place, view: View) -> str:
    """A line of a manifest, linked where there is a page of it."""
    return link(code(f"{place.file}:{place.line}", cell=True), source_url(place, view))


def wanted(names: tuple[str, ...]) -> str:
    """The offer, or from and to."""
    return " → ".join((words(names[0]), *(f"**{words(name)}**" for name in names[1:])))


def named(addresses: Sequence[str], notes: Iterable[str] = (), *, at_most: int = NAMED) -> str:
    """So many addresses as a sentence takes, each with its note; the rest are counted."""
    ends = [*notes] or [""] * len(addresses)
    named = [f"{code(address)}{end}" for address, end in zip(addresses[:at_most], ends, strict=False)]
    more = len(addresses) - at_most
    return ", ".join(named) + (f" {cuts.more(more)}" if more > 0 else "")


def steps(advice: Sequence[Step], invocation: Invocation) -> str:
    """Steps of advice, numbered where there are several: commands and links are blocks to be copied."""
    several = len(advice) > 1
    marks = (f"{number}. " if several else "" for number in range(1, len(advice) + 1))
    return "".join(_step(step, mark, invocation) for step, mark in zip(advice, marks, strict=True))


def inline(step: Step, invocation: Invocation) -> str:
    """A step within a paragraph: the lines of its text, which may be YAML, stay lines."""
    text = "<br>".join(code(piece.text) if piece.exact else words(piece.text) for piece in prose(step.text))
    return " ".join(filter(None, (text, code(invocation.command(*step.run)) if step.run else "")))


def _step(step: Step, mark: str, invocation: Invocation) -> str:
    """Every line but the first is set in below the mark, and so belongs to the step."""
    inside = " " * len(mark)
    pieces = list(_pieces(passages(step, invocation), inside))
    first, *more = pieces or [""]
    return "\n\n".join((f"{mark}{first.removeprefix(inside)}", *more)) + "\n\n"


def _pieces(pieces: Iterable[Passage], inside: str) -> Iterator[str]:
    for piece in pieces:
        if piece.exact:
            yield block(piece.text, indent=inside)
        elif piece.text.strip():
            yield f"{inside}{'> ' if piece.indent else ''}{words(piece.text)}"


def _harmless(match: re.Match[str]) -> str:
    found = match[0]
    if match["entity"]:
        return _ENTITIES[found]
    if match["link"]:
        return f"{found}{_APART}"
    if match["sign"]:
        return f"\\{found}"
    return f"{found}\\" if found.isdigit() else f"\\{found}"
