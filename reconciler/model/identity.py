"""A sign-in: whom it speaks for, what that allows, and how a person signs in."""

from dataclasses import dataclass, field, replace
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """Something the program does, and whether this sign-in may. `reason` says why not; it is empty where it may."""

    what: str
    reason: str = ""

    @property
    def allowed(self) -> bool:
        return not self.reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """Something that a cloud does not have, and why, for people."""

    what: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The account that a sign-in speaks for, by its token's own claims; None where the token does not say.

    `way` is the sign-in's name in the settings. `user` is an object id, never a name. `mfa` tells whether the user
    signed in with more than one factor. `lacks` is what the cloud has for no sign-in, beside what `allows` tells.
    """

    cloud: str
    way: str
    token_kind: str
    tenant: str | None = None
    application: str | None = None
    user: str | None = None
    mfa: bool | None = None
    audience: str | None = None
    expires_at: datetime | None = None
    renewed: bool = False
    allows: tuple[Allowance, ...] = ()
    lacks: tuple[Lack, ...] = ()

    def powerless(self, reason: str) -> "Identity":
        """The same, as one that may do nothing: for the one reason that it has itself, or else for this one."""
        own = {allow.reason for allow in self.allows}
        why = own.pop() if len(own) == 1 and "" not in own else reason
        return replace(self, allows=tuple(replace(allow, reason=why) for allow in self.allows))


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """Asks a person to sign in: open the address, type the code. `seconds` is how long the code lasts."""

    address: str
    code: str = field(repr=False)
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """The place where a person's sign-in is kept, and whether the platform encrypts it; else it is a file of its owner
    alone.
    """

    place: str
    encrypted: bool
