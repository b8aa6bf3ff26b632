"""Views, documents and events as they are shown where no flag is in force."""

from functools import partial

from reconciler.documents import plan as plan_document
from reconciler.model.invocation import NO_FLAGS
from reconciler.rendering.as_json import event_json as json_of_event
from reconciler.rendering.formats.events import event_text as text_of_event
from reconciler.rendering.view import View

a_view = partial(View, invocation=NO_FLAGS)
plan_json = partial(plan_document.dump, invocation=NO_FLAGS)
event_json = partial(json_of_event, invocation=NO_FLAGS)
event_text = partial(text_of_event, invocation=NO_FLAGS)
