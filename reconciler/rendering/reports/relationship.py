"""The report of how customers stand to the reseller: whether they are ours, delegated access, the link, the mail."""

from reconciler import advice
from reconciler.model.errors import ServiceError
from reconciler.model.relationship import CustomerStanding, Standings
from reconciler.model.remedy import Step
from reconciler.rendering.phrases import count
from reconciler.rendering.report import Field, Item, Report, Section, Span, Tone

_SEND = "To have a customer accept, send this mail. The link is the same for every customer; leave it as it is."
_NO_LINK = "There is no link to show."
_BY_PORTAL = "In Partner Center open Customers > Request a reseller relationship, and send the mail from there."


def relationship_report(standings: Standings) -> Report:
    """Each customer, and below them the link with the mail that carries it."""
    items = tuple(map(_customer, standings.customers))
    ours = sum(standing.ours is True for standing in standings.customers)
    mail = advice.row("reseller_relationship_request").mail
    closing: tuple[Step, ...] = (Step(f"{_NO_LINK} {standings.no_link}".strip()), Step(_BY_PORTAL))
    if standings.link and mail:
        closing = (Step(_SEND), Step(f"Subject: {mail.subject}"), Step(mail.text.format(link=standings.link)))
    return Report(
        name="reconciler relationship",
        verdict=(Span(f"{ours} of {count(len(items), 'customer')} are yours."),) if len(items) > 1 else (),
        sections=(Section(id="customers", items=items),),
        closing=closing,
    )


def _customer(standing: CustomerStanding) -> Item:
    customer, found = standing.customer, standing.found
    if isinstance(found, ServiceError):
        values = [("not read", "" if standing.ours is False else found.problems[0].what)]
    else:
        values = [
            ("kind", found.kind or _UNSAID),
            ("consent", _ACCESS[found.allow_delegated_access]),
            ("name", found.display_name),
            ("domain", found.domain),
        ]
    return Item(
        subject=customer.name,
        customer=customer.display_name,
        sign=Span(*_SIGNS[standing.ours]),
        says=f"It {_STATES[standing.ours]}.",
        fields=(Field("tenant", customer.tenant), *(Field(label, value) for label, value in values if value)),
    )


_UNSAID = "the service does not say"
_ACCESS = {True: "delegated administration is granted", False: "delegated administration is not granted", None: _UNSAID}
_STATES = {True: "is yours", False: "is not yours", None: "could not be read"}
_SIGNS = {True: ("=", Tone.GOOD), False: ("x", Tone.BAD), None: ("?", Tone.WARN)}
