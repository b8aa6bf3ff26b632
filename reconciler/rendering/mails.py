"""Ready mails to customers, of what is blocked until they act: the text of the advice, as messages of their own."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP

from reconciler import advice
from reconciler.advice.rows import placeholders
from reconciler.model.change import Blocked
from reconciler.model.customer import Customer
from reconciler.model.relationship import Standings


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail to a customer. Its recipient is not known here, and nobody's address is in it. `code` is that of the
    reason, where the customer gets several.
    """

    customer: Customer
    subject: str
    text: str
    code: str = ""

    @property
    def name(self) -> str:
        """The name of its file."""
        return f"{self.customer.name}{f'.{self.code}' if self.code else ''}.eml"

    @property
    def message(self) -> bytes:
        """The mail as a message that a mail program opens as a draft (RFC 5322)."""
        message = EmailMessage(policy=SMTP)
        message["Subject"] = self.subject
        message["X-Unsent"] = "1"
        message.set_content(f"{self.text}\n")
        return message.as_bytes()


def mails(blocked: Iterable[Blocked]) -> tuple[Mail, ...]:
    """Returns a mail for each customer who must act and can be told how; one of several upgrades names them all."""
    waiting: dict[tuple[str, str, str], list[Blocked]] = {}
    for item in blocked:
        for reason in item.reasons:
            written = advice.row(reason.code).mail
            if written and (reason.remedy.url or "link" not in placeholders(written.text)):
                waiting.setdefault((item.customer.name, reason.code, reason.remedy.url or ""), []).append(item)
    times = Counter(customer for customer, _, _ in waiting)
    return tuple(
        _mail(code, link, items, alone=times[customer] == 1)
        for (customer, code, link), items in sorted(waiting.items())
    )


def relationship_mails(standings: Standings) -> tuple[Mail, ...]:
    """Returns a mail for each customer that is not the reseller's, where the link is known that it carries."""
    written = advice.row("reseller_relationship_request").mail
    if written is None or not standings.link:
        return ()
    text = written.text.format(link=standings.link)
    not_ours = (standing.customer for standing in standings.customers if standing.ours is False)
    return tuple(Mail(customer=customer, subject=written.subject, text=text) for customer in not_ours)


def _mail(code: str, link: str, items: list[Blocked], *, alone: bool) -> Mail:
    written, known = advice.row(code).mail, [item for item in items if item.before]
    if written is None:
        message = f"{code} has no mail"
        raise ValueError(message)
    pairs = [*dict.fromkeys((_offer(item), item.after.offer_name or item.after.offer_id) for item in known or items)]
    *others, (offer, target) = pairs
    before = "".join(f"{source} to {wanted} and your subscription " for source, wanted in others)
    targets = ", ".join(dict.fromkeys(wanted for _, wanted in pairs))
    data = {"offer": f"{before}{offer}", "target": target, "targets": targets, "link": link}
    text = written.text.format_map(data)
    return Mail(customer=items[0].customer, subject=written.subject, text=text, code="" if alone else code)


def _offer(item: Blocked) -> str:
    return (item.before.offer_name or item.before.offer_id) if item.before else ""
