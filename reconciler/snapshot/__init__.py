"""Live state of one moment, in a file: a plan can be made from it with no sign-in, no network and no state location.

Promises that a snapshot answers as the service answered, refusals included; that what it does not hold is said to be
missing, never taken for empty; that a file which was altered or cut short is refused; and that it holds no secret and
no name of a person. It never reaches a service, never writes anything, and nothing is ever applied from it.
"""

from reconciler.snapshot.recorder import Recorder
from reconciler.snapshot.replay import Remembered, Replay

__all__ = ["Recorder", "Remembered", "Replay"]
