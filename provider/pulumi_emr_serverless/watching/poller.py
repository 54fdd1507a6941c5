"""Watching runs: one poller for all runs of an application that a program waits on.

A few runs are asked for one by one, many with pages of ListJobRuns, which cover 50 runs a call. How often follows from
how long nothing has changed, and from AWS's quotas: a budget is shared by everything that polls with one connection.
Nothing here knows Pulumi, and time is the caller's.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from pulumi_emr_serverless.errors import (
    AwsError,
    AwsUnavailableError,
    EmrServerlessError,
    RunNotFoundError,
    UnreachableError,
)
from pulumi_emr_serverless.runs import Observation

FEW = 10
"""Up to this many runs, GetJobRun for each is quicker than it is costly; beyond it, they are listed."""

RUNS_PER_PAGE = 50
SPARE_PAGES = 2
"""Pages of one round beyond what the followed runs fill by themselves: other runs of the application lie between."""

MISSED_PER_ROUND = 20
"""How many runs that the pages did not show are asked for one by one in a round."""

QUICKEST_SECONDS, SLOWEST_SECONDS = 1.0, 20.0
_PATIENCE = 0.1
"""The interval as a part of the time since the last change: an end is noticed a tenth of that time late, at most."""

_OUTAGE_SECONDS = (2.0, 5.0, 10.0)
_OUTAGE_SECONDS_AFTERWARDS = 20.0
_MENTIONED_AFTER_FAILURES = 2
_PAUSES_SECONDS = (QUICKEST_SECONDS, QUICKEST_SECONDS)
"""A run just started may be unknown to a part of AWS for a moment."""

_CLOCK_SKEW = timedelta(minutes=5)

_VOUCHED_SECONDS = 60.0
"""How long the first doubt of one run, which is about its application, holds for the others of that."""


class Page(Protocol):
    """A page of ListJobRuns."""

    @property
    def runs(self) -> Sequence[Observation]: ...
    @property
    def next_token(self) -> str | None: ...


class Watching(Protocol):
    """What of AWS a poller needs; ``aws.EmrServerless`` is one."""

    def get(self, application_id: str, job_run_id: str) -> Observation: ...
    def page(self, application_id: str, *, created_after: datetime | None, next_token: str | None) -> Page: ...


class Doubting(Protocol):
    """What a "not found" of one run is worth. Its methods block."""

    @property
    def pauses(self) -> Sequence[float]:
        """Seconds between looks at a run that AWS does not show, before it may be taken to be gone."""
        ...

    def at_first(self) -> None:
        """After the first "not found", for all runs of the application. What it raises reaches whoever waits."""

    def at_last(self) -> None:
        """After the last one. Returning is to believe that the run is gone; what it raises reaches whoever waits."""


class Credulous:
    """Believes AWS after three answers: for whoever shows what AWS says, and concludes nothing from it."""

    pauses: Sequence[float] = _PAUSES_SECONDS

    def at_first(self) -> None:
        """Nothing to add."""

    def at_last(self) -> None:
        """Nothing against it."""


class Time(Protocol):
    """A clock in seconds, and ways to let it go on."""

    def now(self) -> float: ...
    async def sleep(self, seconds: float) -> None: ...
    async def sleep_unless(self, woken: asyncio.Event, seconds: float) -> None: ...


class RealTime:
    """The event loop's time."""

    def now(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def sleep_unless(self, woken: asyncio.Event, seconds: float) -> None:
        """Until ``woken`` is set, at most ``seconds``."""
        try:
            await asyncio.wait_for(woken.wait(), seconds)
        except asyncio.TimeoutError:
            return


T = TypeVar("T")
Call = Callable[..., Any]


class Threads:
    """Calls that block, in a few threads of their own: Pulumi's are for the registrations of resources."""

    def __init__(self, count: int = 4) -> None:
        self._executor = ThreadPoolExecutor(count, thread_name_prefix="emrs-watch")

    async def __call__(self, function: Callable[..., T], *arguments: Any, **named: Any) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, functools.partial(function, *arguments, **named))


@dataclass(frozen=True)
class Quota:
    """Calls a second, and how many may come at once after a pause."""

    rate: float
    burst: float


QUOTAS: Mapping[str, Quota] = {"ListJobRuns": Quota(0.8, 15), "GetJobRun": Quota(8, 40)}
"""AWS's quotas per account and region (1 with a burst of 25, and 10 with 50), less what others need beside us."""


class Budget:
    """Token buckets: ``spend`` returns when one more call is within the quota. Share one per account and region."""

    def __init__(self, time: Time, quotas: Mapping[str, Quota] = QUOTAS) -> None:
        self._time = time
        self._quotas = quotas
        self._level = {name: quota.burst for name, quota in quotas.items()}
        self._filled_at: dict[str, float] = {}

    async def spend(self, operation: str) -> None:
        quota, now = self._quotas[operation], self._time.now()
        passed = now - self._filled_at.get(operation, now)
        # Below zero, so that those who come at once queue up instead of all waiting for the same token.
        level = min(quota.burst, self._level[operation] + passed * quota.rate) - 1
        self._level[operation], self._filled_at[operation] = level, now
        if level < 0:
            await self._time.sleep(-level / quota.rate)


@dataclass(frozen=True)
class Sighting:
    """What one look at a run gave: the run, or that AWS does not know it (any more), or that AWS does not answer."""

    run: Observation | None = None
    gone: bool = False
    trouble: str = ""


@dataclass
class Following:
    """One wait on one run. ``next()`` gives what the next look at it shows."""

    job_run_id: str
    doubt: Doubting = field(default_factory=Credulous)
    sightings: asyncio.Queue[Sighting | Exception] = field(default_factory=asyncio.Queue)
    changed_at: float = 0.0
    due_at: float = 0.0
    last: Observation | None = None
    times_unknown: int = 0

    async def next(self) -> Sighting:
        """The newest sighting since the last call, or the next one.

        Raises:
            AwsError: AWS refuses to show the run.
        """
        found = await self.sightings.get()
        while not isinstance(found, Exception) and not self.sightings.empty():
            found = self.sightings.get_nowait()
        if isinstance(found, Exception):
            raise found
        return found

    def see(self, sighting: Sighting, now: float) -> None:
        if sighting.run is not None:
            if self.last is None or (sighting.run.state, sighting.run.attempt) != (self.last.state, self.last.attempt):
                self.changed_at = now
            self.last, self.times_unknown = sighting.run, 0
        self.sightings.put_nowait(sighting)


def interval(unchanged_seconds: float) -> float:
    """Seconds until the next look at a run that has not changed for a while: 1 s at first, 20 s after 200 s."""
    return min(SLOWEST_SECONDS, max(QUICKEST_SECONDS, unchanged_seconds * _PATIENCE))


def page_limit(runs: int) -> int:
    """How many pages of ListJobRuns one round may take."""
    return -(-runs // RUNS_PER_PAGE) + SPARE_PAGES


class RunPoller:
    """Looks at every followed run of one application, while there are any. Lives on one event loop.

    Args:
        aws: the calls.
        application_id: whose runs.
        budget: shared with every other poller of the account and region.
        time: the clock.
        call: runs a blocking call elsewhere.
    """

    def __init__(self, aws: Watching, application_id: str, budget: Budget, time: Time, call: Call) -> None:
        self._aws, self._application_id = aws, application_id
        self._budget, self._time, self._call = budget, time, call
        self._followed: list[Following] = []
        self._woken = asyncio.Event()
        self._may_list = True
        self._vouched_until = float("-inf")
        self._failures = 0
        self._task: asyncio.Task[None] | None = None

    def follow(self, job_run_id: str, doubt: Doubting | None = None) -> Following:
        """Begin to look at a run. Whoever does calls ``leave`` when it has seen enough.

        Args:
            job_run_id: the run.
            doubt: of a "not found"; None believes AWS after three answers.
        """
        now = self._time.now()
        following = Following(job_run_id, doubt or Credulous(), changed_at=now, due_at=now)
        self._followed.append(following)
        self._woken.set()
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._look_until_left())
        return following

    def leave(self, following: Following) -> None:
        """Look at it no more. Without a run to look at, the poller ends."""
        self._followed.remove(following)
        self._woken.set()

    async def _look_until_left(self) -> None:
        try:
            while self._followed:
                if any(each.due_at <= self._time.now() for each in self._followed):
                    await self._round()
                    continue
                self._woken.clear()
                pause = min(each.due_at for each in self._followed) - self._time.now()
                await self._time.sleep_unless(self._woken, max(0.0, pause))
        except Exception as error:  # noqa: BLE001 - whoever waits must learn of a defect here, not wait for ever
            for each in self._followed:
                each.sightings.put_nowait(error)

    async def _round(self) -> None:
        """One look at what is due. Many runs are looked at together: a page shows them anyway."""
        try:
            if len(self._followed) > FEW and self._may_list:
                await self._list()
            else:
                await self._ask([each for each in self._followed if each.due_at <= self._time.now()])
        except AwsUnavailableError as error:
            self._bear(error)
        else:
            self._failures = 0

    async def _list(self) -> None:
        wanted = {each.job_run_id: each for each in reversed(self._followed)}
        seen: dict[str, Observation] = {}
        token: str | None = None
        for _ in range(page_limit(len(wanted))):
            await self._budget.spend("ListJobRuns")
            try:
                page = await self._call(
                    self._aws.page, self._application_id, created_after=self._oldest(), next_token=token
                )
            except AwsUnavailableError:
                raise
            except AwsError:
                # Not allowed, or no such application: GetJobRun gives the answer for each run.
                self._may_list = False
                return
            seen.update({run.job_run_id: run for run in page.runs if run.job_run_id in wanted})
            token = page.next_token
            if token is None or len(seen) == len(wanted):
                break
        await self._spread(list(self._followed), seen)

    async def _spread(self, followed: Iterable[Following], seen: Mapping[str, Observation]) -> None:
        """Pass on what the pages showed, and ask for what they do not: the figures of an end, and runs not listed."""
        ask: list[Following] = []
        missed: list[Following] = []
        for each in followed:
            run = seen.get(each.job_run_id)
            if run is None:
                missed.append(each)
            elif run.is_terminal:
                # An end is asked for at once, and what AWS has to say of it later when it is due.
                if each.last is None or not each.last.is_terminal or each.due_at <= self._time.now():
                    ask.append(each)
            else:
                self._saw(each, run)
        # A run that was not shown keeps its place in the order of due dates, so that each has its turn.
        missed.sort(key=lambda each: each.due_at)
        await self._ask([*ask, *missed[:MISSED_PER_ROUND]])

    async def _ask(self, followed: Iterable[Following]) -> None:
        asked: dict[str, list[Following]] = {}
        for each in followed:
            asked.setdefault(each.job_run_id, []).append(each)
        answers = await asyncio.gather(*(self._get(run) for run in asked), return_exceptions=True)
        trouble: AwsUnavailableError | None = None
        for each_asked, answer in zip(asked.values(), answers, strict=True):
            if isinstance(answer, AwsUnavailableError):
                trouble = answer
                continue
            for each in each_asked:
                await self._answered(each, answer)
        if trouble is not None:
            raise trouble

    async def _get(self, job_run_id: str) -> Observation:
        await self._budget.spend("GetJobRun")
        run: Observation = await self._call(self._aws.get, self._application_id, job_run_id)
        return run

    async def _answered(self, each: Following, answer: Observation | BaseException) -> None:
        if isinstance(answer, Observation):
            self._saw(each, answer)
        elif isinstance(answer, RunNotFoundError):
            await self._missed(each)
        elif isinstance(answer, AwsError):
            self._failed(each, answer)
        else:
            raise answer

    async def _missed(self, each: Following) -> None:
        """AWS does not know the run, says AWS: that alone is no end."""
        pauses = each.doubt.pauses
        each.times_unknown += 1
        is_last = each.times_unknown > len(pauses)
        try:
            if each.times_unknown == 1 and self._time.now() >= self._vouched_until:
                await self._call(each.doubt.at_first)
                self._vouched_until = self._time.now() + _VOUCHED_SECONDS
            if is_last:
                await self._call(each.doubt.at_last)
        except AwsUnavailableError:
            each.times_unknown -= 1
            raise
        except EmrServerlessError as error:
            self._failed(each, error)
            return
        each.due_at = self._time.now() + (SLOWEST_SECONDS if is_last else pauses[each.times_unknown - 1])
        if is_last:
            each.see(Sighting(gone=True), self._time.now())

    def _failed(self, each: Following, error: EmrServerlessError) -> None:
        each.due_at = self._time.now() + SLOWEST_SECONDS
        each.sightings.put_nowait(error)

    def _saw(self, each: Following, run: Observation) -> None:
        now = self._time.now()
        each.see(Sighting(run), now)
        each.due_at = now + interval(now - each.changed_at)

    def _bear(self, error: AwsUnavailableError) -> None:
        """AWS does not answer: wait longer each time, and say so, but never give up a run for it.

        Where no answer can ever come, whoever waits is told so at once.
        """
        if isinstance(error, UnreachableError):
            for each in self._followed:
                self._failed(each, error)
            return
        pause = dict(enumerate(_OUTAGE_SECONDS)).get(self._failures, _OUTAGE_SECONDS_AFTERWARDS)
        self._failures += 1
        now = self._time.now()
        trouble = str(error).splitlines()[0] if self._failures >= _MENTIONED_AFTER_FAILURES else ""
        for each in self._followed:
            each.due_at = max(each.due_at, now + pause)
            each.see(Sighting(trouble=trouble), now)

    def _oldest(self) -> datetime | None:
        """No followed run is older; None while one of them has not been seen yet."""
        times = [each.last.created_at if each.last else None for each in self._followed]
        known = [time for time in times if time is not None]
        return min(known) - _CLOCK_SKEW if known and len(known) == len(times) else None
