"""Any history, at a service that answers a repeated request with its first answer."""

from typing import ClassVar

from hypothesis import HealthCheck, Phase, settings

from tests.histories.histories import Histories


class Idempotent(Histories):
    idempotent: ClassVar[bool] = True


TestHistories = Idempotent.TestCase
TestHistories.settings = settings(
    max_examples=100,
    stateful_step_count=20,
    deadline=None,
    phases=(Phase.generate,),
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
