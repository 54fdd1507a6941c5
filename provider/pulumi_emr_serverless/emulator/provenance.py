"""Where the emulator's knowledge of AWS is from: data that stands beside each behaviour.

Nobody here has asked AWS. What the emulator does is therefore as good as what it stands on, and each behaviour says
what that is. `parity` makes a page of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

Kind = Literal["documented", "model", "seen", "recorded", "assumed"]
Value = TypeVar("Value")

GUIDE = "https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/"
API = "https://docs.aws.amazon.com/emr-serverless/latest/APIReference/"


@dataclass(frozen=True)
class Provenance:
    """``source``: the page, the shape of the model, the log, or the reason for an assumption.

    ``when`` it was seen or recorded. ``if_wrong``: what becomes of the product if an assumption is wrong.
    """

    kind: Kind
    source: str
    when: str = ""
    if_wrong: str = ""

    def __post_init__(self) -> None:
        if not self.source:
            raise ValueError("knowledge has a source")
        if self.kind in ("seen", "recorded") and not self.when:
            raise ValueError(f"what was {self.kind} has a date: {self.source}")
        if self.kind == "assumed" and not self.if_wrong:
            raise ValueError(f"an assumption says what happens if it is wrong: {self.source}")


def documented(page: str) -> Provenance:
    """AWS says so, at this address."""
    return Provenance("documented", page)


def modelled(shape: str) -> Provenance:
    """Botocore's service model says so, in this shape."""
    return Provenance("model", shape)


def seen(where: str, when: str) -> Provenance:
    """Somebody's public log or trace of AWS shows it."""
    return Provenance("seen", where, when)


def assumed(because: str, if_wrong: str) -> Provenance:
    """Nothing public says it."""
    return Provenance("assumed", because, if_wrong=if_wrong)


@dataclass(frozen=True)
class Fact(Generic[Value]):
    """A value that the emulator takes from AWS, and what it is."""

    value: Value
    about: str
    provenance: Provenance
