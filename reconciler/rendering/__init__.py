"""A value in, a string out: plans, apply's events, errors and state, as people and machines read them.

Promises that the same value always gives the same text; that no text from the service or a manifest can act on a
terminal or a CI system; that meaning never hangs on colour; and that commands and links are whole on their lines.
Never reads anything but its own templates, writes, prints, asks a clock, or shows a person's name or mail address.
"""

from reconciler.rendering.as_calendar import check_calendar
from reconciler.rendering.as_json import event_json
from reconciler.rendering.formats.azure_devops import azure_summary, azure_variables
from reconciler.rendering.formats.github import SUMMARY_LIMIT, github_outputs
from reconciler.rendering.formats.pages import event_text
from reconciler.rendering.formats.room import SHOWN, Annotated
from reconciler.rendering.hosts import of_pipeline
from reconciler.rendering.outputs import applied_outputs, plan_outputs
from reconciler.rendering.progress import Progress, progress_text
from reconciler.rendering.reports.applied import Applied, ended
from reconciler.rendering.reports.renewals import renewals_verdict
from reconciler.rendering.reports.verdict import plan_verdict, to_confirm
from reconciler.rendering.safe import visible
from reconciler.rendering.subjects import APPLIED, DRIFT, FAILED, FORMATS, RENEWALS, UNWRITTEN, Format
from reconciler.rendering.view import View

__all__ = [
    "APPLIED",
    "DRIFT",
    "FAILED",
    "FORMATS",
    "RENEWALS",
    "SHOWN",
    "SUMMARY_LIMIT",
    "UNWRITTEN",
    "Annotated",
    "Applied",
    "Format",
    "Progress",
    "View",
    "applied_outputs",
    "azure_summary",
    "azure_variables",
    "check_calendar",
    "ended",
    "event_json",
    "event_text",
    "github_outputs",
    "of_pipeline",
    "plan_outputs",
    "plan_verdict",
    "progress_text",
    "renewals_verdict",
    "to_confirm",
    "visible",
]
