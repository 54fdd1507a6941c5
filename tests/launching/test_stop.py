"""Being done with a run: the order of the steps is what a crash in between relies on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from fakes import APPLICATION, NOW, FakeAws, FakeTime
from pulumi_emr_serverless.errors import (
    AwsError,
    AwsUnavailableError,
    CancelTimeoutError,
    RunNotFoundError,
    RunNotShownError,
    WrongAccountError,
)
from pulumi_emr_serverless.launching import HeldRun, Memory
from pulumi_emr_serverless.launching.doubt import PAUSES_SECONDS
from pulumi_emr_serverless.launching.stop import CANCEL_LIMIT_SECONDS, CLOSED_TAG_LIMIT_SECONDS, Ended, RunStopper
from pulumi_emr_serverless.launching.tags import (
    CLOSED_TAG,
    CLOSED_TO_CANCEL,
    CLOSED_TO_RETAIN,
    LAUNCH_TAG,
    closed_as,
)
from pulumi_emr_serverless.runs import Observation


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

        self.held = HeldRun(APPLICATION, self.run_id, arn=self.arn, started_at=NOW, time_limit=timedelta(hours=1))

    def stop(self, **known: Any) -> Ended:
        return self.stopper.stop_run(replace(self.held, **known))


def test_a_living_run_is_closed_then_cancelled_then_waited_for() -> None:
    """Closed first: a crash after the cancellation must not bring the cancelled run back as a new one."""
    ending = Ending(cancelled_after_polls=2)
    ending.stop()
    assert ending.aws.calls[:3] == ["get", "tag", "cancel"]
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


HIDDEN = RunNotFoundError("GetJobRun: ResourceNotFoundException", code="ResourceNotFoundException")


@pytest.mark.parametrize(
    ("known", "age_hours", "believed"),
    [
        pytest.param({"seen_ended": True}, 0, True, id="a refresh has seen it end"),
        pytest.param({}, 15, True, id="its own time limit, and all that it may wait before, have passed at AWS"),
        pytest.param({}, 13, False, id="it may have waited for long, and run on"),
        pytest.param({"time_limit": None}, 29 * 24, False, id="a stream has no time limit"),
        pytest.param({"time_limit": None}, 31 * 24, True, id="a stream that AWS shows nowhere, after a month"),
        pytest.param({"started_at": None}, 10**4, False, id="a time by some machine's clock counts for nothing"),
    ],
)
def test_what_makes_a_run_that_is_not_shown_count_as_over(
    known: dict[str, Any], age_hours: float, believed: bool
) -> None:
    """A "not found" alone ends nothing: the run would live on, and nobody would know of it."""
    ending = Ending(age_seconds=age_hours * 3600)
    del ending.aws.runs[ending.run_id]
    if believed:
        assert ending.stop(**known) == Ended()
    else:
        with pytest.raises(RunNotShownError, match="It stays in the state"):
            ending.stop(**known)
    assert ending.time.seconds >= sum(PAUSES_SECONDS)
    assert not {"tag", "cancel"} & set(ending.aws.calls)


def test_a_run_that_is_listed_and_not_shown_is_not_over() -> None:
    """Two parts of AWS contradict each other: the one that shows more is right."""
    ending = Ending(age_seconds=10**9, deny={"get": HIDDEN})
    with pytest.raises(RunNotShownError, match="lists run"):
        ending.stop()


def test_credentials_of_another_account_are_told_at_once() -> None:
    """There, every run is unknown; nothing is learnt by asking again."""
    ending = Ending(age_seconds=10**9)
    stranger = Ending(caller="999999999999")
    stranger.aws.runs.clear()
    stranger.held = replace(ending.held, application_id="00elsewhere")
    with pytest.raises(WrongAccountError, match=r"account 123456789012.*credentials are of account 999999999999"):
        stranger.stop(seen_ended=True)
    assert not stranger.time.seconds


def test_a_run_that_vanishes_after_its_cancellation_was_accepted_is_over() -> None:
    """AWS said yes to its end, and shows everything but the run since."""
    ending = Ending()
    cancel = ending.aws.cancel

    def and_gone(application_id: str, job_run_id: str, *, grace_period_seconds: int | None = None) -> None:
        cancel(application_id, job_run_id, grace_period_seconds=grace_period_seconds)
        del ending.aws.runs[job_run_id]

    ending.aws.cancel = and_gone  # type: ignore[method-assign]  # one step of the fake, changed
    assert ending.stop() == Ended("RUNNING", cancelled=True)


def test_an_end_that_an_earlier_update_had_begun_is_told() -> None:
    """Whoever comes after a crash must know that the state may not be whole."""
    ending = Ending()
    assert ending.stop() == Ended("RUNNING", cancelled=True)
    assert ending.stop() == Ended("CANCELLED", was_closed=True)


def test_a_closed_tag_is_seen_before_anything_follows() -> None:
    """Killed after this, the next command must be able to see that the old run is spent."""
    ending = Ending("SUCCESS")
    get, shown = ending.aws.get, iter([*[False] * 6, True])

    def late(application_id: str, job_run_id: str) -> Observation:
        run = get(application_id, job_run_id)
        return run if next(shown) else replace(run, tags={})

    ending.aws.get = late  # type: ignore[method-assign]  # one answer of the fake, changed
    ending.stop()
    assert not list(shown)
    assert not ending.warnings


def test_a_closed_tag_that_is_never_shown_is_warned_about() -> None:
    """Waiting for ever would be worse."""
    ending = Ending("SUCCESS")
    get = ending.aws.get
    ending.aws.get = lambda *place: replace(get(*place), tags={})  # type: ignore[method-assign]  # as above
    ending.stop()
    assert ending.time.seconds > CLOSED_TAG_LIMIT_SECONDS
    assert "does not show that yet" in ending.warnings[0]


def test_a_run_whose_tags_are_full_is_closed_by_its_launch_tag() -> None:
    """AWS takes 50; somebody, or another tool, has used them up, and the run must still be ended for good."""
    ending = Ending()
    full = {LAUNCH_TAG: "l.i.0", **{f"k{number}": "v" for number in range(49)}}
    ending.aws.put(ending.run_id, tags=full)
    ending.stop()
    run = ending.aws.runs[ending.run_id]
    assert run.tags == {**full, LAUNCH_TAG: "l.i.0.cancel"}
    assert closed_as(run) == CLOSED_TO_CANCEL


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
        ending.stopper.retain_run(ending.held)
    ended = Ending("SUCCESS", deny={"tag": denied})
    ended.stopper.retain_run(ended.held)
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
    ending.stopper.stop_run(ending.held, grace_period_seconds=300)
    assert ending.aws.grace_periods == [300]


def test_a_retained_run_is_closed_and_goes_on() -> None:
    """on_delete="retain": the stack lets go of it; the same definition again is a new intent."""
    ending = Ending()
    ending.stopper.retain_run(ending.held)
    run = ending.aws.runs[ending.run_id]
    assert (run.state, run.tags[CLOSED_TAG]) == ("RUNNING", CLOSED_TO_RETAIN)
