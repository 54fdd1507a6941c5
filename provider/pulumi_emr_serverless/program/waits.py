"""Waiting for runs in the user's program, on its event loop, never in a provider verb.

Interrupting the program leaves the runs as they are; the next update waits for the same ones. boto3 is imported when
the first wait begins.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.settings import get_monitor

from pulumi_emr_serverless.aws import Connection, connection
from pulumi_emr_serverless.errors import AwsError, EmrServerlessError, RunFailedError, RunUnseenError, WaitTimeoutError
from pulumi_emr_serverless.program.pricing import prices, setting
from pulumi_emr_serverless.redaction import Redactor
from pulumi_emr_serverless.runs import facts, region_of
from pulumi_emr_serverless.watching import (
    HEALTHY_SECONDS,
    Activity,
    Budget,
    Clock,
    Outcome,
    RealTime,
    RunPoller,
    Threads,
    Wait,
    failure_message,
    span,
)

if TYPE_CHECKING:
    from pulumi_emr_serverless.aws import Connections

_STDERR_LINES = 20
_STDERR_SECONDS = 15.0
_STDERR_PAUSES = (0.0, 2.0, 4.0)
"""A run is FAILED a little before the last of its logs is in S3."""

_PROGRESS_SECONDS_ON_A_TERMINAL = 1.0
_PROGRESS_SECONDS_IN_A_LOG = 60.0
_RUNS_AT_FULL_SPEED = 10
_QUIET_FROM_RUNS = 20
"""With more runs than this, only their ends are lasting lines."""


@dataclass(frozen=True)
class WaitOptions:
    """How to wait.

    Args:
        timeout: seconds, or a ``timedelta``, after which the wait fails; the run goes on. None waits for its end.
        allow_failure: a run that FAILED or was CANCELLED is a result like any other.
        healthy_for: seconds, or a ``timedelta``. A streaming run has no end: its completion is that it was RUNNING
            for so long, in one and the same attempt.
    """

    timeout: float | timedelta | None = None
    allow_failure: bool = False
    healthy_for: float | timedelta = HEALTHY_SECONDS


class Waiting:
    """One wait for one run of the program."""

    def __init__(self, run: pulumi.Resource, options: WaitOptions) -> None:
        self._run, self._options = run, options
        self._title = run.pulumi_resource_name

    def begin(self, values: Mapping[str, Any]) -> pulumi.Input[Outcome]:
        """What the outputs resolve to: at once, later, or in this preview never."""
        logs, observed = values["logs"] or {}, values["observed"] or {}
        state = facts(observed.get("state") or "")
        if state.terminal and (self._options.allow_failure or not state.failed):
            return _discreet(Outcome.read(observed, logs), values["redactor"])
        if pulumi.runtime.is_dry_run():
            return _unknown()
        if isinstance(get_monitor(), MockMonitor):
            # A unit test of a program: there is no run. What the test's mocks give as `observed` is the outcome.
            return _discreet(Outcome.read(observed, logs), values["redactor"])
        return self._wait(values, logs, observed)

    async def _wait(self, values: Mapping[str, Any], logs: Mapping[str, str], observed: Mapping[str, Any]) -> Outcome:
        program = _program()
        redactor: Redactor = values["redactor"]
        reporter = _ResourceReporter(self._run, program, redactor)
        try:
            with program.activity.busy():
                outcome = await self._outcome(program, reporter, values, logs, observed)
                if not outcome.failed or self._options.allow_failure:
                    reporter.ended(outcome)
                    return _discreet(outcome, redactor)
                raise RunFailedError(await self._why(program, values, outcome))
        except EmrServerlessError as error:
            program.failed(self._title, values["run"], redactor.redacted(str(error)), self._run)
            await program.activity.settled()
            raise pulumi.RunError(program.verdict()) from None

    async def _outcome(
        self,
        program: _Program,
        reporter: _ResourceReporter,
        values: Mapping[str, Any],
        logs: Mapping[str, str],
        observed: Mapping[str, Any],
    ) -> Outcome:
        where = connection(setting, {"endpoint": values.get("endpoint")}, region=region_of(values["arn"]) or None)
        poller = program.poller(where, values["application"])
        following = poller.follow(values["run"])
        try:
            return await Wait(
                job_run_id=values["run"],
                sightings=following,
                reporter=reporter,
                clock=Clock(program.time.now),
                timeout=_seconds(self._options.timeout),
                healthy_for=_seconds(self._options.healthy_for) or 0.0,
                known=observed,
                logs=logs,
            ).outcome()
        except WaitTimeoutError as error:
            raise WaitTimeoutError(f"{self._title}: {error}") from error
        except AwsError as error:
            raise RunUnseenError(
                f"{self._title}: run {values['run']} can no longer be watched: {error}\n"
                "The run itself is not affected; the next pulumi up waits for it again."
            ) from error
        finally:
            poller.leave(following)

    async def _why(self, program: _Program, values: Mapping[str, Any], outcome: Outcome) -> str:
        where = connection(setting, {}, region=region_of(values["arn"]) or None)
        lines = await program.last_stderr_lines(where, outcome)
        return failure_message(self._title, values["application"], values["run"], outcome, lines)


class _ResourceReporter:
    """Shows a wait behind its resource, without the secrets of that."""

    def __init__(self, run: pulumi.Resource, program: _Program, redactor: Redactor) -> None:
        self._run, self._program, self._redactor = run, program, redactor
        self._shown_at = float("-inf")
        self._was_alive = False

    def progress(self, line: str) -> None:
        now = self._program.time.now()
        if now - self._shown_at >= self._program.progress_interval():
            self._shown_at = now
            self._info(line, ephemeral=True)

    def changed(self, line: str) -> None:
        self._was_alive = True
        self._shown_at = self._program.time.now()
        self._info(line, ephemeral=self._program.waits > _QUIET_FROM_RUNS)

    def warn(self, line: str) -> None:
        pulumi.log.warn(self._redactor.redacted(line), resource=self._run)

    def ended(self, outcome: Outcome) -> None:
        words = [outcome.state]
        if outcome.duration is not None:
            words.append(f"after {span(outcome.duration)}")
        if outcome.billed is not None:
            words.append(f"billed {outcome.billed}")
            known = prices()
            if known is not None:
                words.append(f"= {known.cost(outcome.billed)}")
        # A run that ended before this update began is no news.
        self._info(", ".join(words), ephemeral=not self._was_alive)

    def _info(self, line: str, *, ephemeral: bool) -> None:
        pulumi.log.info(self._redactor.redacted(line), resource=self._run, ephemeral=ephemeral)


def _polling() -> Connections:
    from pulumi_emr_serverless.aws import Connections  # noqa: PLC0415 - it brings boto3

    return Connections(patient=False)


@dataclass
class _Program:
    """What all waits of one program share."""

    time: RealTime = field(default_factory=RealTime)
    call: Threads = field(default_factory=Threads)
    activity: Activity = field(default_factory=lambda: Activity(asyncio.sleep))
    seconds_between_progress: float = field(
        default_factory=lambda: _PROGRESS_SECONDS_ON_A_TERMINAL if _has_terminal() else _PROGRESS_SECONDS_IN_A_LOG
    )
    waits: int = 0
    _connections: Connections = field(default_factory=_polling)
    _budgets: dict[Connection, Budget] = field(default_factory=dict)
    _pollers: dict[tuple[Connection, str], RunPoller] = field(default_factory=dict)
    _failures: dict[str, str] = field(default_factory=dict)

    def poller(self, where: Connection, application_id: str) -> RunPoller:
        """The one poller of an application, however many runs of it are waited for."""
        self.waits += 1
        if (where, application_id) not in self._pollers:
            budget = self._budgets.setdefault(where, Budget(self.time))
            aws = self._connections.of(where)
            self._pollers[where, application_id] = RunPoller(aws, application_id, budget, self.time, self.call)
        return self._pollers[where, application_id]

    def progress_interval(self) -> float:
        """Seconds between two passing lines of one run: the more runs, the rarer, for all of them share a screen."""
        return self.seconds_between_progress * max(1.0, self.waits / _RUNS_AT_FULL_SPEED)

    def failed(self, title: str, job_run_id: str, message: str, run: pulumi.Resource) -> None:
        """Show a failure on its resource at once, once for each run."""
        if job_run_id not in self._failures:
            self._failures[job_run_id] = title
            pulumi.log.error(message, resource=run)

    def verdict(self) -> str:
        """The one line with which the update fails: the reasons are on the resources."""
        names = ", ".join(self._failures.values())
        if len(self._failures) == 1:
            return f"No success: {names}. The reason is shown at the resource; everything created is in the state."
        return f"No success: {names}. The reasons are shown at the resources; everything created is in the state."

    async def last_stderr_lines(self, where: Connection, outcome: Outcome) -> tuple[str, ...]:
        """The end of the driver's stderr, as far as it can be had within a moment."""
        from pulumi_emr_serverless.aws import LogName, LogReader, clients_of  # noqa: PLC0415 - boto3 again

        reader = LogReader(clients_of(where, setting), outcome.logs)
        name = LogName(attempt=outcome.attempt)

        async def read() -> tuple[str, ...]:
            for pause in _STDERR_PAUSES if outcome.logs else ():
                await self.time.sleep(pause)
                lines = (await self.call(reader.read, name, _STDERR_LINES)).lines
                if lines:
                    return lines
            return ()

        try:
            return await asyncio.wait_for(read(), _STDERR_SECONDS)
        except (EmrServerlessError, asyncio.TimeoutError):
            return ()


def _discreet(outcome: Outcome, redactor: Redactor) -> Outcome:
    return replace(outcome, state_details=redactor.redacted(outcome.state_details))


def _unknown() -> pulumi.Output[Outcome]:
    """An output that this preview cannot know."""

    async def answer(value: Any) -> Any:
        return value

    return pulumi.Output(set(), answer(None), answer(False))


_programs: dict[int, tuple[asyncio.AbstractEventLoop, _Program]] = {}


def _program() -> _Program:
    """What the waits on this event loop share. One program runs on one loop; Pulumi's automation may run several."""
    loop = asyncio.get_running_loop()
    known = _programs.get(id(loop))
    if known is None or known[0] is not loop:
        known = _programs[id(loop)] = (loop, _Program())
        known[1].activity.watch(loop)
    return known[1]


def _seconds(value: float | timedelta | None) -> float | None:
    return value.total_seconds() if isinstance(value, timedelta) else value


def _has_terminal() -> bool:
    """Whether somebody may be looking: the program's own streams are pipes to the engine, whoever looks."""
    if os.environ.get("CI"):
        return False
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY))
    except OSError:
        return False
    return True
