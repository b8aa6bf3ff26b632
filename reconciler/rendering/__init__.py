"""A value in, a string out: plans, apply's events, errors and state, as people and machines read them.

Promises that the same value always gives the same text; that no text from the service or a manifest can act on a
terminal or a CI system; that meaning never hangs on colour; and that commands and links are whole on their lines.
Never reads anything but its own templates, writes, prints, asks a clock, or shows a person's name or mail address.
"""

from reconciler.rendering.applied import APPLIED
from reconciler.rendering.applied_findings import Happened, ended
from reconciler.rendering.azure_devops import azure_summary, azure_variables
from reconciler.rendering.events import event_json, event_text
from reconciler.rendering.explanations import explanation_text, explanations_text
from reconciler.rendering.failure import FAILED, UNWRITTEN
from reconciler.rendering.formats import FORMATS, Format
from reconciler.rendering.github import SUMMARY_LIMIT, github_outputs
from reconciler.rendering.guards import guards_text
from reconciler.rendering.hosts import of_pipeline
from reconciler.rendering.identity import identity_text, invitation_text, keeping_text
from reconciler.rendering.outputs import applied_outputs, plan_outputs
from reconciler.rendering.problems import problems_text, waiting_text
from reconciler.rendering.progress import Progress, progress_text
from reconciler.rendering.room import SHOWN
from reconciler.rendering.safe import visible
from reconciler.rendering.states import state_text, states_text
from reconciler.rendering.text import plan_text
from reconciler.rendering.verdict import plan_verdict
from reconciler.rendering.view import View

__all__ = [
    "APPLIED",
    "FAILED",
    "FORMATS",
    "SHOWN",
    "SUMMARY_LIMIT",
    "UNWRITTEN",
    "Format",
    "Happened",
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
    "plan_text",
    "plan_verdict",
    "problems_text",
    "progress_text",
    "state_text",
    "states_text",
    "visible",
    "waiting_text",
]
