"""Any history, at a service that takes a repeated request for a new one."""

from typing import ClassVar

from hypothesis import HealthCheck, Phase, settings

from tests.histories.histories import Histories


class NotIdempotent(Histories):
    idempotent: ClassVar[bool] = False


TestHistories = NotIdempotent.TestCase
TestHistories.settings = settings(
    max_examples=100,
    stateful_step_count=20,
    deadline=None,
    phases=(Phase.generate,),
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
