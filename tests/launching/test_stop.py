"""Being done with a run: the order of the steps is what a crash in between relies on."""

from __future__ import annotations

import pytest

from fakes import APPLICATION, FakeAws, FakeTime
from pulumi_emr_serverless.errors import AwsError, AwsUnavailableError, CancelTimeoutError
from pulumi_emr_serverless.launching import Memory
from pulumi_emr_serverless.launching.patience import UNTIL_A_NEW_RUN_IS_SHOWN
from pulumi_emr_serverless.launching.stop import CANCEL_LIMIT_SECONDS, RunStopper
from pulumi_emr_serverless.launching.tags import CLOSED_TAG, CLOSED_TO_CANCEL, CLOSED_TO_RETAIN


class Ending:
    """A fake AWS with one run, and a stopper with a clock that is not waited for."""

    def __init__(self, state: str = "RUNNING", **aws: object) -> None:
        self.aws = FakeAws(**aws)  # type: ignore[arg-type]  # the table names the fake's own fields
        self.run_id, self.arn = FakeAws.start(self.aws, {"applicationId": APPLICATION}, "token")
        self.aws.put(self.run_id, state=state)
        self.aws.calls.clear()
        self.time, self.memory, self.warnings = FakeTime(), Memory(), list[str]()
        self.told: list[str] = []
        self.stopper = RunStopper(
            self.aws, self.memory, self.warnings.append, self.told.append, self.time.sleep, self.time.now
        )

    def stop(self, application_id: str = APPLICATION, *, recent: bool = True) -> None:
        self.stopper.stop_run(application_id, self.run_id, self.arn, recent=recent)


def test_a_living_run_is_closed_then_cancelled_then_waited_for() -> None:
    """Closed first: a crash after the cancellation must not bring the cancelled run back as a new one."""
    ending = Ending(cancelled_after_polls=2)
    ending.stop()
    assert ending.aws.calls[0] == "tag"
    assert "cancel" in ending.aws.calls
    assert ending.aws.runs[ending.run_id].state == "CANCELLED"
    assert ending.aws.runs[ending.run_id].tags[CLOSED_TAG] == CLOSED_TO_CANCEL


@pytest.mark.parametrize("state", ["SUCCESS", "FAILED", "CANCELLED"])
def test_a_terminal_run_is_closed_and_not_cancelled(state: str) -> None:
    """Deleting a finished run must never get stuck."""
    ending = Ending(state)
    ending.stop()
    assert "cancel" not in ending.aws.calls
    assert CLOSED_TAG in ending.aws.runs[ending.run_id].tags


def test_twice_is_as_good_as_once() -> None:
    """After a crash the engine calls delete again for the same run."""
    ending = Ending()
    ending.stop()
    ending.stop()
    assert ending.aws.calls.count("cancel") == 1


def test_a_run_that_is_gone_is_fine() -> None:
    """AWS forgets runs after a while, and applications are deleted with theirs."""
    ending = Ending()
    del ending.aws.runs[ending.run_id]
    ending.stop(recent=False)
    assert not ending.warnings
    assert not ending.time.seconds


def test_a_recent_run_that_is_gone_is_doubted_and_said() -> None:
    """It may not be shown yet, or the credentials may be of another account: a run that lives on must not be forgotten."""
    ending = Ending()
    del ending.aws.runs[ending.run_id]
    ending.stop()
    assert ending.time.seconds >= sum(UNTIL_A_NEW_RUN_IS_SHOWN)
    (said,) = ending.warnings
    assert "counts as over" in said
    assert "account in arn:" in said


@pytest.mark.parametrize("code", ["ConflictException", "ExpiredTokenException", "ValidationException"])
def test_a_tag_that_is_refused_for_another_reason_ends_nothing(code: str) -> None:
    """Only a missing permission, or the run's end, is a reason to go on without it."""
    ending = Ending(deny={"tag": AwsError(f"TagResource: {code}", code=code)})
    with pytest.raises(AwsError, match=code):
        ending.stop()
    assert ending.aws.runs[ending.run_id].state == "RUNNING"


def test_a_run_that_cannot_be_closed_is_not_retained() -> None:
    """Without the tag a later update would cancel it as left behind: better to say so now."""
    denied = AwsError("TagResource: AccessDeniedException", code="AccessDeniedException")
    ending = Ending(deny={"tag": denied})
    with pytest.raises(AwsError, match="set on_delete to cancel"):
        ending.stopper.retain_run(APPLICATION, ending.run_id, ending.arn)
    ended = Ending("SUCCESS", deny={"tag": denied})
    ended.stopper.retain_run(APPLICATION, ended.run_id, ended.arn)
    assert "could not be tagged" in ended.warnings[0]


def test_where_tagging_is_denied_the_run_still_ends_and_a_warning_says_what_that_costs() -> None:
    """The user must know which promise is weaker, and which permission restores it."""
    ending = Ending(deny={"tag": AwsError("TagResource: AccessDeniedException", code="AccessDeniedException")})
    ending.stop()
    assert ending.aws.runs[ending.run_id].is_terminal
    assert ending.memory.is_spent(ending.run_id, "any launch")
    assert len(ending.warnings) == 1
    assert "emr-serverless:TagResource" in ending.warnings[0]


def test_an_unavailable_aws_ends_nothing() -> None:
    """Cancelling without the durable word that it is closed would let a crash replay the run."""
    ending = Ending(deny={"tag": AwsUnavailableError("TagResource: no answer")})
    with pytest.raises(AwsUnavailableError):
        ending.stop()
    assert ending.aws.runs[ending.run_id].state == "RUNNING"


def test_a_run_that_ends_by_itself_between_look_and_cancel_is_fine() -> None:
    """AWS refuses to cancel a terminal run; that is what was wanted."""
    ending = Ending()
    cancel = ending.aws.cancel

    def just_too_late(application_id: str, job_run_id: str, *, grace_period_seconds: int | None = None) -> None:
        ending.aws.put(job_run_id, state="SUCCESS")
        cancel(application_id, job_run_id, grace_period_seconds=grace_period_seconds)

    ending.aws.cancel = just_too_late  # type: ignore[method-assign]  # one step of the fake, changed
    ending.stop()
    assert ending.aws.runs[ending.run_id].state == "SUCCESS"


def test_a_refused_cancellation_of_a_living_run_is_an_error() -> None:
    """Saying that it is deleted would leave it running, unowned."""
    ending = Ending(deny={"cancel": AwsError("CancelJobRun: AccessDeniedException", code="AccessDeniedException")})
    with pytest.raises(AwsError, match="AccessDenied"):
        ending.stop()


def test_a_stuck_cancellation_ends_in_a_clear_error() -> None:
    """Waiting for ever hides the problem; the run stays in the state."""
    ending = Ending(cancelled_after_polls=10**9)
    with pytest.raises(CancelTimeoutError, match="still CANCELLING"):
        ending.stop()
    assert CANCEL_LIMIT_SECONDS <= ending.time.seconds < CANCEL_LIMIT_SECONDS + 60
    assert ending.told[0].startswith(f"Run {ending.run_id} is CANCELLING, 3")
    assert len(ending.told) <= CANCEL_LIMIT_SECONDS / 30


def test_a_state_of_tomorrow_is_cancelled_and_waited_for() -> None:
    """A state that this package does not know is not terminal."""
    ending = Ending("RESUMING")
    ending.stop()
    assert ending.aws.runs[ending.run_id].state == "CANCELLED"


def test_the_grace_period_reaches_aws() -> None:
    """A stream that writes its last checkpoint needs the time that its owner gave it."""
    ending = Ending()
    ending.stopper.stop_run(APPLICATION, ending.run_id, ending.arn, grace_period_seconds=300)
    assert ending.aws.grace_periods == [300]


def test_a_retained_run_is_closed_and_goes_on() -> None:
    """on_delete="retain": the stack lets go of it; the same definition again is a new intent."""
    ending = Ending()
    ending.stopper.retain_run(APPLICATION, ending.run_id, ending.arn)
    run = ending.aws.runs[ending.run_id]
    assert (run.state, run.tags[CLOSED_TAG]) == ("RUNNING", CLOSED_TO_RETAIN)
    del ending.aws.runs[ending.run_id]
    ending.stopper.retain_run(APPLICATION, ending.run_id, ending.arn)
