"""What all waits of one program share: its pollers, its screen, and its end."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import pulumi

from pulumi_emr_serverless.aws import Connection
from pulumi_emr_serverless.errors import EmrServerlessError
from pulumi_emr_serverless.program.failing import tell_outputs
from pulumi_emr_serverless.program.pricing import prices, setting
from pulumi_emr_serverless.redaction import Redactor
from pulumi_emr_serverless.watching import Activity, Budget, Outcome, RealTime, RunPoller, Threads, span

if TYPE_CHECKING:
    from pulumi_emr_serverless.aws import Connections, EmrServerless

_STDERR_LINES = 20
_STDERR_SECONDS = 15.0
_STDERR_PAUSES = (0.0, 2.0, 4.0)
"""A run is FAILED a little before the last of its logs is in S3."""

_PROGRESS_SECONDS_ON_A_TERMINAL = 1.0
_PROGRESS_SECONDS_IN_A_LOG = 60.0
_RUNS_AT_FULL_SPEED = 10
_QUIET_FROM_RUNS = 20
"""With more runs than this, only their ends are lasting lines."""


def _polling() -> Connections:
    from pulumi_emr_serverless.aws import Connections  # noqa: PLC0415 - it brings boto3

    return Connections(patient=False)


@dataclass
class Program:
    """One program, on one event loop."""

    time: RealTime = field(default_factory=RealTime)
    call: Threads = field(default_factory=Threads)
    activity: Activity = field(default_factory=lambda: Activity(asyncio.sleep))
    seconds_between_progress: float = field(
        default_factory=lambda: _PROGRESS_SECONDS_ON_A_TERMINAL if _has_terminal() else _PROGRESS_SECONDS_IN_A_LOG
    )
    waits: int = 0
    _has_introduced: bool = False
    _connections: Connections = field(default_factory=_polling)
    _budgets: dict[Connection, Budget] = field(default_factory=dict)
    _pollers: dict[tuple[Connection, str], RunPoller] = field(default_factory=dict)
    _failures: dict[str, str] = field(default_factory=dict)
    _end: asyncio.Task[None] | None = None

    def aws(self, where: Connection) -> EmrServerless:
        return self._connections.of(where)

    def poller(self, where: Connection, application_id: str) -> RunPoller:
        """The one poller of an application, however many runs of it are waited for."""
        if (where, application_id) not in self._pollers:
            budget = self._budgets.setdefault(where, Budget(self.time))
            aws = self.aws(where)
            self._pollers[where, application_id] = RunPoller(aws, application_id, budget, self.time, self.call)
        return self._pollers[where, application_id]

    def progress_interval(self) -> float:
        """Seconds between two passing lines of one run: the more runs, the rarer, for all of them share a screen."""
        return self.seconds_between_progress * max(1.0, self.waits / _RUNS_AT_FULL_SPEED)

    @property
    def is_quiet(self) -> bool:
        return self.waits > _QUIET_FROM_RUNS

    def introduce(self) -> None:
        """Say once what an interruption does: when it comes, Pulumi gives the program no time to say it."""
        if not self._has_introduced:
            self._has_introduced = True
            pulumi.log.info(
                "Waiting for runs: `emrs watch` shows them. Ctrl-C leaves them running; pulumi up waits again."
            )

    def failed(self, title: str, job_run_id: str, message: str, run: pulumi.Resource) -> None:
        """Show a failure on its resource at once, once for each run."""
        if job_run_id not in self._failures:
            self._failures[job_run_id] = title
            pulumi.log.error(message, resource=run)

    async def ended(self) -> pulumi.RunError:
        """The error to fail with, when everything else has come as far as it can and the stack's outputs are told."""
        if self._end is None:
            self._end = asyncio.ensure_future(self._come_to_an_end())
        await self._end
        return pulumi.RunError(self._verdict())

    async def _come_to_an_end(self) -> None:
        await self.activity.settled()
        try:
            await tell_outputs(self.activity.settled)
        except Exception as error:  # noqa: BLE001 - the failure of the run has to be what the update fails with
            pulumi.log.warn(f"The stack's outputs are still those of the last update: {error}")

    def _verdict(self) -> str:
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


@cache
def program_of(loop: asyncio.AbstractEventLoop) -> Program:
    """What the waits on an event loop share. One program runs on one loop; Pulumi's automation may run several."""
    program = Program()
    program.activity.watch(loop)
    return program


class ResourceReporter:
    """Shows a wait behind its resource, without the secrets of that."""

    def __init__(self, run: pulumi.Resource, program: Program, redactor: Redactor) -> None:
        self._run, self._program, self._redactor = run, program, redactor
        self._shown_at = float("-inf")
        self._was_alive = False

    def progress(self, line: str) -> None:
        now = self._program.time.now()
        if now - self._shown_at >= self._program.progress_interval():
            self._shown_at = now
            self._info(line, ephemeral=True)

    def changed(self, line: str) -> None:
        self._program.introduce()
        self._was_alive = True
        self._shown_at = self._program.time.now()
        self._info(line, ephemeral=self._program.is_quiet)

    def warn(self, line: str) -> None:
        pulumi.log.warn(self._redactor.redacted(line), resource=self._run)

    def ended(self, outcome: Outcome, *, figures_follow: bool) -> None:
        """The last line, or, where the program waits for what the run billed, the one before."""
        words = [outcome.state]
        if outcome.duration is not None:
            words.append(f"after {span(outcome.duration)}")
        if outcome.is_terminal and not (outcome.aged_out or (figures_follow and outcome.billed is None)):
            words += _billed(outcome)
        self._last(words)

    def billed(self, outcome: Outcome) -> None:
        """What it billed, or that AWS has not said it in time."""
        self._last([outcome.state, *_billed(outcome)])

    def _last(self, words: list[str]) -> None:
        # A run that ended before this update began is no news.
        self._info(", ".join(words), ephemeral=not self._was_alive)

    def _info(self, line: str, *, ephemeral: bool) -> None:
        pulumi.log.info(self._redactor.redacted(line), resource=self._run, ephemeral=ephemeral)


def _billed(outcome: Outcome) -> list[str]:
    if outcome.billed is None:
        return ["not billed yet"]
    known = prices()
    return [f"billed {outcome.billed}", *([] if known is None else [f"= {known.cost(outcome.billed)}"])]


def _has_terminal() -> bool:
    """Whether somebody may be looking: the program's own streams are pipes to the engine, whoever looks."""
    if os.environ.get("CI"):
        return False
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY))
    except OSError:
        return False
    return True
