import os

from hypothesis import HealthCheck, Phase, settings

from tests.histories.test_new_commerce import Modern

TestRandom = Modern.TestCase
TestRandom.settings = settings(
    max_examples=int(os.environ.get("HISTORIES", "100")),
    stateful_step_count=16,
    deadline=None,
    derandomize=False,
    database=None,
    phases=(Phase.generate, Phase.shrink) if os.environ.get("SHRINK") else (Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
