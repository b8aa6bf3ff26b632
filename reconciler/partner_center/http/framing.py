"""Tells whether what arrived on a connection is one answer and nothing more."""

from collections.abc import Iterable

import h11

_END_OF_HEAD = b"\r\n\r\n"


def is_one_answer(received: bytes, method: str, headers: Iterable[tuple[bytes, bytes]], maximum_head: int) -> bool:
    """Returns whether these bytes are exactly one whole answer, with these headers, to a request of this method.

    What else arrived would be taken for the answer to the next request on the connection.
    """
    lengths = [value for name, value in headers if name.lower() == b"content-length"]
    if len(lengths) == 1 and not received.startswith(b"HTTP/1.1 1"):
        head = received.find(_END_OF_HEAD)
        return head >= 0 and len(received) == head + len(_END_OF_HEAD) + int(lengths[0])
    return _ends_with_its_answer(received, method, maximum_head)


def _ends_with_its_answer(received: bytes, method: str, maximum_head: int) -> bool:
    parser = h11.Connection(h11.CLIENT, max_incomplete_event_size=maximum_head)
    parser.send(h11.Request(method=method, target="/", headers=[("Host", "localhost")]))
    parser.send(h11.EndOfMessage())
    parser.receive_data(received)
    try:
        while (event := parser.next_event()) is not h11.NEED_DATA:
            if isinstance(event, h11.EndOfMessage):
                return not parser.trailing_data[0]
    except h11.RemoteProtocolError:
        return False
    return False
