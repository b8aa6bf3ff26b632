"""Requests and answers over the network.

Promises: an attempt ends within its time, whatever arrives and however slowly; an answer is whole and within its limit
of size, packed and unpacked; a read is repeated after anything that may pass, a write only where the service definitely
did not act on it. Never: knows what a document means, reads the environment
apart from the proxy and the certificates, follows a redirect, keeps a cookie.

`stack` puts them together: httpx's client adds our headers and the sign-in; below it the transports, outermost first:

    retry            repeats attempts; `circuit_breaker` ends a run that nothing answers
    rate_limit       rate limits per partner and per customer; `bucket` counts, `precheck` looks again before a write
    tracing          logs each exchange
    network          connections, the proxy, TLS, limits of time and size; `framing` finds what follows an answer

Beside them: `endpoint` (the API's addresses, and where a link may lead) and `decompression`.
"""
