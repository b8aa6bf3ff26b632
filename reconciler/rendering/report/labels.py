"""Words that all reports have in common: the headings of columns, and the labels of the parts of an item.

A format shows them where its look has a place for them. Each stands here once, so that all formats say the same.
"""

ADDRESS = "Address"
ACTION = "Action"
CUSTOMER = "Customer"
DETAILS = "Details"
DIFFERENCE = "Difference"
MANIFEST = "Manifest"
WHAT = "What"
TO_KNOW = "To know"

DANGERS = ("danger", "dangers")
WARNINGS = ("warning", "warnings")
NOTES = ("note", "notes")
ENTRIES = ("entry", "entries")
REASONS = ("reason", "reasons")
BLOCKED = ("blocked subscription", "blocked subscriptions")
REMEDIES = ("remedy of these reasons", "remedies of these reasons")

DO = "do"
WHY = "why"
WHO = "who"
SEE = "see"
WAITING = "waiting"
WHO_FIRST = "Who first"
FIRST_STEP = "First step"
WHO_MUST_ACT = "Who must act"
WHAT_TO_DO = "What to do"
BLOCKED_FOR_THIS = "Blocked for this reason"
WANTED = "Wanted"

NOTE = "Note"
TO_KNOW_FIRST = "to know before approving"
READ_FIRST = "Read this first"
IN_ALL = "In all"
COUNTS = "Counts"
FINGERPRINT = "Fingerprint"
COMMIT = "Commit"

SUPPORT = "For a support ticket with Microsoft"
OPEN_PAGE = "Open the page in question"
SEE_RUN = "The run that made this"


def labelled(label: str) -> str:
    """Returns a label as it begins a line."""
    return f"{label[:1].upper()}{label[1:]}"


def waiting(how: str) -> str:
    """Returns whether waiting helps, as a sentence without its end."""
    return f"{labelled(WAITING)} {how}"


def what_to_do(steps: int) -> str:
    """Returns the heading of so many steps."""
    return f"{WHAT_TO_DO}: {steps} steps" if steps > 1 else WHAT_TO_DO


def same_as(subject: str) -> str:
    """Returns what stands in place of advice that was given for an earlier subject."""
    return f"the same as for {subject}, above"


def together(number: int) -> str:
    """Returns what stands between several items and what is the matter with all of them."""
    return f"{'Both' if number == 2 else f'All {number}'} for the same reason:"  # noqa: PLR2004 -- two are both


def see(heading: str, where: str) -> str:
    """Returns the pointer to a notice that stands in full elsewhere on the page."""
    return f"{heading}: see {where}."
