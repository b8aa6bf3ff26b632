"""A client secret: the simplest proof, and the one that leaks and expires."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ClientSecret:
    """An application's secret, as the directory showed it once."""

    value: str = field(repr=False)

    def for_msal(self) -> str:
        return self.value

    def secrets(self) -> tuple[str, ...]:
        return (self.value,)
