"""Any history, at a service that takes a repeated request for a new one."""

from typing import ClassVar

from tests.histories.histories import BOUNDED, Histories


class NotIdempotent(Histories):
    idempotent: ClassVar[bool] = False


TestNotIdempotent = NotIdempotent.TestCase
TestNotIdempotent.settings = BOUNDED
