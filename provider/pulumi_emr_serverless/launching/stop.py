"""Being done with a run: close it, cancel it, wait until it is terminal."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from pulumi_emr_serverless.errors import (
    AwsError,
    AwsUnavailableError,
    CancelTimeoutError,
    RunNotFoundError,
    RunNotShownError,
)
from pulumi_emr_serverless.launching.doubt import Doubt, Looking, until_shown
from pulumi_emr_serverless.launching.memory import HeldRun, Memory
from pulumi_emr_serverless.launching.tags import (
    CLOSED_TAG,
    CLOSED_TO_CANCEL,
    CLOSED_TO_RETAIN,
    LAUNCH_TAG,
    MAX_TAGS,
    is_closed,
    launch_tag_of,
)
from pulumi_emr_serverless.runs import Observation, facts

CANCEL_LIMIT_SECONDS = 20 * 60
"""How long a cancelled run may take to become terminal, before its deletion fails with a clear error."""

CLOSED_TAG_LIMIT_SECONDS = 90.0
"""How long the closed tag may take to be shown, before a warning says what then cannot be told apart."""

_POLL_SECONDS = (0.5, 1.0, 1.0, 2.0, 3.0, 5.0)
_POLL_SECONDS_AFTERWARDS = 10.0
_TELL_EVERY_SECONDS = 30.0


class Stopping(Looking, Protocol):
    """What of AWS an end needs; ``aws.EmrServerless`` is one."""

    def get(self, application_id: str, job_run_id: str) -> Observation: ...
    def cancel(self, application_id: str, job_run_id: str, *, grace_period_seconds: int | None = None) -> None: ...
    def tag(self, arn: str, tags: Mapping[str, str]) -> None: ...


class Cancelling(Protocol):
    """What of AWS a cancellation needs."""

    def get(self, application_id: str, job_run_id: str) -> Observation: ...
    def cancel(self, application_id: str, job_run_id: str, *, grace_period_seconds: int | None = None) -> None: ...


def cancel_if_alive(aws: Cancelling, run: Observation, grace_period_seconds: int | None = None) -> bool:
    """Ask AWS to end a run, unless it has ended, or is ending, already. Does not wait.

    Returns:
        Whether AWS was asked.

    Raises:
        AwsError: AWS refuses the cancellation of a living run.
    """
    if not facts(run.state).cancellable:
        return False
    try:
        aws.cancel(run.application_id, run.job_run_id, grace_period_seconds=grace_period_seconds)
    except (RunNotFoundError, AwsUnavailableError):
        raise
    except AwsError:
        # It may have ended between the two calls; AWS then refuses to cancel it.
        if facts(aws.get(run.application_id, run.job_run_id).state).cancellable:
            raise
        return False
    return True


@dataclass(frozen=True)
class Ended:
    """What the end of a run was."""

    state: str = ""
    """In which it was found; empty where AWS shows it no more."""
    cancelled: bool = False
    """Whether it was alive, and was cancelled."""
    was_closed: bool = False
    """Whether an earlier update had begun with it."""


@dataclass(frozen=True)
class RunStopper:
    """Ends runs that their stack is done with.

    Args:
        aws: the calls.
        memory: what this process has seen of the update.
        warn: shows a person one line.
        say: shows a person how far it is, every ``_TELL_EVERY_SECONDS``.
        sleep: waits, in seconds.
        now: a monotonic clock, in seconds.
    """

    aws: Stopping
    memory: Memory
    warn: Callable[[str], None]
    say: Callable[[str], None] = lambda _: None
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.monotonic

    def stop(self, run: Observation) -> Ended:
        """End a run that was found; see ``stop_run``."""
        return self.stop_run(HeldRun(run.application_id, run.job_run_id, launch_tag_of(run), run.arn, run.created_at))

    def stop_run(self, run: HeldRun, *, grace_period_seconds: int | None = None) -> Ended:
        """Close the run, cancel it unless it is terminal, and return when it is. May be called twice for one run.

        A run that is terminal already is fine, as is one that AWS shows no more and that cannot be alive. Its closed tag
        is seen before this returns: whoever comes after a crash must be able to see it too.

        Args:
            run: which one, and what is known of it.
            grace_period_seconds: how long it may go on to end cleanly; None is AWS's default of its mode.

        Raises:
            RunNotShownError: AWS does not show the run, and it can be alive.
            WrongAccountError: the credentials are of another account than the run.
            CancelTimeoutError: the run did not become terminal within ``CANCEL_LIMIT_SECONDS`` and its grace period.
            AwsError: AWS refuses the cancellation of a living run, or the tag for a reason that may pass.
        """
        self.memory.remember_done_with(run.job_run_id)
        seen = self._look(run)
        if seen is None:
            Doubt(self.aws).require_gone(run)
            return Ended()
        was_closed = is_closed(seen)
        refusal = None if was_closed else self._close(seen, CLOSED_TO_CANCEL)
        if refusal is not None:
            self.warn(_not_closed(run.job_run_id, refusal))
        asked = until_shown(lambda: cancel_if_alive(self.aws, seen, grace_period_seconds), self.sleep)
        if asked is None:
            Doubt(self.aws).require_gone(run)
        limit = CANCEL_LIMIT_SECONDS + (grace_period_seconds or 0)
        self._wait(_End(run, seen, until_terminal=True, until_closed=refusal is None, asked=bool(asked)), limit)
        return Ended(seen.state, cancelled=bool(asked), was_closed=was_closed)

    def retain_run(self, run: HeldRun) -> Ended:
        """Close the run and let it go on.

        Args:
            run: which one, and what is known of it.

        Raises:
            RunNotShownError: AWS does not show the run, and it can be alive.
            WrongAccountError: the credentials are of another account than the run.
            AwsError: a living run cannot be closed. A later update would take it for one that a crash left behind.
        """
        self.memory.remember_done_with(run.job_run_id)
        seen = self._look(run)
        if seen is None:
            Doubt(self.aws).require_gone(run)
            return Ended()
        was_closed = is_closed(seen)
        refusal = None if was_closed else self._close(seen, CLOSED_TO_RETAIN)
        if refusal is not None and seen.is_terminal:
            self.warn(_not_closed(run.job_run_id, refusal))
        elif refusal is not None:
            raise AwsError(
                f"Run {run.job_run_id} is to go on (on_delete = retain), but cannot be tagged {CLOSED_TAG}; "
                f"without that tag a later update would cancel it. {refusal}",
                code=refusal.code,
                hint="Allow emr-serverless:TagResource on job runs, or set on_delete to cancel.",
            )
        self._wait(_End(run, seen, until_terminal=False, until_closed=refusal is None), CANCEL_LIMIT_SECONDS)
        return Ended(seen.state, was_closed=was_closed)

    def _look(self, run: HeldRun) -> Observation | None:
        """The run; None if AWS does not show it, not even after a while."""
        try:
            seen: Observation | None = self.aws.get(run.application_id, run.job_run_id)
        except RunNotFoundError:
            Doubt(self.aws).require_right_account(run)
            seen = until_shown(lambda: self.aws.get(run.application_id, run.job_run_id), self.sleep)
        if seen is not None:
            self.memory.remember_created_at(seen)
        return seen

    def _close(self, run: Observation, why: str) -> AwsError | None:
        """Say, durably, that the stack is done with this run: before it is cancelled, so that a crash finds it said.

        Returns:
            AWS's refusal for good: IAM does not allow it, or an ended run takes no tags.

        Raises:
            AwsError: a refusal that may pass; without the tag the run could be taken for a new one later.
        """
        tags = _closing_tags(run, why)

        def tag() -> bool:
            self.aws.tag(run.arn, tags)
            return True

        try:
            done = until_shown(tag, self.sleep)
        except AwsUnavailableError:
            raise
        except AwsError as error:
            if error.denied:
                return error
            if error.code == "ValidationException" and self.aws.get(run.application_id, run.job_run_id).is_terminal:
                return error
            raise
        if done is None:
            raise RunNotShownError(
                f"AWS shows run {run.job_run_id}, and does not know it where it is to be tagged {CLOSED_TAG}. "
                "It was not cancelled. Run the same command again."
            )
        return None

    def _wait(self, end: _End, limit: int) -> None:
        """Until what was asked of the run has come true, as AWS shows it."""
        run, begun, pauses = end.run, self.now(), _pauses()
        told, latest = begun, None if end.asked else end.seen
        while True:
            if latest is None:
                latest = until_shown(lambda: self.aws.get(run.application_id, run.job_run_id), self.sleep)
            if latest is None:
                Doubt(self.aws).require_gone(run, cancelled=end.asked)
                return
            waited = self.now() - begun
            is_over = latest.is_terminal or not end.until_terminal
            if is_over and (is_closed(latest) or not end.until_closed):
                return
            if is_over and waited > CLOSED_TAG_LIMIT_SECONDS:
                self.warn(_not_shown_closed(run.job_run_id))
                return
            if waited > limit:
                raise CancelTimeoutError(
                    f"Run {run.job_run_id} of application {run.application_id} is still {latest.state} "
                    f"{limit // 60} minutes after it was cancelled. It is closed and stays in the state; run the same "
                    "command again to go on waiting."
                )
            if self.now() - told >= _TELL_EVERY_SECONDS:
                told = self.now()
                self.say(f"Run {run.job_run_id} is {latest.state}, {waited:.0f} s after it was cancelled.")
            if latest is not end.seen:
                self.sleep(next(pauses))
            latest = None


@dataclass(frozen=True)
class _End:
    """A run that is being ended, and what AWS must show of it."""

    run: HeldRun
    seen: Observation
    until_terminal: bool
    until_closed: bool
    asked: bool = False
    """AWS was asked to cancel it."""


def _pauses() -> Iterator[float]:
    yield from _POLL_SECONDS
    while True:
        yield _POLL_SECONDS_AFTERWARDS


def _closing_tags(run: Observation, why: str) -> dict[str, str]:
    """The closed tag; where a run's tags are full, the launch tag that it carries says the same."""
    tag = launch_tag_of(run)
    if len(run.tags) < MAX_TAGS or tag is None or CLOSED_TAG in run.tags:
        return {CLOSED_TAG: why}
    return {LAUNCH_TAG: str(replace(tag, closed=why))}


def _not_closed(job_run_id: str, refusal: AwsError) -> str:
    remedy = " Allow emr-serverless:TagResource on job runs to rule that out." if refusal.denied else ""
    return (
        f"Run {job_run_id} could not be tagged {CLOSED_TAG}: {refusal}\n"
        "If this update is killed before it has started the next run, the same command may take this old run for the "
        f"new one, unless it was cancelled.{remedy}"
    )


def _not_shown_closed(job_run_id: str) -> str:
    return (
        f"Run {job_run_id} was tagged {CLOSED_TAG}, and AWS does not show that yet. If this update is killed before it has "
        "started the next run, wait a few minutes before the same command."
    )
