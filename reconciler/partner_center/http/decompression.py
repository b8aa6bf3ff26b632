"""Unpacks a body piece by piece, so that no piece can grow beyond all bounds."""

import zlib
from collections.abc import Iterable, Iterator

import httpx

_ZLIB, _GZIP, _RAW = zlib.MAX_WBITS, zlib.MAX_WBITS | 16, -zlib.MAX_WBITS
_WINDOWS = {"gzip": (_GZIP,), "deflate": (_ZLIB, _RAW)}

ENCODINGS = tuple(_WINDOWS)
"""The encodings that an answer may have: one. What is packed twice unpacks to anything."""

_PIECE = 64 * 1024


def unpacked(pieces: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """Yields the body that was packed so, in pieces of 64 KiB at most. Raises httpx.DecodingError for anything else.

    Servers call `deflate` what has zlib's header, and what has none (RFC 9110, section 8.4.1.2, Note).
    """
    window, *others = _WINDOWS[encoding]
    unpacker = zlib.decompressobj(window)
    for number, piece in enumerate(pieces):
        left = piece
        while left:
            try:
                found = unpacker.decompress(left, _PIECE)
            except zlib.error:
                if number or not others:
                    raise httpx.DecodingError("the answer can't be unpacked") from None
                unpacker = zlib.decompressobj(others.pop())
                continue
            left = unpacker.unconsumed_tail
            yield found
    if not unpacker.eof:
        raise httpx.DecodingError("the answer is packed, and not whole")
