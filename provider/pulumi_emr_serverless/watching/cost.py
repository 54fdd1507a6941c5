"""What runs billed, and what that costs at the prices that the user gives. This package knows no prices."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from typing import Any

from pulumi_emr_serverless.errors import InvalidConfigurationError

PRICES_KEY = "emrServerless:prices"
"""Configuration: ``{"vCPUHour": ..., "memoryGBHour": ..., "storageGBHour": ..., "currency": "USD"}``."""

_MEMBERS: Mapping[str, str] = {
    "vcpu_hours": "vCPUHour",
    "memory_gb_hours": "memoryGBHour",
    "storage_gb_hours": "storageGBHour",
}
"""This package's names of AWS's ResourceUtilization."""


@dataclass(frozen=True)
class Resources:
    """Resources over time, after AWS's ``billedResourceUtilization`` or ``totalResourceUtilization``."""

    vcpu_hours: float = 0.0
    memory_gb_hours: float = 0.0
    storage_gb_hours: float = 0.0

    @classmethod
    def from_api(cls, value: Mapping[str, Any] | None) -> Resources | None:
        """Read AWS's structure; None where AWS has not said anything yet, as for a run that goes on."""
        if not value:
            return None
        return cls(**{ours: float(value.get(theirs) or 0.0) for ours, theirs in _MEMBERS.items()})

    def to_api(self) -> dict[str, float]:
        """Under AWS's names."""
        return {theirs: getattr(self, ours) for ours, theirs in _MEMBERS.items()}

    def __add__(self, other: Resources) -> Resources:
        return Resources(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    def __str__(self) -> str:
        return (
            f"{_short(self.vcpu_hours)} vCPU-hours, {_short(self.memory_gb_hours)} GB-hours of memory, "
            f"{_short(self.storage_gb_hours)} GB-hours of storage"
        )


def total(resources: Iterable[Resources | None]) -> Resources:
    """The sum over runs; a run of which AWS has said nothing yet counts as nothing."""
    return sum((each for each in resources if each is not None), Resources())


@dataclass(frozen=True)
class Prices:
    """What one hour of each resource costs. They differ by region and architecture: take them from AWS's price list."""

    vcpu_hour: Decimal
    memory_gb_hour: Decimal
    storage_gb_hour: Decimal
    currency: str = "USD"

    @classmethod
    def parse(cls, value: Any, *, where: str) -> Prices | None:
        """Read ``{"vCPUHour": ..., "memoryGBHour": ..., "storageGBHour": ..., "currency": "USD"}``.

        Args:
            value: the mapping, or JSON text of it, as Pulumi hands structured configuration over; None is no prices.
            where: what a message calls it.

        Raises:
            InvalidConfigurationError: a price is missing, unknown, negative, or no number.
        """
        if value is None:
            return None
        given = _mapping(value, where)
        if unknown := set(given) - {*_MEMBERS.values(), "currency"}:
            raise InvalidConfigurationError(
                f"{where}: there is no price {min(unknown)!r}; give {', '.join(_MEMBERS.values())}, currency."
            )
        return cls(
            vcpu_hour=_price(given, "vCPUHour", where),
            memory_gb_hour=_price(given, "memoryGBHour", where),
            storage_gb_hour=_price(given, "storageGBHour", where),
            currency=str(given.get("currency", "USD")),
        )

    def cost(self, resources: Resources) -> Cost:
        """What these resources cost, unrounded."""
        amount = (
            _exact(resources.vcpu_hours) * self.vcpu_hour
            + _exact(resources.memory_gb_hours) * self.memory_gb_hour
            + _exact(resources.storage_gb_hours) * self.storage_gb_hour
        )
        return Cost(amount, self.currency)


@dataclass(frozen=True)
class Cost:
    """An amount of money."""

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{self.amount:.4f} {self.currency}"


def _mapping(value: Any, where: str) -> Mapping[str, Any]:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise InvalidConfigurationError(f"{where}: {value!r} is not JSON.") from None
    if not isinstance(value, Mapping):
        raise InvalidConfigurationError(f"{where}: prices are an object, not {type(value).__name__}.")
    return value


def _price(given: Mapping[str, Any], name: str, where: str) -> Decimal:
    if name not in given:
        raise InvalidConfigurationError(f"{where}: {name} is missing. Prices are not guessed; 0 is possible.")
    try:
        price = Decimal(str(given[name]))
    except InvalidOperation:
        price = Decimal(-1)
    if not price.is_finite() or price < 0:
        raise InvalidConfigurationError(f"{where}: {name} is a price per hour, not {given[name]!r}.")
    return price


def _exact(hours: float) -> Decimal:
    return Decimal(str(hours))  # as AWS printed it, not as binary floating point holds it


def _short(hours: float) -> str:
    return f"{hours:.3f}".rstrip("0").rstrip(".")
