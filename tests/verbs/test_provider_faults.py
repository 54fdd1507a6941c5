"""What the network does to an update: each flow under each fault, through the provider's verbs, without the engine.

After every fault: exactly the runs that the intents ask for, the one in the state alive, and no other.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import Any

import pytest

from engineless import FLOWS, EnginelessStack, Flow, failure_of, inputs
from pulumi_emr_serverless import engine
from pulumi_emr_serverless.errors import (
    AwsError,
    AwsUnavailableError,
    ClientTokenReusedError,
    EmrServerlessError,
    EngineGoneError,
)

READ_TIMEOUT = {"emrServerless:readTimeoutSeconds": "0.2"}


Fault = tuple[str, Mapping[str, Any]]

PASSING: dict[str, Fault] = {
    "the connection breaks before AWS has acted": ("drop_before", {}),
    "the answer is lost": ("drop_after", {}),
    "the answer is lost, and the retry's too": ("drop_after", {"times": 2}),
    "the answer is cut off": ("truncate", {}),
    "the request arrives twice": ("duplicate", {}),
    "500 before AWS has acted": ("internal_error", {}),
    "500 after AWS has acted": ("internal_error", {"at": "after"}),
    "503 for several calls": (
        "error",
        {"status": 503, "code": "ServiceUnavailableException", "message": "try again", "times": 4},
    ),
    "a minute of throttling": ("throttle", {"times": 8}),
    "several minutes of throttling": ("throttle", {"times": 60}),
    "throttling without a name": ("error", {"status": 429, "code": "Odd", "message": "x", "times": 30}),
    "throttling without a status": ("error", {"status": 400, "code": "Throttling", "message": "x", "times": 30}),
    "throttled after AWS has acted": ("throttle", {"at": "after", "times": 3}),
    "the answer comes after the read timeout": ("delay_after", {"seconds": 0.6}),
    "the request is done after the read timeout": ("delay_before", {"seconds": 0.6}),
}
LASTING: dict[str, Fault] = {
    "500 for good": ("internal_error", {"times": 0}),
    "500 for good, though AWS acts": ("internal_error", {"times": 0, "at": "after"}),
    "no answer ever arrives": ("drop_after", {"times": 0}),
    "every answer is cut off": ("truncate", {"times": 0}),
    "no request ever arrives": ("drop_before", {"times": 0}),
}


def not_found(operation: str, *, times: int = 1) -> dict[str, Any]:
    """A part of AWS that has not heard of the run yet."""
    return {
        "kind": "error", "operation": operation, "status": 404, "code": "ResourceNotFoundException",
        "message": "not yet", "times": times,
    }  # fmt: skip


@pytest.mark.parametrize("operation", ["TagResource", "GetJobRun"])
@pytest.mark.parametrize("flow", ["replacement", "destroy and up", "another definition after a crash"])
def test_a_run_that_is_not_shown_yet_is_ended_all_the_same(stack: EnginelessStack, flow: str, operation: str) -> None:
    """AWS is eventually consistent: one "not found" must not leave a run alive that no state names."""
    for step in FLOWS[flow].before:
        step(stack)
    stack.server.control.arm(**not_found(operation))
    for step in FLOWS[flow].steps:
        step(stack)
    stack.assert_settled(FLOWS[flow].wanted)


def test_a_retained_run_that_is_not_shown_yet_is_let_go_all_the_same(stack: EnginelessStack) -> None:
    """Else a later update would take it for one that a crash left behind."""
    stack.up(inputs(onDelete="retain", triggers=[1]))
    first = stack.run_id()
    stack.server.control.arm(**not_found("TagResource"))
    for day in (2, 3):
        stack.up(inputs(onDelete="retain", triggers=[day]))
    assert first in stack.alive()


@pytest.mark.parametrize(
    ("code", "status"), [("PriorRequestNotComplete", 400), ("ExpiredTokenException", 403), ("RequestTimeout", 408)]
)
@pytest.mark.parametrize("operation", ["ListJobRuns", "TagResource"])
def test_only_a_missing_permission_is_a_reason_to_go_on(
    stack: EnginelessStack, operation: str, code: str, status: int
) -> None:
    """Whoever cannot look now may look later; going on would leave two runs of one job alive."""
    crashed = operation == "ListJobRuns"
    stack.up(inputs(), kill="StartJobRun.answered" if crashed else "")
    stack.server.control.arm("error", operation, status=status, code=code, message="x", times=0)
    assert failure_of(lambda stack: stack.up(inputs(name="other")), stack) is not None
    assert len(stack.runs()) == 1
    stack.server.control.disarm()
    stack.up(inputs(name="other"))
    stack.assert_settled(2)


def test_a_conflict_that_is_about_something_else_is_said_as_aws_says_it(stack: EnginelessStack) -> None:
    """AWS documents it as a conflict with the state of the resource; a first start has no token that could be known."""
    stack.server.control.arm(
        "error", "StartJobRun", status=409, code="ConflictException", message="Application 00f1 is STOPPING", times=0
    )
    failure = failure_of(lambda stack: stack.up(inputs()), stack)
    assert "Application 00f1 is STOPPING" in str(failure)
    assert "client token" not in str(failure)


def test_a_provider_whose_engine_is_gone_cancels_nothing(
    stack: EnginelessStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A newer update may have taken the run over in the meantime."""
    stack.up(inputs(), kill="StartJobRun.answered")

    def gone() -> None:
        raise EngineGoneError("gone")

    monkeypatch.setattr(engine, "require_engine", gone)
    assert isinstance(failure_of(lambda stack: stack.up(inputs(name="other")), stack), EngineGoneError)
    assert len(stack.alive()) == 1


@pytest.mark.parametrize("operation", ["StartJobRun", "CancelJobRun", "GetJobRun", "TagResource"])
def test_throttling_lasts_no_longer_than_the_engine(
    stack: EnginelessStack, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    """While it is there a throttled call fails nothing; when it is gone, nothing more is started or ended."""
    stack.up(inputs())

    def gone_in_time() -> None:
        if stack.slept > 600:
            raise EngineGoneError("gone")

    monkeypatch.setattr(engine, "require_engine", gone_in_time)
    stack.server.control.arm("throttle", operation, times=0)
    assert isinstance(failure_of(lambda stack: stack.up(inputs(name="other")), stack), EngineGoneError)
    stack.server.control.disarm()
    assert len(stack.runs()) == 1
    assert len(stack.alive()) == (0 if operation == "StartJobRun" else 1)


def test_an_old_client_token_for_a_new_definition_fails_in_the_plan(stack: EnginelessStack) -> None:
    """It could only fail, and after the old run was cancelled."""
    stack.up(inputs(clientToken="mine"))
    failure = failure_of(lambda stack: stack.up(inputs(clientToken="mine", name="other")), stack)
    assert isinstance(failure, ClientTokenReusedError)
    assert stack.alive() == [stack.run_id()]


ENDING = ("replacement", "--replace", "--replace of both", "destroy and up", "job alone destroyed, and up")
LOOKING = ("the same after a crash", "another definition after a crash", "other tags after a crash")
OPERATIONS: dict[str, tuple[str, ...]] = {
    "StartJobRun": ("first create", *ENDING, "another definition after a crash"),
    "GetJobRun": (*ENDING, *LOOKING),
    "ListJobRuns": (*ENDING[:3], *LOOKING),
    "TagResource": ("tag change", *ENDING, "other tags after a crash", "another definition after a crash"),
    "CancelJobRun": (*ENDING, "another definition after a crash"),
}
"""Each operation with the flows that call it."""


def cases(faults: Mapping[str, Fault]) -> list[tuple[str, str, str]]:
    """Every operation in every flow under every fault; else each flow and each fault of an operation at least once."""
    if os.environ.get("PULUMI_EMRS_EXHAUSTIVE"):
        return [(name, flow, fault) for name, flows in OPERATIONS.items() for flow in flows for fault in faults]
    found, names = list[tuple[str, str, str]](), list(faults)
    for operation, flows in OPERATIONS.items():
        turns = range(max(len(flows), len(names)))
        found += [(operation, flows[turn % len(flows)], names[turn % len(names)]) for turn in turns]
    return found


def run_until_done(stack: EnginelessStack, flow: Flow, operation: str, fault: Fault) -> list[EmrServerlessError]:
    """The flow's commands under the fault; one that fails is typed again, without the fault."""
    failures: list[EmrServerlessError] = []
    for step in flow.before:
        step(stack)
    kind, details = fault
    earlier = len(stack.server.control.calls(operation))
    stack.server.control.arm(kind, operation, **details)
    for step in flow.steps:
        if error := failure_of(step, stack):
            failures.append(error)
            stack.server.control.disarm()
            step(stack)
    wait_until_hit(stack, operation, earlier)
    return failures


def wait_until_hit(stack: EnginelessStack, operation: str, earlier: int) -> None:
    """A delayed call is on record when it is done, which may be after its retry."""
    deadline = time.monotonic() + 10
    while not any(call.faults for call in stack.server.control.calls(operation)[earlier:]):
        assert time.monotonic() < deadline, "the fault has met no call"
        time.sleep(0.02)


@pytest.mark.parametrize(("operation", "flow", "fault"), cases(PASSING))
def test_a_fault_that_passes_is_not_noticed(stack: EnginelessStack, operation: str, flow: str, fault: str) -> None:
    """A lost, late, doubled or refused answer is retried with the same token: the command succeeds, with one run."""
    if PASSING[fault][0].startswith("delay"):
        stack.config.update(READ_TIMEOUT)
    failures = run_until_done(stack, FLOWS[flow], operation, PASSING[fault])
    assert not failures
    stack.assert_settled(FLOWS[flow].wanted)


@pytest.mark.parametrize(("operation", "flow", "fault"), cases(LASTING))
def test_a_fault_that_lasts_ends_in_one_message_and_heals(
    stack: EnginelessStack, operation: str, flow: str, fault: str
) -> None:
    """AWS is down: the update fails with a sentence, not a traceback, and the same command later ends as it should."""
    for error in run_until_done(stack, FLOWS[flow], operation, LASTING[fault]):
        assert isinstance(error, AwsUnavailableError), error
        assert "Run the same command again" in str(error)
    stack.assert_settled(FLOWS[flow].wanted)


REFUSALS = {
    "AccessDeniedException": (403, "emr-serverless:StartJobRun"),
    "ValidationException": (400, ""),
    "ServiceQuotaExceededException": (402, "limit"),
}


@pytest.mark.parametrize("code", REFUSALS)
def test_a_definite_refusal_fails_once_and_leaves_nothing(stack: EnginelessStack, code: str) -> None:
    """Asking twelve times whether one may is no use; and the next update starts the first run, not a second."""
    status, hint = REFUSALS[code]
    stack.server.control.arm("error", "StartJobRun", status=status, code=code, message="no", times=0)
    with pytest.raises(AwsError) as refused:
        stack.up(inputs())
    assert code in str(refused.value)
    assert hint in str(refused.value)
    assert len(stack.server.control.calls("StartJobRun")) == 1
    stack.server.control.disarm()
    stack.up(inputs())
    stack.assert_settled(1)


def test_every_retry_sends_the_same_token(stack: EnginelessStack) -> None:
    """The whole protection against a lost answer: what is sent again must be the same request."""
    stack.server.control.arm("drop_after", "StartJobRun", times=3)
    stack.up(inputs())
    sent = [dict(call.input) for call in stack.server.control.calls("StartJobRun")]
    assert len(sent) == 4
    assert all(one == sent[0] for one in sent)
