"""The state machine of a job run, as a pure function of the run and of the time.

A run is a value: what was asked, when, which `Fate` it has, and what interfered since (a cancellation, a test that
settles it). Nothing ticks. Every question, such as the state at this moment, is answered from the sequence of
transitions that these imply. States and their order:
https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/job-states.html
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_emr_serverless.emulator.fates import Ending, Fate
from pulumi_emr_serverless.emulator.provenance import API, GUIDE, Fact, documented
from pulumi_emr_serverless.emulator.tags import Tags
from pulumi_emr_serverless.emulator.texts import QUEUED_TOO_LONG, TIMED_OUT, details_of

ENDS = Fact(
    frozenset({"SUCCESS", "FAILED", "CANCELLED"}),
    "states after which nothing comes",
    documented(f"{GUIDE}job-states.html"),
)
TERMINAL = ENDS.value
FAILED_ATTEMPTS_WINDOW = Fact(
    3600.0, "seconds over which maxFailedAttemptsPerHour counts", documented(f"{API}API_RetryPolicy.html")
)
STREAM_FAILURES = Fact(
    5,
    "maxFailedAttemptsPerHour of a STREAMING run that names none",
    documented(f"{GUIDE}jobs-resiliency.html"),
)
DEFAULT_TIMEOUT_MINUTES = Fact(
    720,
    "executionTimeoutMinutes of a BATCH run that names none; a STREAMING run has none",
    documented(f"{API}API_StartJobRun.html"),
)


@dataclass(frozen=True)
class Transition:
    """A run, or one attempt of it, enters a state. After a ``final`` one nothing follows."""

    at: float
    state: str
    details: str
    attempt: int
    final: bool = False


@dataclass(frozen=True)
class Interference:
    """From ``at`` on the run no longer follows its fate: it is cancelled, or told how to end."""

    at: float
    ending: str
    details: str
    cancelling: float = 0.0


@dataclass(frozen=True)
class Queue:
    """The run waits for its turn, QUEUED. ``turn`` is when that came, None as long as it has not."""

    timeout_minutes: int
    turn: float | None = None


@dataclass(frozen=True)
class Run:
    """Everything that is known about a run, apart from the time."""

    application_id: str
    run_id: str
    arn: str
    request: Mapping[str, Any]
    created_at: float
    created_by: str
    release_label: str
    engine: str
    fate: Fate
    sequence: int
    tags: Tags
    inherited: Mapping[str, Any]
    interferences: tuple[Interference, ...] = ()
    cancelled_at: float | None = None
    queue: Queue | None = None
    """None: it had its turn at once."""
    lived: tuple[Transition, ...] | None = None
    """What a driver made of it so far, where one runs it for real; None: it follows its fate."""

    @property
    def mode(self) -> str:
        return str(self.request.get("mode", "BATCH"))

    @property
    def name(self) -> str:
        return str(self.request.get("name", ""))

    @property
    def timeout_minutes(self) -> int:
        default = 0 if self.mode == "STREAMING" else DEFAULT_TIMEOUT_MINUTES.value
        return int(self.request.get("executionTimeoutMinutes", default))

    def cancelled(self, now: float, cancelling: float) -> Run:
        """This run, cancelled now and CANCELLED after ``cancelling`` seconds."""
        interference = Interference(now, "CANCELLED", details_of("CANCELLED"), cancelling)
        return dataclasses.replace(
            self, interferences=(*self.interferences, interference), cancelled_at=self.cancelled_at or now
        )

    def settled(self, now: float, ending: Ending, details: str | None) -> Run:
        """This run, ended now."""
        interference = Interference(now, ending, details or details_of(ending))
        return dataclasses.replace(self, interferences=(*self.interferences, interference))

    @property
    def waits(self) -> bool:
        """Is it still to have its turn?"""
        return self.queue is not None and self.queue.turn is None

    def took_turn(self, at: float) -> Run:
        """This run, which goes on from now."""
        return self if self.queue is None else dataclasses.replace(self, queue=dataclasses.replace(self.queue, turn=at))

    def came_to(self, transition: Transition) -> Run:
        """This run, of which its driver tells another state."""
        return dataclasses.replace(self, lived=(*(self.lived or ()), transition))


@dataclass(frozen=True)
class Observation:
    """A run, or one of its attempts, at one moment. Times are epoch seconds."""

    state: str
    details: str
    attempt: int
    attempt_created_at: float
    updated_at: float
    started_at: float | None
    ended_at: float | None
    queued_seconds: float
    running_seconds: float

    @property
    def terminal(self) -> bool:
        return self.state in TERMINAL


def observe(run: Run, now: float, attempt: int | None = None) -> Observation:
    """The run as it is now; with ``attempt``, as it is or was in that attempt (a LookupError if there was none)."""
    past = history(run, now)
    if attempt is not None:
        past = [one for one in past if one.attempt == attempt]
        if not past:
            raise LookupError(attempt)
    last = past[-1]
    of_attempt = [one for one in past if one.attempt == last.attempt]
    return Observation(
        state=last.state,
        details=last.details,
        attempt=last.attempt,
        attempt_created_at=of_attempt[0].at,
        updated_at=last.at,
        started_at=next((one.at for one in past if one.state == "RUNNING"), None),
        ended_at=last.at if last.state in TERMINAL else None,
        queued_seconds=_spent(past, now, "QUEUED"),
        running_seconds=_spent(past, now, "RUNNING"),
    )


def history(run: Run, now: float) -> list[Transition]:
    """All transitions up to now, the oldest first. At least one: a run begins SUBMITTED."""
    return until(run, now)[0]


def until(run: Run, now: float) -> tuple[list[Transition], float | None]:
    """The `history` up to now, and when the next transition comes, if one does."""
    past: list[Transition] = []
    for transition in transitions(run):
        if past and transition.at > now:
            return past, transition.at
        past.append(transition)
    return past, None


def transitions(run: Run) -> Iterator[Transition]:
    """Every transition of this run, past and to come."""
    stream = _undisturbed(run) if run.lived is None else _lived(run, run.lived)
    if run.timeout_minutes:
        deadline = run.created_at + 60.0 * run.timeout_minutes
        details = TIMED_OUT.value.format(minutes=run.timeout_minutes)
        stream = _interfered(stream, Interference(deadline, "CANCELLED", details, run.fate.lasts("CANCELLING")))
    if run.queue is not None:
        stream = _queued_too_long(stream, run, run.queue)
    for interference in run.interferences:
        stream = _interfered(stream, interference)
    return stream


def _queued_too_long(stream: Iterator[Transition], run: Run, queue: Queue) -> Iterator[Transition]:
    """A run that has timed out is CANCELLING, and then CANCELLED (job-states.html)."""
    deadline = run.created_at + run.fate.lasts("SUBMITTED") + 60.0 * queue.timeout_minutes
    if queue.turn is not None and queue.turn <= deadline:
        return stream
    details = QUEUED_TOO_LONG.value.format(minutes=queue.timeout_minutes)
    return _interfered(stream, Interference(deadline, "CANCELLED", details, run.fate.lasts("CANCELLING")))


def _lived(run: Run, lived: tuple[Transition, ...]) -> Iterator[Transition]:
    yield Transition(run.created_at, "SUBMITTED", details_of("SUBMITTED"), 1)
    yield from lived


def _undisturbed(run: Run) -> Iterator[Transition]:
    at, attempt = run.created_at, 1
    failures: list[float] = []
    while True:
        for state in run.fate.states:
            if state == "QUEUED" and attempt == 1 and run.queue is not None:
                yield Transition(at, state, details_of(state), attempt)
                if run.queue.turn is None:
                    return
                at = max(at, run.queue.turn)
                continue
            lasts = run.fate.lasts(state)
            if (state == "SUBMITTED" and attempt > 1) or (not lasts and state not in ("SUBMITTED", "RUNNING")):
                continue
            yield Transition(at, state, details_of(state), attempt)
            at += lasts
        if not _fails(run, attempt):
            yield Transition(at, "SUCCESS", run.fate.details or details_of("SUCCESS"), attempt, final=True)
            return
        failures.append(at)
        final = not may_retry(run, failures)
        yield Transition(at, "FAILED", run.fate.details or details_of("FAILED"), attempt, final=final)
        if final:
            return
        attempt += 1


def _fails(run: Run, attempt: int) -> bool:
    return run.fate.outcome == "FAILED" or attempt <= run.fate.failing_attempts


def may_retry(run: Run, failures: list[float]) -> bool:
    """RetryPolicy: ``maxAttempts`` in all for BATCH, ``maxFailedAttemptsPerHour`` for STREAMING.

    Without it a BATCH run is not tried again, and a stream is.
    """
    policy = run.request.get("retryPolicy", {})
    if run.mode == "STREAMING":
        lately = [at for at in failures if at > failures[-1] - FAILED_ATTEMPTS_WINDOW.value]
        return len(lately) < int(policy.get("maxFailedAttemptsPerHour", STREAM_FAILURES.value))
    return len(failures) < int(policy.get("maxAttempts", 1))


def _interfered(stream: Iterator[Transition], interference: Interference) -> Iterator[Transition]:
    last: Transition | None = None
    for transition in stream:
        if transition.at > interference.at:
            break
        yield transition
        if transition.final:
            return
        last = transition
    if last is None:
        return
    at = interference.at
    if interference.cancelling:
        if last.state != "CANCELLING":
            yield Transition(at, "CANCELLING", details_of("CANCELLING"), last.attempt)
        at += interference.cancelling
    yield Transition(at, interference.ending, interference.details, last.attempt, final=True)


def _spent(past: list[Transition], now: float, state: str) -> float:
    ends = [*(one.at for one in past[1:]), now]
    return sum(end - one.at for one, end in zip(past, ends, strict=True) if one.state == state)
