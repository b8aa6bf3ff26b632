"""Scales the examples of tests of any history and of any input: few in the suite, many where `.ci/run` asks for it."""

import os

VARIABLE = "THOROUGHNESS"


def examples(few: int) -> int:
    """Returns how many to try: so few, times what the variable says."""
    return few * int(os.environ.get(VARIABLE, "1"))
