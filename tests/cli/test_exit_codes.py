"""Each exit code of the contract, from the real program over the real sandbox."""

from collections.abc import Callable

import pytest

from reconciler.cli import exits
from reconciler.model.errors import worst
from reconciler.sandbox import Fault, User
from reconciler.state import current_process
from tests.cli.estates import Answer, Estate, build
from tests.cli.estates import OFFICE
