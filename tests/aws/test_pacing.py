"""Calls keep within AWS's quotas before they are sent, and what AWS throttles all the same waits and is sent again.

The emulator counts at AWS's own quotas. Time is its clock, and passes when somebody waits.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from engineless import inputs, without_waiting
from pulumi_emr_serverless.aws import Connection, Connections, EmrServerless, Patience
from pulumi_emr_serverless.aws.pacing import QUOTAS, UNDOCUMENTED, Line, Pacer, Permit, Quota, waiting_line
from pulumi_emr_serverless.emulator.quotas import DOCUMENTED
from pulumi_emr_serverless.emulator.server import Server, serving
from pulumi_emr_serverless.emulator.world import DEFAULT_APPLICATION_ID
from pulumi_emr_serverless.errors import AwsUnavailableError, EngineGoneError
from pulumi_emr_serverless.request import start_job_run_input


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving(port=0) as running:
        yield running


@dataclass
class Caller:
    """Calls of one process, whose waits pass on the emulator's clock."""

    server: Server
    waited: float = 0.0
    asked: int = 0
    told: list[str] = field(default_factory=list)
    gone_after: float = float("inf")

    def sleep(self, seconds: float) -> None:
        self.waited += seconds
        self.server.control.advance(seconds)

    def still_wanted(self) -> None:
        self.asked += 1
        if self.waited >= self.gone_after:
            raise EngineGoneError("gone")

    def patience(self, *, bounded: bool = False) -> Patience:
        return Patience(None if bounded else self.still_wanted, self.told.append, self.sleep, lambda: self.waited)

    def aws(self, *, bounded: bool = False, patient: bool = True) -> EmrServerless:
        place = Connection(
            region="us-east-1", endpoint=self.server.endpoint, access_key="123456789012", secret_key="not-a-secret"
        )
        return EmrServerless(place, patient=patient, pacer=Pacer(self.patience(bounded=bounded)))

    def throttled(self, operation: str | None = None) -> int:
        return sum(call.http_status == 429 for call in self.server.control.calls(operation))


@pytest.fixture
def caller(server: Server, monkeypatch: pytest.MonkeyPatch) -> Caller:
    without_waiting(monkeypatch)
    server.control.reset()
    server.control.set_fate(stay_in="RUNNING")
    server.control.freeze()
    server.control.set_quotas(enabled=True)
    return Caller(server)


def start(aws: EmrServerless, number: int) -> tuple[str, str]:
    return aws.start(start_job_run_input(inputs(name=f"job-{number}")), f"token-{number}")


def caller_of(operation: str, caller: Caller) -> Callable[[int], object]:
    aws, application = caller.aws(), DEFAULT_APPLICATION_ID
    if operation == "StartJobRun":
        return lambda number: start(aws, number)
    run, arn = start(aws, 0)
    caller.server.control.advance(60)  # until it is RUNNING
    return {
        "GetJobRun": lambda _: aws.get(application, run),
        "CancelJobRun": lambda _: aws.cancel(application, run),
        "ListJobRuns": lambda _: aws.page(application),
        "GetApplication": lambda _: aws.application(application),
        "GetDashboardForJobRun": lambda _: aws.dashboard(application, run),
        "TagResource": lambda _: aws.tag(arn, {"a": "b"}),
    }[operation]


@pytest.mark.parametrize(
    ("operation", "calls"),
    [
        ("StartJobRun", 100), ("ListJobRuns", 100), ("GetJobRun", 150), ("GetApplication", 150), ("GetDashboardForJobRun", 20),
    ],
)  # fmt: skip
def test_many_calls_take_as_long_as_aws_asks_for_and_none_fails(caller: Caller, operation: str, calls: int) -> None:
    """The least that the quota allows, and a tenth: what is waited for is AWS, not our own guesses."""
    call = caller_of(operation, caller)
    for number in range(1, calls + 1):
        call(number)
    quota = DOCUMENTED.value[operation]
    assert caller.waited <= (calls + 1 - quota.burst) / quota.rate * 1.1
    assert caller.throttled() <= 3, "calls are paced before they are sent"


def test_where_there_is_no_quota_many_calls_wait_no_two_seconds(caller: Caller) -> None:
    """An account whose quotas were raised, or an emulator that has none, is not held to what AWS documents."""
    caller.server.control.set_quotas(enabled=False)
    call = caller_of("ListJobRuns", caller)
    for number in range(200):
        call(number)
    assert caller.waited < 2


def test_the_quotas_are_those_that_aws_documents() -> None:
    """The emulator has them from the same page, on its own."""
    documented = {name: (quota.rate, quota.burst) for name, quota in DOCUMENTED.value.items()}
    assert {name: (quota.rate, quota.burst) for name, quota in QUOTAS.items()} == {
        name: documented[name] for name in QUOTAS
    }


def test_a_start_that_waits_holds_up_nothing_else(caller: Caller) -> None:
    """Tags, ends and looks have lines of their own."""
    aws = caller.aws()
    for number in range(30):
        run, arn = start(aws, number)
    waited = caller.waited
    aws.tag(arn, {"a": "b"})
    aws.cancel(DEFAULT_APPLICATION_ID, run)
    aws.get(DEFAULT_APPLICATION_ID, run)
    aws.page(DEFAULT_APPLICATION_ID)
    aws.application(DEFAULT_APPLICATION_ID)
    assert caller.waited == waited > 0


@pytest.mark.parametrize("times", [1, 12, 110])
def test_a_call_that_is_throttled_is_sent_again_until_it_is_taken(caller: Caller, times: int) -> None:
    """However often: botocore would give up after a hundred retries of a whole process, or twelve of one call."""
    aws = caller.aws()
    caller.server.control.arm("throttle", "StartJobRun", at="after", times=times)
    start(aws, 1)
    sent = [call.input for call in caller.server.control.calls("StartJobRun")]
    assert len(sent) == times + 1
    assert all(one == sent[0] for one in sent), "the same client token"
    assert len(caller.server.control.runs()) == 1
    caller.server.control.arm("internal_error", "GetJobRun", times=5)
    aws.get(DEFAULT_APPLICATION_ID, caller.server.control.runs()[0].job_run_id)


def test_whoever_waits_for_nobody_sends_nothing_more(caller: Caller) -> None:
    """An engine that was killed while its provider waited for a quota: what it would start then would be in no state."""
    aws = caller.aws()
    for number in range(26):
        start(aws, number)
    sent = len(caller.server.control.calls("StartJobRun"))
    caller.server.control.arm("throttle", "StartJobRun", times=0)
    caller.gone_after = caller.waited + 60
    with pytest.raises(EngineGoneError):
        start(aws, 26)
    caller.server.control.disarm()
    assert len(caller.server.control.runs()) == 26
    assert len(caller.server.control.calls("StartJobRun")) > sent
    assert caller.waited < caller.gone_after + 10


@pytest.mark.parametrize("patient", [True, False])
def test_where_nobody_can_tell_whether_a_call_is_wanted_throttling_ends_in_an_error(
    caller: Caller, patient: bool
) -> None:
    """`emrs` answers a person, and a wait bears it by itself; neither hangs in a thread for ever."""
    aws = caller.aws(bounded=True, patient=patient)
    caller.server.control.arm("throttle", "ListJobRuns", times=0)
    with pytest.raises(AwsUnavailableError, match="ThrottlingException"):
        aws.page(DEFAULT_APPLICATION_ID)
    assert len(caller.server.control.calls("ListJobRuns")) == (12 if patient else 2)


def test_a_person_is_told_now_and_then_what_is_waited_for(caller: Caller) -> None:
    """A silent minute looks like a hang; a line a second would be noise."""
    aws = caller.aws()
    caller.server.control.arm("throttle", "StartJobRun", times=30)
    start(aws, 1)
    assert set(caller.told) == {"waiting for AWS's quota of StartJobRun, this job is next"}
    assert len(caller.told) < caller.waited / 3


def test_what_a_person_reads() -> None:
    assert waiting_line("StartJobRun", 61) == "waiting for AWS's quota of StartJobRun, 61 jobs before this one"
    assert waiting_line("CancelJobRun", 1) == "waiting for AWS's quota of CancelJobRun, 1 call before this one"


def test_a_request_is_signed_after_it_has_waited(caller: Caller) -> None:
    """AWS takes a signature for five minutes, and a large stack waits longer."""
    order = list[str]()
    caller.server.control.arm("throttle", "StartJobRun", times=2)
    sleep = caller.sleep

    def wait(seconds: float) -> None:
        order.append("waited")
        sleep(seconds)

    caller.sleep = wait  # type: ignore[method-assign]
    aws = caller.aws()
    aws._client.meta.events.register("before-sign.emr-serverless", lambda **_: order.append("signed"))
    start(aws, 1)
    assert [word for word, _ in itertools.groupby(order)] == ["signed", "waited", "signed", "waited", "signed"]


def test_connections_of_one_account_and_region_have_one_pacer(server: Server) -> None:
    """AWS counts by account and region, whatever the time-outs and certificates of a resource are."""
    connections = Connections()
    here = Connection(region="us-east-1", endpoint=server.endpoint, access_key="a", secret_key="b")
    same = Connection(
        region="us-east-1", endpoint=server.endpoint, access_key="a", secret_key="b", read_timeout_seconds=5
    )
    elsewhere = Connection(region="eu-west-1", endpoint=server.endpoint, access_key="a", secret_key="b")
    assert connections.of(here)._pacer is connections.of(same)._pacer
    assert connections.of(here)._pacer is not connections.of(elsewhere)._pacer


# --- one line ---------------------------------------------------------------------------------------------------------


@dataclass
class Rig:
    """A line, and the time it goes by."""

    now: float = 0.0
    line: Line = field(init=False)

    def __post_init__(self) -> None:
        self.line = Line(Quota(1, 3), lambda: self.now)

    def join(self, *names: str) -> None:
        for name in names:
            self.line.join(name)

    def call(self) -> Permit:
        me: Any = object()
        self.line.join(me)
        while (permit := self.line.permit(me)) is None:
            self.now += self.line.outlook(me)[1]
        return permit

    def per_second(self) -> float:
        begun = self.now
        for _ in range(5):
            self.line.answered(self.call())
        return 5 / (self.now - begun)


def refused_once() -> Rig:
    rig = Rig()
    rig.line.refused(rig.call())
    rig.now += 1  # what was tried beside the refused call may have taken
    return rig


def test_first_come_first_served() -> None:
    """A job that was declared early does not wait for those that came after it."""
    rig = refused_once()
    rig.join("a", "b", "c")
    rig.now += 2
    assert [rig.line.permit(name) is not None for name in ("c", "b", "a", "b", "c")] == [
        False,
        False,
        True,
        True,
        False,
    ]
    assert rig.line.outlook("c") == (0, 1.0)  # none before it, and a second


def test_a_refused_call_keeps_its_place() -> None:
    rig = refused_once()
    rig.join("later")
    rig.line.join("refused", ahead=True)
    rig.now += 1
    assert rig.line.permit("later") is None
    assert rig.line.permit("refused") is not None


def test_who_leaves_holds_up_nobody() -> None:
    """A verb whose engine has gone."""
    rig = refused_once()
    rig.join("gone", "next")
    rig.now += 1
    rig.line.leave("gone")
    assert rig.line.permit("next") is not None


def test_a_line_slows_down_while_it_is_refused_and_recovers() -> None:
    """Others call with the same account: half of it at a time, and back to what is documented, never beyond."""
    rig = refused_once()
    assert rig.per_second() == pytest.approx(1)
    rig.line.refused(rig.call())
    rig.line.refused(rig.call())
    assert rig.per_second() < 0.6
    for _ in range(20):
        rig.line.answered(rig.call())
    assert rig.per_second() == pytest.approx(1)


def test_refusals_of_calls_that_were_under_way_together_count_once() -> None:
    """Else eight threads that meet an empty bucket would wait for minutes."""
    rig = refused_once()
    rig.now += 10
    together = [rig.call() for _ in range(2)]
    for permit in together:
        rig.line.refused(permit)
    assert rig.per_second() >= 0.5


def test_a_line_never_stops() -> None:
    """A call each few seconds asks whether AWS takes calls again."""
    rig = Rig()
    for _ in range(50):
        rig.line.refused(rig.call())
    assert rig.line.outlook(_joined(rig))[1] <= 5


def _joined(rig: Rig) -> object:
    me = object()
    rig.line.join(me)
    return me


def test_operations_without_a_documented_quota_are_hardly_held_up(caller: Caller) -> None:
    """Tags are read of many runs at once; AWS documents no quota of them."""
    call = caller_of("TagResource", caller)
    for number in range(int(UNDOCUMENTED.burst) * 3):
        call(number)
    assert caller.waited < 2
