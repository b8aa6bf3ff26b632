"""Texts that would act on a terminal or a CI system, and how to tell that they can't any more."""

import re

UNSEEN = (
    r"[\x00-\x1f\x7f-\xa0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f"
    r"\u2800\u3164\ud800-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000e0000-\U0010ffff]"
)
OBEYED = re.compile(rf"{UNSEEN}|##(vso)?\[|^\s*::", re.IGNORECASE)
"""Characters that must not be in any line of output: what nobody sees, and what is obeyed. Colours, which are ours,
aside.
"""

ATTACKS = (
    "\x1b[31mred\x1b[0m",
    "\x9b2J",
    "\x1b]8;;https://evil.example\x07click\x1b]8;;\x07",
    "bell\x07 back\x08space return\r line\nbreak tab\t delete\x7f nul\x00",
    "\u202egnp.exe\u202c",
    "\u2066isolate\u2069 \u200emark\u200f \u061carabic",
    "zero\u200bwidth\u200d\ufeff",
    "line\u2028paragraph\u2029",
    "::error file=a.py::boo",
    "  ::stop-commands::x",
    "a ##vso[task.setvariable variable=x]y",
    "##VSO[task.complete]",
    "##[error]no",
    "\ud800 half",
    "\U000e0041\U000e0042 tags",
    "soft\u00adhyphen variation\ufe0f\U000e0100",
    "Office\u00a0365 thin\u2009narrow\u202f wide\u3000blank",
    "filler\u3164\u115f\uffa0 braille\u2800",
    "private\ue000\U0010fffd unassigned\u0378",
)
"""Texts that a terminal, GitHub's or Azure's runner would obey, or that read otherwise than they are."""

MARKUP = (
    "[click](https://evil.example)",
    "![pixel](https://evil.example/pixel.png)",
    "[ref]: https://evil.example",
    "<https://evil.example>",
    "see https://evil.example/x and www.evil.example",
    "mail me@evil.example or mailto:me@evil.example",
    "javascript:alert(1)",
    "<img src=x onerror=alert(1)>",
    "</script></style></title><script>alert(1)</script>",
    '"><b autofocus onfocus="alert(1)">',
    "' onmouseover='alert(1)",
    "<!-- hidden",
    "--> shown",
    "]]>",
    "&lt;b&gt; &#64;octocat",
    "@octocat and @org/team",
    "fixes #1, GH-1, owner/repo#1, !1",
    "**bold** _slanted_ ~~struck~~ `code` ``` fence",
    "# heading",
    "- item",
    "1. item",
    "> quote",
    "--- rule",
    "===",
    "a | b | c",
    "| --- |",
    "end of a cell \\",
    "</details>",
    "$x^2$ and $$y$$",
    ":tada: [^1]",
    "/approve",
    "{{ 7 * 7 }} {% raw %} ${{ secrets.TOKEN }}",
    "::set-output name=x::y",
    "%0A::error::x",
    "a,file=b.py,line=1::boo",
    "a;type=error;]boo",
    "\ufffe\uffff no characters",
    "x" * 5000,
)
"""Texts that Markdown, HTML, XML, templates or the fields of CI commands would take for more than words."""
