"""Requests with our headers and the token, and the answers to them."""

from collections.abc import Mapping

import httpx

from reconciler.partner_center.auth import BearerAuth


class Sender:
    """What of an `httpx.Client` is wanted here, and nothing more: it keeps no cookies, follows no redirects, reads no
    environment. That is safer with many threads, and saves a tenth of a millisecond for each request.

    `transport` must give whole answers, their bodies read.
    """

    def __init__(self, transport: httpx.BaseTransport, auth: BearerAuth, headers: Mapping[str, str]) -> None:
        self._transport = transport
        self._auth = auth
        self._headers = {"Connection": "keep-alive", **headers}

    def request(
        self,
        method: str,
        url: httpx.URL,
        headers: Mapping[str, str],
        timeout: httpx.Timeout,
        content: bytes = b"",
        **extensions: object,
    ) -> httpx.Request:
        """A request to be sent, with what our transports want to know of it."""
        return httpx.Request(
            method,
            url,
            headers={**self._headers, **headers},
            content=content or None,
            extensions={"timeout": timeout.as_dict(), **extensions},
        )

    def send(self, request: httpx.Request) -> httpx.Response:
        """The answer; the last one, where the sign-in sends the request again. Raises httpx.HTTPError without one."""
        flow = self._auth.sync_auth_flow(request)
        asked = next(flow)
        while True:
            response = self._transport.handle_request(asked)
            response.request = asked
            try:
                asked = flow.send(response)
            except StopIteration:
                return response

    def close(self) -> None:
        """Closes the connections."""
        self._transport.close()
