"""The shared poller against a hand-written AWS, in time that only the fakes move."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from pulumi_emr_serverless.aws import Page
from pulumi_emr_serverless.errors import (
    AwsError,
    AwsUnavailableError,
    EmrServerlessError,
    RunNotFoundError,
    RunNotShownError,
    UnreachableError,
    WrongAccountError,
)
from pulumi_emr_serverless.runs import Observation
from pulumi_emr_serverless.watching.poller import (
    FEW,
    SPARE_PAGES,
    Budget,
    Doubting,
    Following,
    Quota,
    RunPoller,
    Sighting,
    Watching,
    interval,
    page_limit,
)

APPLICATION = "00app"
NOON = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)


class LoopTime:
    """A clock that moves when everybody sleeps: it jumps to the earliest end of a sleep."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._sleepers: list[tuple[float, asyncio.Event]] = []
        self._mover: asyncio.Task[None] | None = None

    def now(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        await self.sleep_unless(asyncio.Event(), seconds)

    async def sleep_unless(self, woken: asyncio.Event, seconds: float) -> None:
        entry = (self.seconds + seconds, woken)
        self._sleepers.append(entry)
        if self._mover is None or self._mover.done():
            self._mover = asyncio.ensure_future(self._move())
        await woken.wait()
        if entry in self._sleepers:
            self._sleepers.remove(entry)

    async def _move(self) -> None:
        while self._sleepers:
            # Whoever has something to do first does it, in as many turns of the loop as it takes.
            for _ in range(50):
                await asyncio.sleep(0)
            if self._sleepers:
                until, woken = min(self._sleepers, key=lambda entry: entry[0])
                self._sleepers.remove((until, woken))
                self.seconds = max(self.seconds, until)
                woken.set()


@dataclass
class FakeAws:
    """Runs by age, the newest first in a listing, 50 a page. `deny` and `script` say what goes wrong, and when."""

    time: LoopTime
    runs: dict[str, Observation] = field(default_factory=dict)
    calls: list[tuple[str, float]] = field(default_factory=list)
    deny: dict[str, list[Exception]] = field(default_factory=dict)
    script: Callable[[FakeAws], None] = lambda _: None

    def add(self, *names: str, state: str = "RUNNING", mode: str = "BATCH") -> None:
        for name in names:
            created = NOON + timedelta(seconds=len(self.runs))
            self.runs[name] = Observation(
                APPLICATION, name, f"arn:{name}", state, mode=mode, created_at=created, attempt=1
            )

    def put(self, name: str, **changes: Any) -> None:
        self.runs[name] = replace(self.runs[name], **changes)

    def get(self, application_id: str, job_run_id: str) -> Observation:
        self._called("get")
        if job_run_id not in self.runs or application_id != APPLICATION:
            raise RunNotFoundError("GetJobRun: ResourceNotFoundException")
        return replace(self.runs[job_run_id], details={"complete": True})

    def page(self, application_id: str, *, created_after: datetime | None, next_token: str | None) -> Page:
        self._called("page")
        assert application_id == APPLICATION
        listed = [
            run
            for run in reversed(self.runs.values())
            if created_after is None or run.created_at is None or run.created_at >= created_after
        ]
        begin = int(next_token or 0)
        return Page(tuple(listed[begin : begin + 50]), str(begin + 50) if len(listed) > begin + 50 else None)

    def of(self, name: str) -> list[float]:
        """When an operation was called."""
        return [at for called, at in self.calls if called == name]

    def _called(self, name: str) -> None:
        self.calls.append((name, self.time.seconds))
        self.script(self)
        if self.deny.get(name):
            raise self.deny[name].pop(0)


async def directly(function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    return function(*arguments, **named)


class World:
    def __init__(self) -> None:
        self.time = LoopTime()
        self.aws = FakeAws(self.time)
        self.poller = RunPoller(self.aws, APPLICATION, Budget(self.time), self.time, directly)

    async def until_terminal(self, name: str, doubt: Doubting | None = None) -> tuple[list[Sighting], float]:
        """Everything a waiter sees up to a run's end, and when it saw that."""
        following = self.poller.follow(name, doubt)
        seen: list[Sighting] = []
        try:
            while not (seen and (seen[-1].gone or (seen[-1].run and seen[-1].run.is_terminal))):
                seen.append(await following.next())
        finally:
            self.poller.leave(following)
        return seen, self.time.now()


def run(test: Callable[[World], Coroutine[Any, Any, None]]) -> None:
    async def main() -> None:
        await asyncio.wait_for(test(World()), 20)

    asyncio.run(main())


def ends(name: str, at: float, state: str = "SUCCESS") -> Callable[[FakeAws], None]:
    def script(aws: FakeAws) -> None:
        if aws.time.seconds >= at and aws.runs[name].state != state:
            aws.put(name, state=state)

    return script


@pytest.mark.parametrize(
    ("unchanged", "expected"),
    [(0, 1), (10, 1), (50, 5), (200, 20), (36_000, 20)],
    ids=["just started", "still quick", "a tenth", "slow", "for hours"],
)
def test_intervals_grow_with_the_time_without_a_change(unchanged: float, expected: float) -> None:
    """A job of seconds is noticed at once, one of hours costs three calls a minute."""
    assert interval(unchanged) == expected


@pytest.mark.parametrize(("runs", "pages"), [(11, 1), (50, 1), (51, 2), (300, 6)])
def test_the_limit_of_pages_is_what_the_runs_fill_and_a_constant(runs: int, pages: int) -> None:
    """Thousands of other people's runs in the application must not turn a round into a crawl."""
    assert page_limit(runs) == pages + SPARE_PAGES


def test_a_run_is_watched_to_its_end_with_few_calls() -> None:
    """An hour costs about 180 calls, and the end is noticed within 20 s."""

    async def test(world: World) -> None:
        world.aws.add("a")
        world.aws.script = ends("a", 3600)
        seen, at = await world.until_terminal("a")
        assert 3600 <= at <= 3621
        assert len(world.aws.of("get")) < 3600 / 20 + 40
        assert seen[-1].run is not None
        assert seen[-1].run.details == {"complete": True}

    run(test)


def test_a_short_run_is_noticed_within_a_second() -> None:
    """Nobody wants to wait 30 s for a job of 5."""

    async def test(world: World) -> None:
        world.aws.add("a")
        world.aws.script = ends("a", 5)
        assert (await world.until_terminal("a"))[1] <= 6

    run(test)


def test_300_runs_cost_six_pages_a_round_and_stay_within_the_quotas() -> None:
    """Issue 6: ceil(300/50) list calls a round and a constant, and no throttle: AWS allows 1/s after a burst of 25."""

    async def test(world: World) -> None:
        names = [f"r{number}" for number in range(300)]
        world.aws.add(*names)

        def script(aws: FakeAws) -> None:
            if aws.time.seconds >= 600:
                for name in names:
                    aws.put(name, state="SUCCESS")

        world.aws.script = script
        await asyncio.gather(*(world.until_terminal(name) for name in names))
        rounds = rounds_of(world.aws.of("page"), gap=8.0)
        assert max(len(each) for each in rounds[1:-1]) <= math.ceil(300 / 50) + SPARE_PAGES
        assert overdrawn(world.aws.of("page"), Quota(1, 25)) == 0
        assert overdrawn(world.aws.of("get"), Quota(10, 50)) == 0
        assert len(world.aws.of("get")) == 300  # the figures of each end, once

    run(test)


def test_one_shared_look_serves_everybody_who_waits() -> None:
    """completion and wait() of the same run are two waits, not two calls."""

    async def test(world: World) -> None:
        world.aws.add("a")
        world.aws.script = ends("a", 3)
        both = await asyncio.gather(world.until_terminal("a"), world.until_terminal("a"))
        assert [seen[-1].run.state for seen, _ in both if seen[-1].run] == ["SUCCESS", "SUCCESS"]
        assert len(world.aws.of("get")) <= 5

    run(test)


def test_runs_that_the_pages_do_not_show_are_asked_for() -> None:
    """Other people's 1000 newer runs lie between: GetJobRun finds ours, in bounded numbers."""

    async def test(world: World) -> None:
        names = [f"r{number}" for number in range(FEW + 5)]
        world.aws.add(*names, state="SUCCESS")
        world.aws.add(*(f"x{number}" for number in range(1000)))
        await asyncio.gather(*(world.until_terminal(name) for name in names))
        assert len(world.aws.of("page")) == page_limit(len(names))

    run(test)


def test_where_listing_is_denied_each_run_is_asked_for() -> None:
    """A CI role may have GetJobRun alone."""

    async def test(world: World) -> None:
        names = [f"r{number}" for number in range(FEW + 5)]
        world.aws.add(*names, state="SUCCESS")
        world.aws.deny["page"] = [AwsError("AccessDeniedException", code="AccessDeniedException")]
        await asyncio.gather(*(world.until_terminal(name) for name in names))
        assert len(world.aws.of("page")) == 1

    run(test)


def test_an_outage_ends_no_wait_and_is_mentioned() -> None:
    """Ten minutes without AWS must not lose an hour's run, and a person must learn why nothing moves."""

    async def test(world: World) -> None:
        world.aws.add("a", state="SUCCESS")
        world.aws.deny["get"] = [AwsUnavailableError("GetJobRun: ThrottlingException")] * 30
        seen, at = await world.until_terminal("a")
        troubles = [sighting for sighting in seen if sighting.trouble]
        assert not seen[0].trouble, "one failed call is no news"
        assert len(troubles) == 29
        assert at > 300

    run(test)


def test_where_no_answer_can_come_a_wait_ends() -> None:
    """An emulator that was stopped, a region that is none: to wait for ever tells nobody."""

    async def test(world: World) -> None:
        world.aws.add("a", *(f"b{number}" for number in range(FEW)))
        world.aws.deny = {kind: [UnreachableError("nothing listens")] * 30 for kind in ("get", "page")}
        for names in (["a"], ["a", *(f"b{number}" for number in range(FEW))]):
            ends = await asyncio.gather(*(world.until_terminal(name) for name in names), return_exceptions=True)
            assert [type(end) for end in ends] == [UnreachableError] * len(names)
        assert world.aws.time.now() == 0.0

    run(test)


def test_an_unknown_state_is_not_the_end() -> None:
    """AWS may add RESUMING tomorrow: neither a crash nor the end of the wait."""

    async def test(world: World) -> None:
        world.aws.add("a", state="RESUMING")
        world.aws.script = ends("a", 30)
        seen, _ = await world.until_terminal("a")
        assert {sighting.run.state for sighting in seen if sighting.run} == {"RESUMING", "SUCCESS"}

    run(test)


def test_a_run_is_gone_only_after_several_answers() -> None:
    """Right after StartJobRun a part of AWS may not know the run yet."""

    async def test(world: World) -> None:
        world.aws.add("late", state="SUCCESS")
        world.aws.deny["get"] = [RunNotFoundError("ResourceNotFoundException")] * 2
        seen, _ = await world.until_terminal("late")
        assert not any(sighting.gone for sighting in seen)
        seen, at = await world.until_terminal("never")
        assert seen[-1].gone
        assert at < 10

    run(test)


@dataclass
class Doubt:
    """Of a run that is waited for. ``at_last`` raises what it is given."""

    pauses: tuple[float, ...] = (1.0, 5.0, 30.0)
    first: Exception | None = None
    last: list[Exception] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def at_first(self) -> None:
        self.asked.append("first")
        if self.first is not None:
            raise self.first

    def at_last(self) -> None:
        self.asked.append("last")
        if self.last:
            raise self.last.pop(0)


def test_a_run_that_aws_shows_late_is_not_over() -> None:
    """GetJobRun may be half a minute behind: a wait that took the run for gone would start what comes after it."""

    async def test(world: World) -> None:
        world.aws.add("late", state="SUCCESS")
        world.aws.deny["get"] = [RunNotFoundError("ResourceNotFoundException")] * 3
        doubt = Doubt()
        seen, at = await world.until_terminal("late", doubt)
        assert not any(sighting.gone for sighting in seen)
        assert (doubt.asked, at) == (["first"], 36)

    run(test)


def test_the_application_is_looked_up_once_for_all_its_runs() -> None:
    """When AWS shows none of three hundred for a minute, three hundred questions about one application help nobody."""

    async def test(world: World) -> None:
        doubts = [Doubt() for _ in range(FEW)]
        await asyncio.gather(*(world.until_terminal(f"r{at}", doubt) for at, doubt in enumerate(doubts)))
        assert sum(doubt.asked.count("first") for doubt in doubts) == 1
        assert all("last" in doubt.asked for doubt in doubts)

    run(test)


def test_a_run_is_gone_when_the_doubt_says_so() -> None:
    """Nobody waits for ever for a run that AWS has forgotten, and nobody believes that it has without asking further."""

    async def test(world: World) -> None:
        doubt = Doubt(last=[AwsUnavailableError("ListJobRuns: ThrottlingException")])
        seen, _ = await world.until_terminal("forgotten", doubt)
        assert seen[-1].gone
        assert doubt.asked == ["first", "last", "last"]

    run(test)


@pytest.mark.parametrize(
    ("doubt", "calls"),
    [
        (Doubt(first=WrongAccountError("of account 2")), 1),
        (Doubt(last=[RunNotShownError("it can be alive all the same")]), 4),
    ],
    ids=["other credentials, known at once", "nothing speaks for its end"],
)
def test_a_doubt_that_stays_reaches_whoever_waits(doubt: Doubt, calls: int) -> None:
    """The wait says why it cannot go on, and not that the run is over."""

    async def test(world: World) -> None:
        with pytest.raises(EmrServerlessError, match=r"of account 2|alive all the same"):
            await world.until_terminal("hidden", doubt)
        assert len(world.aws.of("get")) == calls

    run(test)


def test_ended_runs_of_a_long_list_are_asked_for_when_they_are_due() -> None:
    """Sixty waits for what their runs billed are no reason to ask for each run in each round."""

    async def test(world: World) -> None:
        names = [f"r{number}" for number in range(FEW + 5)]
        world.aws.add(*names, state="SUCCESS")
        followed = [world.poller.follow(name) for name in names]
        world.aws.add("living")

        def script(aws: FakeAws) -> None:
            ended = aws.time.seconds >= 200
            aws.put("living", attempt=int(aws.time.seconds), state="SUCCESS" if ended else "RUNNING")

        world.aws.script = script  # always news, so that there is a round each second
        await world.until_terminal("living")
        for each in followed:
            world.poller.leave(each)
        assert len(world.aws.of("page")) > 150
        assert len(world.aws.of("get")) / len(names) < 50

    run(test)


def test_a_refusal_reaches_whoever_waits() -> None:
    """Expired credentials: waiting on would never end."""

    async def test(world: World) -> None:
        world.aws.deny["get"] = [AwsError("ExpiredTokenException", code="ExpiredTokenException")]
        with pytest.raises(AwsError, match="Expired"):
            await world.until_terminal("a")

    run(test)


def test_a_defect_reaches_whoever_waits() -> None:
    """A poller that dies silently would leave the update hanging for ever."""

    async def test(world: World) -> None:
        world.aws.deny["get"] = [KeyError("a defect")]
        with pytest.raises(KeyError, match="a defect"):
            await world.until_terminal("a")

    run(test)


def test_a_poller_that_nobody_needs_makes_no_calls() -> None:
    """The program would not end."""

    async def test(world: World) -> None:
        world.aws.add("a", state="SUCCESS")
        await world.until_terminal("a")
        before = len(world.aws.calls)
        await world.time.sleep(1000)
        assert len(world.aws.calls) == before
        world.aws.add("b", state="SUCCESS")
        await world.until_terminal("b")

    run(test)


def test_the_budget_is_shared_and_queues() -> None:
    """Two applications of one account have one quota between them."""

    async def test(world: World) -> None:
        budget = Budget(world.time, {"ListJobRuns": Quota(1, 2)})
        await asyncio.gather(*(budget.spend("ListJobRuns") for _ in range(5)))
        assert world.time.now() == 3

    run(test)


def test_the_newest_sighting_is_what_counts() -> None:
    """A waiter that was busy reading a log must not work through what has passed."""
    following = Following("a")
    for state in ("PENDING", "RUNNING"):
        following.see(Sighting(Observation(APPLICATION, "a", "arn", state)), 0.0)

    async def newest() -> Sighting:
        return await following.next()

    seen = asyncio.run(newest()).run
    assert seen is not None
    assert seen.state == "RUNNING"


def test_emr_is_what_the_poller_expects() -> None:
    """The fake stands for it; mypy compares the two."""
    from pulumi_emr_serverless.aws import EmrServerless

    accepted: type[Watching] = EmrServerless
    assert accepted is EmrServerless


def rounds_of(times: list[float], gap: float) -> list[list[float]]:
    """Calls, grouped by the pauses between them."""
    rounds: list[list[float]] = [[]]
    for at in times:
        if rounds[-1] and at - rounds[-1][-1] > gap:
            rounds.append([])
        rounds[-1].append(at)
    return rounds


def overdrawn(times: list[float], quota: Quota) -> int:
    """How many of these calls AWS would have throttled."""
    level, before, throttled = quota.burst, 0.0, 0
    for at in sorted(times):
        level = min(quota.burst, level + (at - before) * quota.rate)
        before = at
        if level < 1:
            throttled += 1
        else:
            level -= 1
    return throttled
