"""Sizes of memory: ``8g`` and ``8192m`` are one."""

from __future__ import annotations

import re

from pulumi_emr_serverless.spark.parameters import Option, canonical_parameters, join_parameters, parse_parameters

MEMORY_PROPERTIES = frozenset(
    f"spark.{role}.{what}" for role in ("driver", "executor") for what in ("memory", "memoryOverhead")
)
_MEMORY_OPTIONS = ("--driver-memory", "--executor-memory")

_SIZE = re.compile(r"(\d{1,15})([kmgtp]?)b?", re.IGNORECASE)
_BYTES = {unit: 1024**power for power, unit in enumerate("kmgtp", start=1)}


def same_size(text: str) -> str:
    """One text for all that say the same size of memory; a text that is no size is itself.

    Source: Spark's configuration, "Spark Properties": units are binary, a number without one counts MiB here.
    """
    found = _SIZE.fullmatch(text.strip())
    if found is None or (text.strip()[-1] in "bB" and not found[2]):
        return text
    return f"{int(found[1]) * _BYTES[found[2].lower() or 'm'] // 1024}k"


def comparable_parameters(text: str) -> str:
    """As ``canonical_parameters``, with one text for each size of memory. To compare two; no token is made of it.

    Raises:
        InvalidSparkSubmitError: as ``split_parameters``.
    """
    options, rest = parse_parameters(canonical_parameters(text))
    return join_parameters([word for option in options for word in _sized(option).words] + rest)


def _sized(option: Option) -> Option:
    if option.name in _MEMORY_OPTIONS and option.value is not None:
        return Option(option.name, same_size(option.value))
    if option.conf is not None and option.conf[0] in MEMORY_PROPERTIES:
        return Option(option.name, f"{option.conf[0]}={same_size(option.conf[1])}")
    return option
