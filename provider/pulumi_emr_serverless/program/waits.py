"""Waiting for runs in the user's program, on its event loop, never in a provider verb.

Interrupting the program leaves the runs as they are; the next update waits for the same ones. boto3 is imported when
the first wait begins.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pulumi

from pulumi_emr_serverless.aws import Connection, connection
from pulumi_emr_serverless.errors import EmrServerlessError, RunFailedError, RunUnseenError, WaitTimeoutError
from pulumi_emr_serverless.program.pricing import setting
from pulumi_emr_serverless.program.sdk import has_mocks
from pulumi_emr_serverless.program.shared import Program, ResourceReporter, program_of
from pulumi_emr_serverless.redaction import Redactor
from pulumi_emr_serverless.runs import facts, region_of
from pulumi_emr_serverless.watching import (
    BILLED_SECONDS,
    HEALTHY_SECONDS,
    UNKNOWN_STATE,
    Clock,
    Following,
    Outcome,
    Wait,
    failure_message,
    tried,
)

if TYPE_CHECKING:
    from pulumi_emr_serverless.launching import HeldRun, WaitedDoubt

_LOOK_SECONDS = 5.0
"""How long a preview looks for how a run ended; it can do without."""


@dataclass(frozen=True)
class WaitOptions:
    """How to wait.

    Args:
        timeout: seconds, or a ``timedelta``, after which the wait fails; the run goes on. None waits for its end.
        allow_failure: a run that FAILED or was CANCELLED is a result like any other.
        healthy_for: seconds, or a ``timedelta``. A streaming run has no end: its completion is that it was RUNNING
            for so long, in one and the same attempt.
        billed_timeout: seconds after its end, or a ``timedelta``, that outputs of what a run billed, or used, wait for
            AWS to say it.
    """

    timeout: float | timedelta | None = None
    allow_failure: bool = False
    healthy_for: float | timedelta = HEALTHY_SECONDS
    billed_timeout: float | timedelta = BILLED_SECONDS


@dataclass(frozen=True)
class WaitedRun:
    """A run that is in the state, and waited for."""

    application_id: str
    job_run_id: str
    arn: str
    redactor: Redactor
    endpoint: str | None = None
    observed: Mapping[str, Any] = field(default_factory=dict)
    logs: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> WaitedRun:
        """From the resource's outputs and its redactor, by name."""
        return cls(
            values["applicationId"],
            values["jobRunId"],
            values["arn"],
            values["redactor"],
            values.get("endpoint"),
            values.get("observed") or {},
            values.get("logs") or {},
        )

    @property
    def where(self) -> Connection:
        return connection(setting, {"endpoint": self.endpoint}, region=region_of(self.arn) or None)

    def outcome(self, observed: Mapping[str, Any] | None = None) -> Outcome:
        """As it was observed, by default when it was last refreshed."""
        return self.discreet(Outcome.read(self.observed if observed is None else observed, self.logs))

    def discreet(self, outcome: Outcome) -> Outcome:
        return replace(outcome, state_details=self.redactor.redacted(outcome.state_details))

    def doubt(self, program: Program, age: Mapping[str, Any]) -> WaitedDoubt:
        """What a "not found" of it is worth, for its age as the state has it."""
        from pulumi_emr_serverless.launching import WaitedDoubt  # noqa: PLC0415 - as boto3, for few programs

        known = {name: value for name, value in age.items() if value is not None}
        outputs = {**known, "arn": self.arn, "observed": self.observed}

        def held() -> HeldRun:
            from pulumi_emr_serverless.verbs import held_run  # noqa: PLC0415 - it brings pydantic, and is hardly needed

            return held_run(f"{self.application_id}/{self.job_run_id}", outputs)

        return WaitedDoubt(program.aws(self.where), held)


@dataclass(frozen=True)
class Ended:
    """How a wait ended."""

    run: WaitedRun
    outcome: Outcome
    failed: bool = False
    """Whether the update fails with it: the run did, or it could not be waited for."""


class Waiting:
    """One wait for one run of the program.

    Args:
        run: the resource.
        options: how to wait.
        age: what its outputs tell of how old it can have become.
    """

    def __init__(self, run: pulumi.Resource, options: WaitOptions, age: pulumi.Output[Mapping[str, Any]]) -> None:
        self._run, self._options, self._age = run, options, age
        self._title = run.pulumi_resource_name
        self._reporter: ResourceReporter | None = None
        self._seen = Outcome(UNKNOWN_STATE)
        """The run as it was seen last."""
        self.figures_wanted = False
        """Whether the program uses what the run billed or used."""

    def begin(self, values: Mapping[str, Any]) -> pulumi.Input[Ended]:
        """How it ended: known at once, later, or in this preview never."""
        run = WaitedRun.read(values)
        state = facts(run.observed.get("state") or "")
        if state.terminal and (self._options.allow_failure or not state.failed):
            return Ended(run, run.outcome())
        if pulumi.runtime.is_dry_run():
            foreseen: pulumi.Output[Ended | None] = pulumi.Output.from_input(self._foreseen(run))
            return foreseen.apply(lambda it: it or _unknown())
        if has_mocks():
            # A unit test of a program: there is no run. What the test's mocks give as `observed` is the outcome.
            return Ended(run, run.outcome())
        return self._wait(run)

    def required(self, ended: Ended) -> pulumi.Input[Outcome]:
        """What a program gets: of a failed wait nothing, once everything else has come as far as it can."""
        return self._fail() if ended.failed else ended.outcome

    async def _fail(self) -> Outcome:
        raise await program_of(asyncio.get_running_loop()).ended()

    def figures(self, ended: Ended) -> pulumi.Input[Outcome]:
        """The outcome with what the run used and billed, which AWS says a while after its end; without, if it does not."""
        outcome = ended.outcome
        if ended.failed or outcome.has_figures or outcome.aged_out or not outcome.is_terminal:
            return outcome
        if pulumi.runtime.is_dry_run():
            return _unknown()
        if has_mocks():
            return outcome
        return self._figures(ended.run, outcome)

    async def _foreseen(self, run: WaitedRun) -> Ended | None:
        """How it ended, if it did by the time of this preview, and it is no failure: of that a person is told."""
        if has_mocks():
            return None
        outcome = run.outcome() if run.observed.get("state") else None
        if outcome is None or not outcome.is_terminal:
            outcome = await self._look(run)
        if outcome is None or not outcome.is_terminal:
            return None
        if not outcome.failed or self._options.allow_failure:
            return Ended(run, outcome)
        details = f": {outcome.state_details}" if outcome.state_details else ""
        pulumi.log.warn(
            f"run {run.job_run_id} is {outcome.state}{tried(outcome.attempt)}{details}\n"
            "An update that does not run it again fails with it.",
            resource=self._run,
        )
        return None

    async def _look(self, run: WaitedRun) -> Outcome | None:
        program = program_of(asyncio.get_running_loop())
        try:
            poller = program.poller(run.where, run.application_id)
            following = poller.follow(run.job_run_id)
            try:
                seen = (await asyncio.wait_for(following.next(), _LOOK_SECONDS)).run
            finally:
                poller.leave(following)
        except (EmrServerlessError, asyncio.TimeoutError):
            return None
        return None if seen is None else run.outcome(seen.observed())

    async def _wait(self, run: WaitedRun) -> Ended:
        program = program_of(asyncio.get_running_loop())
        program.waits += 1
        self._reporter = reporter = ResourceReporter(self._run, program, run.redactor)
        with program.activity.busy():
            try:
                outcome = run.discreet(await self._outcome(program, run))
                if outcome.failed and not self._options.allow_failure:
                    raise RunFailedError(await self._why(program, run, outcome))
            except EmrServerlessError as error:
                program.failed(self._title, run.job_run_id, run.redactor.redacted(str(error)), self._run)
                return Ended(run, self._seen, failed=True)
            reporter.ended(outcome, figures_follow=self.figures_wanted)
            return Ended(run, outcome)

    @asynccontextmanager
    async def _followed(self, program: Program, run: WaitedRun) -> AsyncIterator[Wait]:
        poller = program.poller(run.where, run.application_id)
        following: Following = poller.follow(run.job_run_id, run.doubt(program, await self._age.future() or {}))
        try:
            yield Wait(
                job_run_id=run.job_run_id,
                sightings=following,
                reporter=self._reporter or ResourceReporter(self._run, program, run.redactor),
                clock=Clock(program.time.now),
                timeout=_seconds(self._options.timeout),
                healthy_for=_seconds(self._options.healthy_for) or 0.0,
                known=run.observed,
                logs=run.logs,
            )
        finally:
            poller.leave(following)

    async def _outcome(self, program: Program, run: WaitedRun) -> Outcome:
        async with self._followed(program, run) as wait:
            try:
                return await wait.outcome()
            except WaitTimeoutError as error:
                raise WaitTimeoutError(f"{self._title}: {error}") from error
            except EmrServerlessError as error:
                raise RunUnseenError(
                    f"{self._title}: run {run.job_run_id} can no longer be watched: {error}\n"
                    "The run itself is not affected; the next pulumi up waits for it again."
                ) from error
            finally:
                if wait.last is not None:
                    self._seen = run.outcome(wait.last.observed())

    async def _figures(self, run: WaitedRun, outcome: Outcome) -> Outcome:
        program = program_of(asyncio.get_running_loop())
        bound = _seconds(self._options.billed_timeout) or 0.0
        with program.activity.busy(), suppress(EmrServerlessError):
            # The run has ended as it has: that nobody can tell what it billed is nothing to fail for.
            async with self._followed(program, run) as wait:
                outcome = await wait.figures(outcome, bound, program.aws(run.where).now)
        if self._reporter is not None:
            self._reporter.billed(outcome)
        return run.discreet(outcome)

    async def _why(self, program: Program, run: WaitedRun, outcome: Outcome) -> str:
        lines = await program.last_stderr_lines(connection(setting, {}, region=region_of(run.arn) or None), outcome)
        return failure_message(self._title, run.application_id, run.job_run_id, outcome, lines)


def _unknown() -> pulumi.Output[Any]:
    """An output that this preview cannot know."""

    async def answer(value: Any) -> Any:
        return value

    return pulumi.Output(set(), answer(None), answer(False))


def _seconds(value: float | timedelta | None) -> float | None:
    return value.total_seconds() if isinstance(value, timedelta) else value
