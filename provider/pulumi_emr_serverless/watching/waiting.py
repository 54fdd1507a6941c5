"""Waiting for one run: what each sighting of it means to whoever waits. Knows neither Pulumi nor AWS's calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import Any, Protocol

from pulumi_emr_serverless.errors import WaitTimeoutError
from pulumi_emr_serverless.runs import Observation
from pulumi_emr_serverless.watching.outcome import Outcome, span, tried
from pulumi_emr_serverless.watching.poller import Sighting

HEALTHY_SECONDS = 30.0
"""How long a streaming run is RUNNING in one attempt before it counts as healthy, where the program says nothing."""

BILLED_SECONDS = 60.0
"""How long after a run's end to wait for what it billed, where the program says nothing."""


class Reporter(Protocol):
    """Shows a person what goes on."""

    def progress(self, line: str) -> None:
        """Where the run is now. It replaces the line before, and may be dropped."""

    def changed(self, line: str) -> None:
        """The run is in another state, or in another attempt. The line stays."""

    def warn(self, line: str) -> None:
        """Something that a person should know. The line stays."""


class Sightings(Protocol):
    """``poller.Following`` is one."""

    async def next(self) -> Sighting: ...


@dataclass(frozen=True)
class Clock:
    """Two clocks: ``now`` in seconds from anywhere, for durations; ``wall`` to compare with AWS's times."""

    now: Callable[[], float]
    wall: Callable[[], datetime] = lambda: datetime.now(timezone.utc)


@dataclass
class Wait:
    """One wait for one run.

    Args:
        job_run_id: for messages.
        sightings: what the poller sees.
        reporter: shows it.
        clock: the time.
        timeout: seconds after which to give up; None never does. Checked at each sighting.
        healthy_for: seconds after which a streaming run that is RUNNING in one attempt has done its part.
        known: the run's ``observed``, the last resort for a run that AWS has aged out.
        logs: where its logs are.
    """

    job_run_id: str
    sightings: Sightings
    reporter: Reporter
    clock: Clock
    timeout: float | None = None
    healthy_for: float = HEALTHY_SECONDS
    known: Mapping[str, Any] = field(default_factory=dict)
    logs: Mapping[str, str] = field(default_factory=dict)

    last: Observation | None = None
    """The run as it was seen last."""
    _since: float = 0.0
    _in_trouble: bool = False

    async def outcome(self) -> Outcome:
        """The run at its end, or healthy. A state that this package does not know does not end the wait.

        Raises:
            WaitTimeoutError: it took longer than ``timeout``.
            AwsError: AWS refuses to show the run.
        """
        begun = self.clock.now()
        while True:
            sighting = await self.sightings.next()
            if sighting.gone:
                return self._aged_out()
            self._show_trouble(sighting.trouble)
            if sighting.run is not None:
                self._show(sighting.run)
                if self._is_enough(sighting.run):
                    return Outcome.read(sighting.run.observed(), self.logs)
            if self.timeout is not None and self.clock.now() - begun >= self.timeout:
                state = self.last.state if self.last else "not seen yet"
                raise WaitTimeoutError(
                    f"run {self.job_run_id} is still {state} after {span(self.timeout)}, the timeout of this wait. "
                    "It goes on; the next pulumi up waits for the same run."
                )

    async def figures(self, outcome: Outcome, bound: float, aws_now: Callable[[], datetime | None]) -> Outcome:
        """The same outcome with what the run used and billed, which AWS says after the end; without, beyond the bound.

        Args:
            outcome: of the run, which has ended.
            bound: seconds from the end, by AWS's clock, or from now, whichever are over first.
            aws_now: the time by AWS's clock.

        Raises:
            AwsError: AWS refuses to show the run.
        """
        begun = self.clock.now()
        while True:
            sighting = await self.sightings.next()
            if sighting.run is not None and sighting.run.is_terminal:
                outcome = Outcome.read(sighting.run.observed(), self.logs)
            now = aws_now()
            since_end = 0.0 if now is None or outcome.ended_at is None else (now - outcome.ended_at).total_seconds()
            waited = max(since_end, self.clock.now() - begun)
            if outcome.has_figures or sighting.gone or waited >= bound:
                return outcome
            self.reporter.progress(f"{outcome.state}, billing {span(waited)}")

    def _is_enough(self, run: Observation) -> bool:
        if run.is_terminal:
            return True
        return run.mode == "STREAMING" and run.state == "RUNNING" and self._healthy_seconds(run) >= self.healthy_for

    def _healthy_seconds(self, run: Observation) -> float:
        """How long it has been RUNNING: as seen here, or as AWS's last change of it tells, whichever is longer."""
        told = 0.0 if run.updated_at is None else (self.clock.wall() - run.updated_at).total_seconds()
        return max(self.clock.now() - self._since, told)

    def _aged_out(self) -> Outcome:
        outcome = replace(Outcome.read(self.known, self.logs), aged_out=True)
        # Each update finds it so from now on: no news, and nothing to be warned of.
        self.reporter.progress(f"AWS has forgotten the run, last seen {outcome.state}")
        return outcome

    def _show_trouble(self, trouble: str) -> None:
        if trouble and not self._in_trouble:
            self._in_trouble = True
            self.reporter.warn(f"AWS does not answer; still waiting for run {self.job_run_id}. {trouble}")

    def _show(self, run: Observation) -> None:
        if self._in_trouble:
            self._in_trouble = False
            self.reporter.changed("AWS answers again")
        now = self.clock.now()
        last, self.last = self.last, run
        if last is None or (last.state, last.attempt) != (run.state, run.attempt):
            before = "" if last is None else f" after {span(now - self._since)} in {last.state}"
            self._since = now
            if not run.is_terminal:
                self.reporter.changed(f"{run.state}{before}{tried(run.attempt)}")
        if not run.is_terminal:
            # On 80 columns a resource's line has room for some 20 characters.
            again = f", try {run.attempt}" if run.attempt is not None and run.attempt > 1 else ""
            self.reporter.progress(f"{run.state} {span(now - self._begun_at(run, now))}{again}")

    def _begun_at(self, run: Observation, now: float) -> float:
        """When it began to run, or was created: a wait that joins later shows the run's time, not its own."""
        told = run.started_at if run.state == "RUNNING" else run.created_at
        if told is None:
            return self._since
        return min(self._since, now - (self.clock.wall() - told).total_seconds())
