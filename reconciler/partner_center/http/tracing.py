"""Logs every request: its line, its outcome, its duration, and the ids that it is found by."""

import logging

import httpx

from reconciler.model.withheld import scrubbed
from reconciler.partner_center.http.endpoint import resource_path
from reconciler.system.clock import elapsed_seconds

_LINE = (
    "%(method)s %(path)s: %(outcome)s in %(milliseconds)s ms, request %(request_id)s, correlation %(correlation_id)s"
)

log = logging.getLogger(__name__)


class TracingTransport(httpx.BaseTransport):
    """Logs each request that leaves, once its answer begins or it fails.

    As data in the record's `exchange`, too. Never a body, a query, or a header other than the ids.
    """

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        began = elapsed_seconds()
        try:
            response = self._inner.handle_request(request)
        except Exception as error:
            _tell(request, httpx.Headers(), type(error).__name__, elapsed_seconds() - began)
            raise
        _tell(request, response.headers, response.status_code, elapsed_seconds() - began)
        return response

    def close(self) -> None:
        self._inner.close()


def _tell(request: httpx.Request, answered: httpx.Headers, outcome: int | str, seconds: float) -> None:
    if not log.isEnabledFor(logging.DEBUG):
        return
    exchange = {
        "method": request.method,
        "path": scrubbed(resource_path(request.url)),
        "outcome": outcome,
        "milliseconds": round(1000 * seconds),
        "request_id": answered.get("MS-RequestId") or request.headers.get("MS-RequestId"),
        "correlation_id": answered.get("MS-CorrelationId") or request.headers.get("MS-CorrelationId"),
    }
    log.debug(_LINE, exchange, extra={"exchange": exchange})
