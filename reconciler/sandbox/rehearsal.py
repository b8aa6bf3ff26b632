"""Behaviour and faults of one process: they end with the process, and are never saved with the world."""

from dataclasses import dataclass, field

from reconciler.sandbox.behaviour import Behaviour
from reconciler.sandbox.faults import Fault


@dataclass(kw_only=True, slots=True)
class Rehearsal:
    """Behaviour of the service and its faults. The faults are counted down as they hit."""

    behaviour: Behaviour = field(default_factory=Behaviour)
    faults: list[Fault] = field(default_factory=list)
