"""Audit records: who did what, with the subscriptions that their inner documents name.

Operations and statuses are those of the audit pages and of the official SDK's enumerations.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from reconciler.model.address import canonical, is_guid
from reconciler.model.audit import AuditRecord
from reconciler.partner_center.wire.json_text import BYTE_ORDER_MARK
from reconciler.partner_center.wire.values import Many, Moment, Text, Wire, folded, plain, word

OPERATIONS = {
    2: "update_subscription",
    3: "upgrade_subscription",
    4: "convert_trial_subscription",
    11: "create_order",
    12: "update_order",
    16: "update_customer_user_licenses",
    78: "create_new_commerce_migration",
}
RESOURCES = {4: "subscription"}
STATUSES = {0: "succeeded", 1: "failed", 2: "progress", 3: "decline"}

_DEEPEST = 6


class Record(Wire):
    """One record. Everything may be missing: a record is evidence, and what it does not say proves nothing."""

    customer_id: Text = ""
    user_id: Text = ""
    user_principal_name: Text = ""
    application_id: Text = ""
    resource_type: Any = None
    resource_old_value: Any = None
    resource_new_value: Any = None
    operation_type: Any = None
    operation_date: Moment = None
    operation_status: Any = None
    original_correlation_id: Text = ""
    customized_data: Many = ()

    def record(self) -> AuditRecord:
        """Returns the record in the model's words."""
        person = bool(self.user_principal_name) and not is_guid(self.user_principal_name)
        return AuditRecord(
            operation=_word(self.operation_type, OPERATIONS),
            status=word(self.operation_status, STATUSES),
            at=self.operation_date,
            by=next((canonical(actor) for actor in (self.user_id, self.application_id) if is_guid(actor)), ""),
            person=person or is_guid(self.user_id),
            correlation_id=canonical(self.original_correlation_id),
            subscription_ids=tuple(sorted(set(self._subscriptions()))),
            tenant=canonical(self.customer_id),
            resource=_word(self.resource_type, RESOURCES),
        )

    def _subscriptions(self) -> Iterator[str]:
        whole = folded(plain(self.resource_type)) in {"subscription", "4"}
        for value in (self.resource_old_value, self.resource_new_value):
            document = _document(value)
            if whole and isinstance(document, dict):
                yield from _guids(value for key, value in document.items() if key.lower() == "id")
            yield from _named(document)
        for pair in self.customized_data:
            if isinstance(pair, dict):
                entry = {key.lower(): value for key, value in pair.items()}
                yield from _named({plain(entry.get("key")): entry.get("value")})


def record(raw: Any) -> AuditRecord:
    """Returns a record in the model's words."""
    return Record.model_validate(raw).record()


def only_customer(tenant: str) -> dict[str, str]:
    """Returns the query that asks for the records of one customer."""
    wanted = {"Field": "CustomerId", "Value": tenant, "Operator": "equals"}
    return {"filter": json.dumps(wanted, separators=(",", ":"))}


def about(found: AuditRecord, tenant: str | None, since: datetime) -> bool:
    """Returns whether the record is this customer's, and not older than asked for; of all customers, whether it may not
    be older.
    """
    if tenant is None:
        return found.at is None or found.at >= since
    return found.tenant == canonical(tenant) and found.at is not None and found.at >= since


def _word(raw: Any, known: dict[int, str]) -> str:
    """Operations are many: a word that stands in no table here is the service's own all the same."""
    text = plain(raw).lower()
    return text if text.isascii() and text.replace("_", "").isalpha() else word(raw, known)


def _document(raw: Any) -> Any:
    """The document inside a text; some are texts inside texts. None where there is none."""
    for _ in range(_DEEPEST):
        if not isinstance(raw, str):
            return raw
        try:
            raw = json.loads(raw.strip(BYTE_ORDER_MARK + " \t\r\n"))
        except (ValueError, RecursionError):
            return None
    return None


def _named(document: Any, depth: int = 0) -> Iterator[str]:
    """Every GUID that stands under a name like SubscriptionId, SourceSubscriptionId, SubscriptionId-0."""
    if depth == _DEEPEST:
        return
    if isinstance(document, list):
        for item in document:
            yield from _named(item, depth + 1)
    elif isinstance(document, dict):
        for key, value in document.items():
            if "subscriptionid" in folded(key):
                yield from _guids([value])
            yield from _named(value, depth + 1)


def _guids(values: Iterator[Any] | list[Any]) -> Iterator[str]:
    yield from (canonical(plain(value)) for value in values if is_guid(plain(value)))
