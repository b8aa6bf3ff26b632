"""Talks to Microsoft: Partner Center's REST API as the `Commerce` of `reconciler.model.commerce`.

Promises: every answer becomes one of the model's values or one of its `ServiceError`s, whatever the service sends; a
write leaves once and is repeated, under the same ticket, only where the service definitely did not act on it; the
bearer token goes to the configured API host and nowhere else. Never: decides what should be done, guesses at what an
unreadable answer meant, follows a redirect, puts a token, a mail address or a body into a message.

    client     the calls, in the order of the port
    rest       exchanges: GET of one thing, GET of a list, POST, PATCH
    http/      rate limit, retries, log, limits of time and size
    wire/      their JSON <-> our words, one file per resource
    auth/      tokens, and where they may go
    answers    a response -> its JSON object, or the error it means
    failures   an answer other than 2xx, or none -> a typed error, by the table `advice/service.toml`
    clock      the service's time
    clouds     the national clouds, and what each one can't do
"""

import sys

sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
"""httpx also imports its own command line, and with it rich and pygments: half of its time. Nothing here runs that;
with None in its place, httpx goes on without it, as where those libraries are not installed.
"""
