"""A value in, a string out: plans, apply's events, errors and state, as people and machines read them.

Promises that the same value always gives the same text; that no text from the service or a manifest can act on a
terminal or a CI system; that meaning never hangs on colour; and that commands and links are whole on their lines.
Never reads anything but its own templates, writes, prints, asks a clock, or shows a person's name or mail address.
"""

from reconciler.rendering.as_json import event_json
from reconciler.rendering.explanations import explanation_text, explanations_text
from reconciler.rendering.formats.azure_devops import azure_summary, azure_variables
from reconciler.rendering.formats.github import SUMMARY_LIMIT, github_outputs
from reconciler.rendering.formats.pages import event_text, guards_text, problems_text, waiting_text
from reconciler.rendering.formats.room import SHOWN
from reconciler.rendering.hosts import of_pipeline
from reconciler.rendering.identity import identity_text, invitation_text, keeping_text
from reconciler.rendering.outputs import applied_outputs, plan_outputs
from reconciler.rendering.progress import Progress, progress_text
from reconciler.rendering.reports.applied import Applied, ended
from reconciler.rendering.reports.verdict import plan_verdict
from reconciler.rendering.safe import visible
from reconciler.rendering.states import state_text, states_text
from reconciler.rendering.subjects import APPLIED, DRIFT, FAILED, FORMATS, UNWRITTEN, Format
from reconciler.rendering.view import View

__all__ = [
    "APPLIED",
    "DRIFT",
    "FAILED",
    "FORMATS",
    "SHOWN",
    "SUMMARY_LIMIT",
    "UNWRITTEN",
    "Applied",
    "Format",
    "Progress",
    "View",
    "applied_outputs",
    "azure_summary",
    "azure_variables",
    "ended",
    "event_json",
    "event_text",
    "explanation_text",
    "explanations_text",
    "github_outputs",
    "guards_text",
    "identity_text",
    "invitation_text",
    "keeping_text",
    "of_pipeline",
    "plan_outputs",
    "plan_verdict",
    "problems_text",
    "progress_text",
    "state_text",
    "states_text",
    "visible",
    "waiting_text",
]
