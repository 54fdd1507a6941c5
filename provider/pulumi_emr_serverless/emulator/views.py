"""What each operation sees of the job runs, and as of when.

AWS does not say whether an operation sees at once what another one did. A test may make every view late, and may take
all of them away for a while. Time is the emulator's, so a frozen clock holds a view where it is.
"""

from __future__ import annotations

import dataclasses
import math
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pulumi_emr_serverless.emulator.provenance import Fact, assumed

What = Literal["existence", "state", "tags", "all"]

ASPECTS: Mapping[str, tuple[str, ...]] = {
    "GetJobRun": ("existence", "state", "tags"),
    "ListJobRuns": ("existence", "state"),
    "ListJobRunAttempts": ("existence", "state"),
    "GetDashboardForJobRun": ("existence", "state"),
    "ListTagsForResource": ("existence", "tags"),
    "CancelJobRun": ("existence",),
    "TagResource": ("existence",),
    "UntagResource": ("existence",),
}
"""The operations that look at a job run, each with what it sees of one."""

CONSISTENCY = Fact(
    0.0,
    "seconds until an operation sees what another one did: none, unless a test says otherwise",
    assumed(
        "AWS documents no delay and no guarantee",
        "nothing is started because a run is not shown: tests/verbs/test_undocumented.py plays every view late",
    ),
)


@dataclass(frozen=True)
class Lag:
    """A view that is late by ``seconds``. ``operation`` None is every operation that has this aspect.

    ``existence``: a run younger than that is unknown (404, or not listed). ``state`` and ``tags``: as they were so long
    ago, at the earliest those of the run's creation. ``all``: each of these that the operation sees.
    """

    operation: str | None = None
    what: What = "all"
    seconds: float = 0.0

    def __post_init__(self) -> None:
        _check_operation(self.operation)
        if self.what not in ("existence", "state", "tags", "all"):
            raise ValueError(f"a view of existence, state, tags or all is late, not of {self.what!r}")
        if not self.aspects():
            raise ValueError(f"{self.operation} sees no {self.what} of a run, but {', '.join(self._seen())}")
        if not 0 <= self.seconds < math.inf:
            raise ValueError(f"a view is late by a number of seconds that is not negative, not by {self.seconds}")

    def aspects(self) -> list[tuple[str, str]]:
        return [
            (operation, aspect)
            for operation, aspects in ASPECTS.items()
            for aspect in aspects
            if self.operation in (None, operation) and self.what in ("all", aspect)
        ]

    def _seen(self) -> tuple[str, ...]:
        return ASPECTS[self.operation] if self.operation else ()


@dataclass(frozen=True)
class Outage:
    """For ``seconds``, beginning ``after`` seconds from now, these operations know no run at all (404).

    ListJobRuns, which asks for no run by its ID, does not know the application.
    """

    seconds: float
    operations: tuple[str, ...] = field(default=("GetJobRun", "CancelJobRun", "TagResource", "ListJobRuns"))
    after: float = 0.0

    def __post_init__(self) -> None:
        for operation in self.operations:
            _check_operation(operation)
        if not (0 < self.seconds < math.inf and 0 <= self.after < math.inf):
            raise ValueError("an outage takes a positive number of seconds, and begins now or later")


class Views:
    """The lags and outages in force. Without one, everybody sees everything at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lags: dict[tuple[str, str], float] = {}
        self._outages: list[tuple[float, float, frozenset[str]]] = []

    def set(self, lag: Lag) -> None:
        with self._lock:
            self._lags.update(dict.fromkeys(lag.aspects(), lag.seconds))

    def begin(self, outage: Outage, now: float) -> None:
        begins = now + outage.after
        with self._lock:
            self._outages.append((begins, begins + outage.seconds, frozenset(outage.operations)))

    def as_of(self, operation: str, aspect: str, now: float) -> float:
        """The moment that this operation shows: now, or before."""
        return now - self._lags.get((operation, aspect), 0.0)

    def knows(self, operation: str, created_at: float, now: float) -> bool:
        """Does this operation know a run that was created then?"""
        return created_at <= self.as_of(operation, "existence", now)

    def out(self, operation: str, now: float) -> bool:
        return any(begins <= now < ends and operation in hit for begins, ends, hit in self._outages)

    def lags(self) -> dict[str, dict[str, float]]:
        """By operation and aspect, those that are late."""
        with self._lock:
            late = {key: seconds for key, seconds in self._lags.items() if seconds}
        return {
            operation: {aspect: late[operation, aspect] for aspect in aspects if (operation, aspect) in late}
            for operation, aspects in ASPECTS.items()
            if any((operation, aspect) in late for aspect in aspects)
        }

    def reset(self) -> None:
        with self._lock:
            self._lags, self._outages = {}, []


def lag_from(document: Mapping[str, Any]) -> Lag:
    """A lag from a document of the control API; a ValueError names what is wrong with it."""
    return Lag(**_known(document, Lag, "lag"))


def outage_from(document: Mapping[str, Any]) -> Outage:
    """The same for an outage."""
    known = _known(document, Outage, "outage")
    if "operations" in known:
        known["operations"] = tuple(known["operations"])
    return Outage(**known)


def _known(document: Mapping[str, Any], kind: type[Lag | Outage], name: str) -> dict[str, Any]:
    fields = {one.name for one in dataclasses.fields(kind)}
    if unknown := set(document) - fields:
        raise ValueError(f"a {name} has no {', '.join(sorted(unknown))}; it has {', '.join(sorted(fields))}")
    return dict(document)


def _check_operation(operation: str | None) -> None:
    if operation is not None and operation not in ASPECTS:
        raise ValueError(f"{operation!r} looks at no job run; those that do: {', '.join(ASPECTS)}")
