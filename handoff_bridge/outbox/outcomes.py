"""How a try to send can end. Only Accepted and Unknown may have reached the customer; the others surely have not."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Accepted:
    external_id: str


@dataclass(frozen=True, slots=True)
class NotSent:
    """Not now: try again later, with growing waits."""

    code: int | None
    error: str


@dataclass(frozen=True, slots=True)
class Throttled:
    """Too many; ``whole_account`` says whether that holds for this receiver or for everybody."""

    code: int | None
    error: str
    whole_account: bool


@dataclass(frozen=True, slots=True)
class NeedsOperator:
    """Nothing goes until somebody puts the account or its settings in order."""

    code: int | None
    error: str


@dataclass(frozen=True, slots=True)
class WindowClosed:
    code: int | None
    error: str


@dataclass(frozen=True, slots=True)
class Refused:
    """This message will never be accepted."""

    code: int | None
    error: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The request went out and no usable answer came back."""

    error: str


NotAccepted = NotSent | Throttled | NeedsOperator | WindowClosed | Refused
Outcome = Accepted | NotAccepted | Unknown
