"""The particulars that Microsoft's support asks for first."""

from reconciler.model.support import Support
from reconciler.model.utc import utc_second


def support_fields(support: Support) -> dict[str, str]:
    """The labels that support knows, and their values; what is not known is left out."""
    fields = {
        "Request": f"{support.method} {support.path}".strip(),
        "Status": "" if support.status is None else str(support.status),
        "Time": "" if support.at is None else utc_second(support.at),
        "MS-RequestId": support.request_id,
        "Our request id": support.sent_request_id,
        "MS-CorrelationId": support.correlation_id,
        "MS-CV": support.ms_cv,
        "MS-ServerId": support.server_id,
        "Trace ID": support.trace_id,
    }
    return {label: value for label, value in fields.items() if value}
