"""What goes wrong between a client and AWS, on request."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ConnectionClosedError
from mypy_boto3_emr_serverless import EMRServerlessClient

from emulator.support import APPLICATION, NOON, Start, code_of, request_for
from pulumi_emr_serverless.emulator.clock import Clock
from pulumi_emr_serverless.emulator.control import Control, ControlError
from pulumi_emr_serverless.emulator.errors import ApiError
from pulumi_emr_serverless.emulator.quotas import DOCUMENTED, Quotas
from pulumi_emr_serverless.emulator.server import Server

LOST = [("drop_before", 0), ("drop_after", 1)]


@pytest.mark.parametrize(("kind", "runs"), LOST)
def test_a_dropped_connection(emr: EMRServerlessClient, control: Control, kind: str, runs: int) -> None:
    """A client cannot tell these two apart: only the token keeps it from starting a second run."""
    control.arm(kind, "StartJobRun")
    with pytest.raises(ConnectionClosedError):
        emr.start_job_run(**request_for())
    assert len(control.runs()) == runs
    assert [(call.faults, call.delivered) for call in control.calls()] == [((kind,), False)]
    emr.start_job_run(**request_for())
    assert len(control.runs()) == 1


def test_boto3_retries_a_lost_answer_with_the_same_token(
    client_of: Callable[..., EMRServerlessClient], control: Control
) -> None:
    """The SDK's own retries are harmless because the emulator replays, as AWS does."""
    control.arm("drop_after", "StartJobRun", times=1)
    run_id = client_of(attempts=3).start_job_run(**request_for())["jobRunId"]
    assert [run.job_run_id for run in control.runs()] == [run_id]
    assert [(call.replayed, call.delivered) for call in control.calls()] == [(False, False), (True, True)]


ERRORS = [
    ("throttle", {}, ("ThrottlingException", 429)),
    ("internal_error", {}, ("InternalServerException", 500)),
    ("error", {"status": 403, "code": "AccessDeniedException", "message": "no"}, ("AccessDeniedException", 403)),
]


@pytest.mark.parametrize("at", ["before", "after"])
@pytest.mark.parametrize(("kind", "details", "expected"), ERRORS)
def test_errors(
    *,
    emr: EMRServerlessClient,
    control: Control,
    kind: str,
    details: dict[str, object],
    expected: tuple[str, int],
    at: str,
) -> None:
    """A 500 may come before the run was made or after: the outcome is unknown in either case."""
    control.arm(kind, "StartJobRun", at=at, **details)
    assert code_of(lambda: emr.start_job_run(**request_for()))[:2] == expected
    assert len(control.runs()) == (1 if at == "after" else 0)


def test_skip_and_times(emr: EMRServerlessClient, control: Control, start: Start) -> None:
    """Faults hit the call that a test means, and no other."""
    run_id = start()
    control.arm("throttle", "GetJobRun", skip=1, times=2)

    def get() -> str:
        return emr.get_job_run(applicationId=APPLICATION, jobRunId=run_id)["jobRun"]["state"]

    get()
    emr.list_job_runs(applicationId=APPLICATION)
    assert code_of(get)[0] == code_of(get)[0] == "ThrottlingException"
    get()


def test_disarm(emr: EMRServerlessClient, control: Control, start: Start) -> None:
    """times=0 lasts until it is taken back."""
    control.arm("internal_error", times=0)
    for _ in range(3):
        assert code_of(lambda: emr.start_job_run(**request_for()))[1] == 500
    control.disarm()
    start()


def test_a_duplicated_request(control: Control, start: Start) -> None:
    """A network may deliver a request twice; the token makes one run of it."""
    control.arm("duplicate", "StartJobRun")
    start()
    assert [call.replayed for call in control.calls("StartJobRun")] == [False, True]
    assert len(control.runs()) == 1


def test_a_truncated_answer(emr: EMRServerlessClient, control: Control) -> None:
    """boto3 takes half an answer for an empty one: no error, no run ID, and yet a run that was started."""
    control.arm("truncate", "StartJobRun")
    assert "jobRunId" not in emr.start_job_run(**request_for())
    assert len(control.runs()) == 1
    assert not control.calls()[0].delivered


@pytest.mark.parametrize("kind", ["delay_before", "delay_after"])
def test_a_slow_answer(control: Control, start: Start, kind: str) -> None:
    """Late is not lost."""
    control.arm(kind, "StartJobRun", seconds=0.01)
    start()
    assert len(control.runs()) == 1


@pytest.mark.parametrize(("at", "runs"), [("before", 0), ("after", 1)])
def test_hold(control: Control, start: Start, at: str, runs: int) -> None:
    """A test kills its client at exactly this point, and never by luck."""
    control.arm("hold", "StartJobRun", at=at, name="here")
    with ThreadPoolExecutor(1) as pool:
        started = pool.submit(start)
        control.wait_held("here")
        assert len(control.runs()) == runs
        assert not started.done()
        control.release("here")
        assert started.result() == control.runs()[0].job_run_id


def test_a_held_call_can_be_dropped(control: Control, start: Start) -> None:
    """The request of a killed client need not reach AWS."""
    control.arm("hold", "StartJobRun", name="here")
    with ThreadPoolExecutor(1) as pool:
        started = pool.submit(start)
        control.wait_held("here")
        control.release("here", then="drop")
        with pytest.raises(ConnectionClosedError):
            started.result()
    assert control.runs() == []


def test_a_killed_client(server: Server, control: Control) -> None:
    """What SIGKILL of a deploy leaves behind: the request was sent, and is done although nobody listens any more."""
    body = json.dumps({name: value for name, value in request_for().items() if name != "applicationId"})
    control.arm("hold", "StartJobRun", name="here")
    address = server.endpoint.removeprefix("http://").split(":")
    with socket.create_connection((address[0], int(address[1]))) as client:
        client.sendall(
            f"POST /applications/{APPLICATION}/jobruns HTTP/1.1\r\nHost: here\r\nContent-Length: {len(body)}\r\n"
            "Authorization: AWS4-HMAC-SHA256 Credential=t/20250101/us-east-1/emr-serverless/aws4_request\r\n\r\n"
            f"{body}".encode()
        )
        control.wait_held("here")
    control.release("here")
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(_first_run, control).result(20)


def _first_run(control: Control) -> str:
    while not (runs := control.runs()):
        pass
    return runs[0].job_run_id


def test_several_are_held(client_of: Callable[..., EMRServerlessClient], control: Control) -> None:
    """Two updates that race are stopped side by side, then let go together."""
    control.arm("hold", "StartJobRun", name="race", times=2)
    emr = client_of()
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(lambda: emr.start_job_run(**request_for())["jobRunId"]) for _ in range(2)]
        control.wait_held("race", count=2)
        control.release("race")
        assert len({one.result() for one in both}) == 1


def test_wrong_faults_are_named(control: Control) -> None:
    """A misspelt fault that is ignored would make a test that tests nothing."""
    with pytest.raises(ControlError, match="explode"):
        control.arm("explode")
    with pytest.raises(ControlError, match="tmies"):
        control.arm("throttle", tmies=3)


def test_an_application_that_is_being_updated(emr: EMRServerlessClient, control: Control) -> None:
    """StartJobRun models a 409 that has nothing to do with its token; who takes every 409 for one goes astray."""
    message = f"Application {APPLICATION} is being updated"
    control.arm("error", "StartJobRun", status=409, code="ConflictException", message=message)
    assert code_of(lambda: emr.start_job_run(**request_for())) == ("ConflictException", 409, message)
    assert control.runs() == []
    emr.start_job_run(**request_for())


QUOTAS = [
    # operation, calls a second, burst
    ("CancelJobRun", 1, 25),
    ("CreateApplication", 1, 25),
    ("DeleteApplication", 1, 25),
    ("GetApplication", 10, 50),
    ("GetDashboardForJobRun", 1, 2),
    ("GetJobRun", 10, 50),
    ("ListApplications", 10, 50),
    ("ListJobRuns", 1, 25),
    ("StartApplication", 1, 25),
    ("StartJobRun", 1, 25),
    ("StopApplication", 1, 25),
    ("UpdateApplication", 1, 25),
]


@pytest.mark.parametrize(("operation", "rate", "burst"), QUOTAS, ids=[row[0] for row in QUOTAS])
def test_the_documented_quotas(operation: str, rate: int, burst: int) -> None:
    """ "API limits" of AWS's "Endpoints and quotas for EMR Serverless", each at scale 1: what pacing is tuned to.

    After a burst, ten seconds bring ten times the rate, and no more.
    """
    clock = Clock()
    clock.freeze(NOON)
    quotas = Quotas(clock, enabled=True)

    def taken() -> int:
        count = 0
        while not throttled():
            count += 1
        return count

    def throttled() -> bool:
        try:
            quotas.charge("1", "us-east-1", operation)
        except ApiError as error:
            return (error.status, error.code) == (429, "ThrottlingException")
        return False

    assert taken() == burst
    clock.advance(10)
    assert taken() == min(burst, 10 * rate)
    clock.advance(3600)
    assert taken() == burst
    quotas.charge("2", "us-east-1", operation)
    quotas.charge("1", "eu-west-1", operation)


def test_other_operations_have_no_quota() -> None:
    """The page lists twelve: tags, attempts and sessions are not among them."""
    assert {row[0] for row in QUOTAS} == set(DOCUMENTED.value)


def test_quotas(emr: EMRServerlessClient, control: Control) -> None:
    """1 StartJobRun a second with a burst of 25, for an account and region: what a large stack is paced by."""
    control.set_quotas()

    def started(number: int) -> None:
        emr.start_job_run(**request_for(clientToken=f"t{number}"))

    for number in range(25):
        started(number)
    assert code_of(lambda: started(25))[:2] == ("ThrottlingException", 429)
    control.advance(2)
    started(26)
    started(27)
    assert code_of(lambda: started(28))[1] == 429
    emr.get_application(applicationId=APPLICATION)
    control.set_quotas(scale=2)
    for number in range(50):
        started(100 + number)
    assert code_of(lambda: started(200))[1] == 429
    control.set_quotas(enabled=False)
    started(201)
