"""Plans in which one text stands wherever a text from elsewhere can."""

from dataclasses import replace

from reconciler.model.change import Difference
from reconciler.model.offer import Offer
from reconciler.model.place import Place
from reconciler.model.plan import Plan
from reconciler.model.recent import Recent
from reconciler.rendering.view import View
from tests.rendering import plans
from tests.rendering.shown import a_view

SOURCE = "https://git.example/estate/blob/4f0c1d2/{file}#L{line}"
VIEW = a_view(now=plans.NOON, commit="4f0c1d2", run_url="https://git.example/runs/7", source_url=SOURCE)


def attacked(text: str) -> Plan:
    """Something of everything, all of its texts this one."""
    evil = Offer(id=text, name=text)
    place = Place(file=f"manifests/{text}", line=1, column=1)
    reason = plans.reason(text, text, text, f"Look: {text}", details=text, url=text, number=7)
    unsettled = replace(plans.unsettled(next_step=text), what=text)
    made = plans.plan(
        replace(plans.upgrade(old=evil, new=evil, kind=text, warnings=(plans.caution(text, text),)), source=place),
        replace(plans.resize(offer=evil), source=place),
        blocked=(
            replace(
                plans.blocked("a/b", reason, old=plans.before(evil, status=text), new=plans.after(evil)), source=place
            ),
            plans.blocked("a/c", reason, old=None, new=plans.after(evil)),
        ),
        pending=(unsettled,),
        drift=(plans.drift("a/d", Difference(path=text, before=text, after=text)),),
        warnings=(plans.alarm("a/e", text, text),),
        limits=(plans.breach(text),),
        cloud=text,
        target=(text,),
        notices=(replace(plans.loosened(text, text, text), source=place),),
        since=text,
    )
    share = Recent(as_of=plans.NOON, everything=text, not_seen=(text,))
    return replace(made, token_kind=text, selection=replace(made.selection, base=text, everything=text), recent=share)


def attacked_view(text: str) -> View:
    """A view of which the parts that a pipeline's variables set are this text."""
    return replace(VIEW, commit=text, run_url=text, name=text, version=text, next_command=("apply", text), folder=text)
