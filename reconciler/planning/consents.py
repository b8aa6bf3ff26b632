"""Finds the addresses that wait for a consent of their customer, and those that do so no more."""

from collections.abc import Iterable, Iterator, Mapping

from reconciler import advice
from reconciler.changes.facts import Facts
from reconciler.model.address import Address
from reconciler.model.consent import Consent, ConsentNeed
from reconciler.planning.deciding import AddressDecision


def consent_needs(facts: Facts, decisions: Mapping[str, AddressDecision]) -> Iterator[ConsentNeed]:
    """Yields each need that state does not have yet, and each that it has and that is over.

    Of a customer that can't be read and of whom nothing is remembered no need is recorded: the tenant's id may be
    wrong, and a state of its own would stand against the right one.
    """
    known = {consent.code: consent for consent in (facts.state.consents if facts.state else ()) if consent.current}
    if facts.state is not None or facts.unread is None:
        for name, decision in decisions.items():
            for code in _missing(decision):
                if code not in known or name not in known[code].names:
                    yield ConsentNeed(address=_address(facts, name), code=code, needed=True)
    declared = {desired.address.name for desired in facts.desired}
    for consent in known.values():
        for name in consent.names:
            if name not in declared or (name in decisions and _is_over(consent, decisions[name], facts)):
                yield ConsentNeed(address=_address(facts, name), code=consent.code, needed=False)


def _address(facts: Facts, name: str) -> Address:
    return Address(f"{facts.customer.name}/{name}")


def _missing(decision: AddressDecision) -> Iterable[str]:
    """Returns the codes of the consents that stand against an address."""
    codes = (reason.code for item in decision.blocked for reason in item.reasons)
    return dict.fromkeys(code for code in codes if advice.row(code).consent)


def _is_over(consent: Consent, decision: AddressDecision, facts: Facts) -> bool:
    """Returns True if the address is known not to wait for the consent: nothing stands against it, or only what the
    service named when it was asked what does. A rule may hide what the service would say.
    """
    reasons = [reason for item in decision.blocked for reason in item.reasons]
    undecided = facts.unread is not None or decision.pending or decision.questions
    if undecided or any(reason.code == consent.code for reason in reasons):
        return False
    return consent.code == "not_our_customer" or all(reason.origin == "service" for reason in reasons)
