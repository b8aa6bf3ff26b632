"""What one process rehearses: it ends with the process, however that ends, and is never kept with the world."""

from dataclasses import dataclass, field

from reconciler.sandbox.behaviour import Behaviour
from reconciler.sandbox.faults import Fault


@dataclass(kw_only=True, slots=True)
class Rehearsal:
    """How the service behaves and what goes wrong. The faults are counted down as they hit."""

    behaviour: Behaviour = field(default_factory=Behaviour)
    faults: list[Fault] = field(default_factory=list)
