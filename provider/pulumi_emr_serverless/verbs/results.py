"""What the verbs answer, as plain values: each form of the provider has words of its own for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Secret:
    """A value, at any depth, that the form has to mark as a secret."""

    value: Any


@dataclass(frozen=True)
class Failure:
    """Something that is wrong with the inputs.

    Args:
        path: the property, as AWS's API spells it; empty where it is about none.
        message: what is wrong with it and what to do, the path included.
    """

    path: str
    message: str


@dataclass(frozen=True)
class Checked:
    """Inputs with what the stack adds to them, and what is wrong with them."""

    inputs: dict[str, Any]
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True)
class Created:
    """A resource: its ID and its outputs."""

    id: str
    outputs: dict[str, Any]
