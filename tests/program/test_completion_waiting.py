"""What a wait makes of what the poller sees, and the words it finds for it. No time passes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from pulumi_emr_serverless.errors import InvalidConfigurationError, WaitTimeoutError
from pulumi_emr_serverless.runs import Observation
from pulumi_emr_serverless.watching.cost import Prices, Resources, total
from pulumi_emr_serverless.watching.outcome import UNKNOWN_STATE, Outcome, failure_message, span
from pulumi_emr_serverless.watching.poller import Sighting
from pulumi_emr_serverless.watching.waiting import Clock, Wait

NOON = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)
SECONDS_BETWEEN = 10


@dataclass
class Script:
    """Sightings, ten seconds after one another. Also the clock and the reporter of the wait that reads them."""

    sightings: list[Sighting]
    seconds: float = 0.0
    lasting: list[str] = field(default_factory=list)
    passing: list[str] = field(default_factory=list)

    async def next(self) -> Sighting:
        self.seconds += SECONDS_BETWEEN
        return self.sightings.pop(0)

    def progress(self, line: str) -> None:
        self.passing.append(line)

    def changed(self, line: str) -> None:
        self.lasting.append(line)

    def warn(self, line: str) -> None:
        self.lasting.append(f"warning: {line}")

    def wall(self) -> datetime:
        return NOON + timedelta(seconds=self.seconds)


def sighting(state: str, **more: Any) -> Sighting:
    return Sighting(Observation("app", "run1", "arn", state, **{"attempt": 1, "created_at": NOON, **more}))


def waited(sightings: Iterable[Sighting], **options: Any) -> tuple[Outcome, Script]:
    script = Script(list(sightings))
    wait = Wait("run1", script, script, Clock(lambda: script.seconds, script.wall), **options)
    return asyncio.run(wait.outcome()), script


def stream(state: str = "RUNNING", *, ago: float | None = None, **more: Any) -> Sighting:
    updated_at = None if ago is None else NOON - timedelta(seconds=ago)
    return sighting(state, mode="STREAMING", updated_at=updated_at, **more)


def test_each_state_is_one_lasting_line() -> None:
    """A log of CI shows what happened, and nothing twice."""
    _, script = waited(
        [sighting("QUEUED"), sighting("QUEUED"), sighting("RUNNING"), sighting("RUNNING"), sighting("SUCCESS")]
    )
    assert script.lasting == ["QUEUED, attempt 1", "RUNNING after 20s in QUEUED, attempt 1"]
    assert script.passing[-1] == "RUNNING 10s"


def test_another_attempt_is_news() -> None:
    """The job failed once already: a person wants to know before it does for good."""
    _, script = waited([sighting("RUNNING"), sighting("RUNNING", attempt=2), sighting("SUCCESS", attempt=2)])
    assert script.lasting[-1] == "RUNNING after 10s in RUNNING, attempt 2"
    assert script.passing == ["RUNNING 0s", "RUNNING 0s, try 2"]


def test_a_wait_that_joins_late_shows_the_run_s_own_time() -> None:
    """Ctrl-C and another up: the run has been RUNNING for an hour, not for 10 s."""
    _, script = waited([sighting("RUNNING", started_at=NOON - timedelta(hours=1)), sighting("SUCCESS")])
    assert script.passing == ["RUNNING 1h00m"]


def test_an_unknown_state_is_shown_and_waited_through() -> None:
    """AWS may add states: RESUMING is neither an end nor a crash."""
    outcome, script = waited([sighting("RESUMING"), sighting("SUCCESS")])
    assert outcome.state == "SUCCESS"
    assert script.lasting[0] == "RESUMING, attempt 1"


def test_an_outage_is_said_once_and_so_is_its_end() -> None:
    """One line, not one for each try."""
    trouble = Sighting(trouble="ListJobRuns: no answer")
    _, script = waited([sighting("RUNNING"), trouble, trouble, trouble, sighting("RUNNING"), sighting("SUCCESS")])
    assert [line for line in script.lasting if "answer" in line] == [
        "warning: AWS does not answer; still waiting for run run1. ListJobRuns: no answer",
        "AWS answers again",
    ]


@pytest.mark.parametrize(
    ("known", "state"),
    [({"state": "SUCCESS"}, "SUCCESS"), ({"state": "FAILED"}, "FAILED"), ({}, UNKNOWN_STATE)],
    ids=["a refresh saw it succeed", "a refresh saw it fail", "nobody saw its end"],
)
def test_a_run_that_aws_has_aged_out_fails_nothing(known: dict[str, str], state: str) -> None:
    """A stack that was fine for months must not break because AWS forgets, nor be warned of it at every update."""
    outcome, script = waited([Sighting(gone=True)], known=known)
    assert (outcome.state, outcome.failed) == (state, False)
    assert script.lasting == []
    assert script.passing == [f"AWS has forgotten the run, last seen {state}"]


def figures(sightings: Iterable[Sighting], **more: Any) -> tuple[Outcome, Script]:
    """What a wait for the figures of a run that ended at noon gives."""
    script = Script(list(sightings))
    wait = Wait("run1", script, script, Clock(lambda: script.seconds, script.wall))
    ended = Outcome("SUCCESS", ended_at=NOON)
    return asyncio.run(wait.figures(ended, **{"bound": 60.0, "aws_now": script.wall, **more})), script


def billed(vcpu: float | None, used: float | None = 0.1) -> Sighting:
    """AWS says ``{}`` before it knows."""
    details = {
        "billedResourceUtilization": {} if vcpu is None else {"vCPUHour": vcpu},
        "totalResourceUtilization": {} if used is None else {"vCPUHour": used},
    }
    return sighting("SUCCESS", ended_at=NOON, details=details)


def test_figures_are_waited_for_until_both_are_there() -> None:
    """AWS says them after the end, one after the other; read once, a run would have cost nothing."""
    outcome, script = figures([billed(None, None), billed(None), billed(0.5)])
    assert (outcome.billed, outcome.total) == (Resources(0.5), Resources(0.1))
    assert script.seconds == 3 * SECONDS_BETWEEN
    assert script.passing == ["SUCCESS, billing 10s", "SUCCESS, billing 20s"]


@pytest.mark.parametrize(
    ("more", "looks"),
    [
        ({}, 6),
        ({"bound": 0.0}, 1),
        ({"aws_now": lambda: None}, 6),
        ({"aws_now": lambda: NOON + timedelta(days=1)}, 1),
    ],
    ids=[
        "a minute",
        "no patience",
        "AWS's clock is not known",
        "it ended long ago, and is not asked again at each update",
    ],
)
def test_figures_that_do_not_come_are_none(more: dict[str, Any], looks: int) -> None:
    """A run that AWS never bills must hold up no update for ever."""
    outcome, script = figures([billed(None)] * 9, **more)
    assert (outcome.state, outcome.billed) == ("SUCCESS", None)
    assert script.seconds == looks * SECONDS_BETWEEN


def test_a_timeout_says_that_the_run_goes_on() -> None:
    """The next up waits for the same run; a person who reads "timeout" alone would start another."""
    with pytest.raises(WaitTimeoutError, match=r"still RUNNING after 25s.*It goes on"):
        waited([sighting("RUNNING")] * 5, timeout=25)


def test_a_timeout_holds_in_an_outage_too() -> None:
    """It is a promise about the update, not about AWS."""
    with pytest.raises(WaitTimeoutError, match="not seen yet"):
        waited([Sighting(trouble="no answer")] * 5, timeout=25)


@pytest.mark.parametrize(
    ("seen", "looks"),
    [
        ([stream("PENDING"), *[stream()] * 9], 5),
        ([*[stream()] * 2, *[stream(attempt=2)] * 9], 6),
        ([*[stream()] * 2, stream("SCHEDULED"), *[stream()] * 9], 7),
        ([stream(ago=600)] * 9, 1),
        ([*[stream()] * 2, stream("SUCCESS")], 3),
    ],
    ids=["30 s in RUNNING", "anew after an attempt", "anew after a dip", "healthy long before this update", "it ended"],
)
def test_a_streaming_run_is_complete_when_it_is_healthy(seen: list[Sighting], looks: int) -> None:
    """It has no end to wait for; a crash loop must not count as running."""
    _, script = waited(seen, healthy_for=30)
    assert script.seconds == looks * SECONDS_BETWEEN


OBSERVED = {
    "state": "SUCCESS",
    "stateDetails": "Done.",
    "attempt": 2.0,
    "createdAt": "2026-01-01T12:00:00+00:00",
    "startedAt": NOON + timedelta(seconds=30),
    "endedAt": "2026-01-01T12:01:30Z",
    "queuedDurationMilliseconds": 1500,
    "totalExecutionDurationSeconds": 60,
    "billedResourceUtilization": {"vCPUHour": 0.2, "memoryGBHour": 0.8, "storageGBHour": 0.0},
}


def test_an_outcome_is_read_from_aws_and_from_a_state() -> None:
    """A state holds numbers as floats and times as text; both are the same outcome."""
    outcome = Outcome.read(OBSERVED, {"s3Prefix": "s3://logs/"})
    assert outcome.attempt == 2
    assert outcome.created_at == NOON
    assert outcome.ended_at == NOON + timedelta(seconds=90)
    assert (outcome.queued, outcome.duration) == (1.5, 60.0)
    assert outcome.billed == Resources(0.2, 0.8, 0.0)
    assert outcome.total is None


def test_a_failure_says_why_where_and_what_next() -> None:
    """The one text that a person reads at night."""
    outcome = Outcome("FAILED", "ExitCode: 1", attempt=2, duration=72, logs={"s3Prefix": "s3://logs/run1/"})
    text = failure_message("nightly", "app", "run1", outcome, ("Traceback", "KeyError: 'day'"))
    assert text.splitlines()[0] == "nightly: run run1 is FAILED after 1m12s, attempt 2: ExitCode: 1"
    for part in ("  KeyError: 'day'", "s3://logs/run1/", "emrs logs app/run1", "emrs dashboard app/run1", "triggers"):
        assert part in text


def test_a_failure_without_log_destination_names_the_ui() -> None:
    """AWS's managed logs are in no bucket: the UI is the only way to them."""
    assert "emrs dashboard app/run1" in failure_message("x", "app", "run1", Outcome("CANCELLED"))


@pytest.mark.parametrize(("seconds", "text"), [(-3, "0s"), (7.9, "7s"), (72, "1m12s"), (7500, "2h05m")])
def test_spans(seconds: float, text: str) -> None:
    """Clocks differ: a negative span is nothing."""
    assert span(seconds) == text


PRICES = {"vCPUHour": 0.052624, "memoryGBHour": "0.0057785", "storageGBHour": 0.000111}


def test_cost_is_what_was_billed_at_the_given_prices() -> None:
    """In decimals: cents that binary fractions invent would show in a total of a thousand runs."""
    prices = Prices.parse(PRICES, where="p")
    assert prices is not None
    cost = prices.cost(Resources(10, 40, 100))
    assert (cost.amount, cost.currency) == (Decimal("0.768480"), "USD")


def test_a_total_is_the_sum_of_what_is_known() -> None:
    """A run that goes on has no figures yet."""
    assert total([Resources(1, 2, 3), None, Resources(1, 0, 0)]) == Resources(2, 2, 3)


@pytest.mark.parametrize(
    "prices",
    [
        {"vCPUHour": 1, "memoryGBHour": 1},
        {**PRICES, "vcpu": 1},
        {**PRICES, "vCPUHour": -1},
        {**PRICES, "vCPUHour": "cheap"},
        {**PRICES, "vCPUHour": "NaN"},
        "not JSON",
        [1],
    ],
    ids=["one is missing", "misspelt", "negative", "a word", "not a number", "broken", "a list"],
)
def test_wrong_prices_are_named(prices: Any) -> None:
    """A cost that is silently wrong is worse than none."""
    with pytest.raises(InvalidConfigurationError, match="emrServerless:prices"):
        Prices.parse(prices, where="emrServerless:prices")


def test_no_prices_no_cost() -> None:
    """Prices are not invented."""
    assert Prices.parse(None, where="p") is None
