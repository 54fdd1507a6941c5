"""The workers that a job asks for: their cores, memory and disk. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_emr_serverless.emulator.provenance import GUIDE, Fact, documented
from pulumi_emr_serverless.emulator.spark_conf import DEFAULTS, properties_of

_PAGE = documented(f"{GUIDE}application-capacity.html#worker-configs")


@dataclass(frozen=True)
class Size:
    """GB of memory that a worker of so many vCPU may have, and in which steps."""

    least: int
    most: int
    step: int


SIZES: Fact[Mapping[int, Size]] = Fact(
    {1: Size(2, 8, 1), 2: Size(4, 16, 1), 4: Size(8, 30, 1), 8: Size(16, 60, 4), 16: Size(32, 120, 8)},
    "workers by their vCPU",
    _PAGE,
)
DISKS: Fact[Mapping[str, tuple[int, int]]] = Fact(
    {"STANDARD": (20, 200), "SHUFFLE_OPTIMIZED": (20, 2000)}, "GB of a worker's disk, by its type", _PAGE
)
LEAST_OVERHEAD_MB = Fact(384, "MB of memory that are added at least", documented(f"{GUIDE}jobs-spark.html"))
UNITS = {"": 1.0, "b": 1 / 2**20, "k": 1 / 1024, "m": 1.0, "g": 1024.0, "t": 1024.0**2}
HIVE = Fact(
    {"cores": 4, "memory": 16.0, "disk": 20.0, "tasks": 2},
    "a Hive driver, its Tez tasks, and how many of these",
    documented(f"{GUIDE}jobs-hive.html"),
)


@dataclass(frozen=True)
class Worker:
    """``memory`` and ``disk`` in GB; ``memory`` is what was asked for with its overhead, before it is rounded up."""

    kind: str
    cores: int
    memory: float
    disk: float
    disk_type: str = "STANDARD"
    count: int = 1

    @property
    def billed_memory(self) -> float:
        """As much as the next size has."""
        size = SIZES.value.get(self.cores)
        if size is None:
            return self.memory
        steps = math.ceil(max(0.0, self.memory - size.least) / size.step)
        return float(min(size.most, size.least + steps * size.step))


def workers_of(request: Mapping[str, Any]) -> list[Worker]:
    """The driver, then the executors. What cannot be read as a number is what AWS would take by default."""
    if "hive" in request.get("jobDriver", {}):
        hive = HIVE.value
        driver = Worker("HIVE_DRIVER", int(hive["cores"]), hive["memory"], hive["disk"])
        return [driver, Worker("TEZ_TASK", driver.cores, driver.memory, driver.disk, count=int(hive["tasks"]))]
    named = {**DEFAULTS.value, **properties_of(request)}
    return [_worker(named, "driver", 1), _worker(named, "executor", _executors(named))]


def _worker(named: Mapping[str, str], kind: str, count: int) -> Worker:
    cores = _number(named[f"spark.{kind}.cores"], 4)
    asked = megabytes(named[f"spark.{kind}.memory"]) or 14 * 1024.0
    factor = _float(named["spark.emr-serverless.memoryOverheadFactor"], 0.1)
    own = named.get(f"spark.{kind}.memoryOverhead")
    overhead = megabytes(own) if own else None
    memory = asked + (overhead if overhead is not None else max(asked * factor, LEAST_OVERHEAD_MB.value))
    disk = megabytes(named[f"spark.emr-serverless.{kind}.disk"], "g") or 20 * 1024.0
    kind_of_disk = named.get(f"spark.emr-serverless.{kind}.disk.type", "STANDARD").upper()
    return Worker(f"SPARK_{kind.upper()}", cores, memory / 1024, disk / 1024, kind_of_disk, count)


def _executors(named: Mapping[str, str]) -> int:
    """As many as there are at the start; with a bound below that, as many as the bound allows."""
    wanted = _number(named.get("spark.dynamicAllocation.initialExecutors", named["spark.executor.instances"]), 3)
    return min(wanted, _number(named.get("spark.dynamicAllocation.maxExecutors", ""), wanted))


def megabytes(text: str, unit: str = "m") -> float | None:
    """``8g`` is 8192. A number without a unit is one of ``unit``. None for what is no size."""
    found = re.fullmatch(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([bkmgt]?)b?\s*", text.lower())
    return None if found is None else float(found.group(1)) * UNITS[found.group(2) or unit]


def amount(text: str) -> float:
    """``4 vCPU``, ``16 GB``: the number, memory in GB."""
    size = megabytes(re.sub(r"\s*v?cpu\s*", "", text, flags=re.IGNORECASE), "g")
    return 0.0 if size is None else size / 1024


def _number(text: str, otherwise: int) -> int:
    return int(text) if re.fullmatch(r"\s*[0-9]+\s*", text) else otherwise


def _float(text: str, otherwise: float) -> float:
    return float(text) if re.fullmatch(r"\s*[0-9]+(\.[0-9]+)?\s*", text) else otherwise
