"""Any history, at a service that answers a repeated request with its first answer."""

from typing import ClassVar

from tests.histories.histories import BOUNDED, Histories


class Idempotent(Histories):
    idempotent: ClassVar[bool] = True


TestIdempotent = Idempotent.TestCase
TestIdempotent.settings = BOUNDED
