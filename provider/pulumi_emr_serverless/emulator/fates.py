"""How a run will end, and how long it spends in each state."""

from __future__ import annotations

import dataclasses
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Literal, cast

from pulumi_emr_serverless.emulator.provenance import GUIDE, Fact, assumed, documented

Outcome = Literal["SUCCESS", "FAILED"]
Ending = Literal["SUCCESS", "FAILED", "CANCELLED"]

STATES = Fact(
    ("SUBMITTED", "QUEUED", "PENDING", "SCHEDULED", "RUNNING"),
    "the order in which a run goes through its states; one that is new follows RUNNING",
    documented(f"{GUIDE}job-states.html"),
)

SECONDS: Fact[Mapping[str, float]] = Fact(
    {"SUBMITTED": 0.2, "QUEUED": 0.0, "PENDING": 0.2, "SCHEDULED": 0.2, "RUNNING": 0.6, "CANCELLING": 0.2},
    "seconds in each state, unless a fate says otherwise; one of no duration is left out, but for SUBMITTED and RUNNING",
    assumed(
        "a hundred times faster than AWS, so that a first `pulumi up` is a matter of seconds",
        "nothing: the product waits as long as it takes",
    ),
)

NEW_STATE_SECONDS = Fact(
    0.2, "seconds in a state that AWS may add one day", assumed("as the others", "nothing: as the others")
)


@dataclass(frozen=True)
class Fate:
    """What becomes of a run. ``seconds`` overrides `SECONDS` state by state.

    ``failing_attempts`` fail before the outcome: with a retry policy that allows it the run is tried again, else the
    run has FAILED. ``stay_in`` names a state that the run never leaves by itself, ``stuck_cancelling`` makes it stay
    in CANCELLING when it is cancelled.

    ``new_states`` are states that AWS may add one day, by any name: a run goes through them after RUNNING, and may stay
    in one. They have to be named, so that a state that is misspelt is still an error. ``stdout`` and ``stderr`` stand in
    the driver's logs once an attempt is over.
    """

    outcome: Outcome = "SUCCESS"
    details: str | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)
    failing_attempts: int = 0
    stay_in: str | None = None
    stuck_cancelling: bool = False
    new_states: tuple[str, ...] = ()
    stdout: str = ""
    stderr: str = ""

    def __post_init__(self) -> None:
        if self.outcome not in ("SUCCESS", "FAILED"):
            raise ValueError(f"a run ends in SUCCESS or FAILED, not in {self.outcome!r}")
        for state in self.new_states:
            if not re.fullmatch("[A-Z_]+", state) or state in (*SECONDS.value, "SUCCESS", "FAILED", "CANCELLED"):
                raise ValueError(f"{state!r} is not the name of a state that AWS may add: capitals, and not in use yet")
        for state in (*self.seconds, *([self.stay_in] if self.stay_in else [])):
            if state not in SECONDS.value and state not in self.new_states:
                raise ValueError(
                    f"no run spends time in {state!r}; the states are {', '.join(SECONDS.value)}, and any of new_states"
                )

    @property
    def states(self) -> tuple[str, ...]:
        """The states before the end, in their order."""
        return (*STATES.value, *self.new_states)

    def lasts(self, state: str) -> float:
        """Seconds in this state; infinite for the state that it stays in."""
        if state == self.stay_in or (state == "CANCELLING" and self.stuck_cancelling):
            return float("inf")
        return self.seconds.get(state, SECONDS.value.get(state, NEW_STATE_SECONDS.value))

    def faster(self, speed: float) -> Fate:
        return dataclasses.replace(
            self,
            seconds={
                state: self.seconds.get(state, SECONDS.value.get(state, NEW_STATE_SECONDS.value)) / speed
                for state in (*SECONDS.value, *self.new_states)
            },
        )


class Fates:
    """Who gets which fate: the last rule whose pattern matches the job's name, else the default.

    Without a rule a STREAMING run stays RUNNING, as a stream does.
    """

    def __init__(self, speed: float = 1.0) -> None:
        self._lock = threading.Lock()
        self._rules: list[tuple[str, Fate]] = []
        self._default: Fate | None = None
        self._new_states: frozenset[str] = frozenset()
        self._speed = speed

    def set(self, fate: Fate, pattern: str | None = None) -> None:
        with self._lock:
            self._new_states |= frozenset(fate.new_states)
            if pattern is None:
                self._default = fate
            else:
                self._rules.append((pattern, fate))

    def of(self, name: str, mode: str) -> Fate:
        with self._lock:
            chosen = self._chosen(name, mode)
        return chosen.faster(self._speed)

    def decided(self, name: str) -> bool:
        """Does somebody want a fate for a job of this name?"""
        with self._lock:
            return self._default is not None or any(fnmatchcase(name, pattern) for pattern, _ in self._rules)

    def scaled(self, seconds: float) -> float:
        """A time that the caller gave, such as a grace period, at this emulator's speed."""
        return seconds / self._speed

    def scaled_or_never(self, seconds: float | None) -> float | None:
        return None if seconds is None else self.scaled(seconds)

    def new_states(self) -> frozenset[str]:
        """The states of all fates that AWS's model does not know."""
        return self._new_states

    def reset(self) -> None:
        with self._lock:
            self._rules, self._default, self._new_states = [], None, frozenset()

    def _chosen(self, name: str, mode: str) -> Fate:
        for pattern, fate in reversed(self._rules):
            if fnmatchcase(name, pattern):
                return fate
        if self._default is not None:
            return self._default
        return Fate(stay_in="RUNNING") if mode == "STREAMING" else Fate()


def fate_of_text(text: str) -> tuple[str | None, Fate]:
    """``PATTERN=OUTCOME`` or ``PATTERN=OUTCOME:DETAILS``, as the command line has it; without a pattern it is for all jobs.

    An outcome is SUCCESS, FAILED, or a state that the run never leaves. A ValueError says what is wrong.
    """
    head, _, details = text.partition(":")
    pattern, _, outcome = head.rpartition("=")
    if outcome in STATES.value:
        return pattern or None, Fate(stay_in=outcome)
    if outcome not in ("SUCCESS", "FAILED"):
        raise ValueError(
            f"a fate is written PATTERN=OUTCOME:DETAILS, and an outcome is SUCCESS, FAILED or a state to stay in "
            f"({', '.join(STATES.value)}), not {outcome!r}"
        )
    return pattern or None, Fate(outcome=cast("Outcome", outcome), details=details or None)


def fate_from(document: Mapping[str, Any]) -> Fate:
    """A fate from a document of the control API; a ValueError names what is wrong with it."""
    known = {one.name for one in dataclasses.fields(Fate)}
    if unknown := set(document) - known:
        raise ValueError(f"a fate has no {', '.join(sorted(unknown))}; it has {', '.join(sorted(known))}")
    changes = {"new_states": tuple(document["new_states"])} if "new_states" in document else {}
    return Fate(**{**document, **changes})
