"""Being done with a run: close it, cancel it, wait until it is terminal."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from pulumi_emr_serverless.errors import AwsError, AwsUnavailableError, CancelTimeoutError, RunNotFoundError
from pulumi_emr_serverless.launching.memory import Memory
from pulumi_emr_serverless.launching.patience import until_found
from pulumi_emr_serverless.launching.tags import CLOSED_TAG, CLOSED_TO_CANCEL, CLOSED_TO_RETAIN
from pulumi_emr_serverless.runs import Observation, facts

CANCEL_LIMIT_SECONDS = 20 * 60
"""How long a cancelled run may take to become terminal, before its deletion fails with a clear error."""

_POLL_SECONDS = (0.5, 1.0, 1.0, 2.0, 3.0, 5.0)
_POLL_SECONDS_AFTERWARDS = 10.0
_TELL_EVERY_SECONDS = 30.0


class Stopping(Protocol):
    """What of AWS an end needs; ``aws.EmrServerless`` is one."""

    def get(self, application_id: str, job_run_id: str) -> Observation: ...
    def cancel(self, application_id: str, job_run_id: str, *, grace_period_seconds: int | None = None) -> None: ...
    def tag(self, arn: str, tags: Mapping[str, str]) -> None: ...


def cancel_if_alive(
    aws: Stopping, application_id: str, job_run_id: str, grace_period_seconds: int | None = None
) -> None:
    """Ask AWS to end a run, unless it has ended, or is ending, already. Does not wait.

    Raises:
        AwsError: AWS refuses the cancellation of a living run.
    """
    if not facts(aws.get(application_id, job_run_id).state).cancellable:
        return
    try:
        aws.cancel(application_id, job_run_id, grace_period_seconds=grace_period_seconds)
    except (RunNotFoundError, AwsUnavailableError):
        raise
    except AwsError:
        # It may have ended between the two calls; AWS then refuses to cancel it.
        if facts(aws.get(application_id, job_run_id).state).cancellable:
            raise


def _not_closed(job_run_id: str, refusal: AwsError) -> str:
    remedy = " Allow emr-serverless:TagResource on job runs to rule that out." if refusal.denied else ""
    return (
        f"Run {job_run_id} could not be tagged {CLOSED_TAG}: {refusal}\n"
        "If this update is killed before it has started the next run, the same command may take this old run for the "
        f"new one.{remedy}"
    )


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

    def stop(self, run: Observation) -> None:
        """End a run that was found; see ``stop_run``."""
        self.stop_run(run.application_id, run.job_run_id, run.arn)

    def stop_run(
        self,
        application_id: str,
        job_run_id: str,
        arn: str,
        *,
        grace_period_seconds: int | None = None,
        recent: bool = True,
    ) -> None:
        """Close the run, cancel it unless it is terminal, and return when it is. May be called twice for one run.

        A run that is terminal or gone already is fine.

        Args:
            application_id: the application that the run is on.
            job_run_id: the run.
            arn: its ARN.
            grace_period_seconds: how long it may go on to end cleanly; None is AWS's default of its mode.
            recent: AWS may not show the run yet; a "not found" is believed after several looks only.

        Raises:
            CancelTimeoutError: the run did not become terminal within ``CANCEL_LIMIT_SECONDS`` and its grace period.
            AwsError: AWS refuses the cancellation of a living run, or the tag for a reason that may pass.
        """

        def end() -> bool:
            cancel_if_alive(self.aws, application_id, job_run_id, grace_period_seconds)
            self._wait(application_id, job_run_id, CANCEL_LIMIT_SECONDS + (grace_period_seconds or 0))
            return True

        def close() -> bool:
            refusal = self._close(application_id, job_run_id, arn, CLOSED_TO_CANCEL)
            if refusal is not None:
                self.warn(_not_closed(job_run_id, refusal))
            return True

        # A run that cannot be found for its tag must still be cancelled, where it can be found for that.
        closed = until_found(close, self.sleep, patient=recent)
        ended = until_found(end, self.sleep, patient=recent and closed is not None)
        if ended is None and recent:
            self.warn(
                f"AWS does not know run {job_run_id} (any more), so it counts as over. If that cannot be, look whether "
                f"the credentials are of the account in {arn}."
            )

    def retain_run(self, application_id: str, job_run_id: str, arn: str, *, recent: bool = True) -> None:
        """Close the run and let it go on. One that AWS does not know any more is fine.

        Args:
            application_id: the application that the run is on.
            job_run_id: the run.
            arn: its ARN.
            recent: AWS may not show the run yet.

        Raises:
            AwsError: a living run cannot be closed. A later update would take it for one that a crash left behind.
        """

        def close() -> bool:
            refusal = self._close(application_id, job_run_id, arn, CLOSED_TO_RETAIN)
            if refusal is None:
                return True
            if self.aws.get(application_id, job_run_id).is_terminal:
                self.warn(_not_closed(job_run_id, refusal))
                return True
            raise AwsError(
                f"Run {job_run_id} is to go on (on_delete = retain), but cannot be tagged {CLOSED_TAG}; "
                f"without that tag a later update would cancel it. {refusal}",
                code=refusal.code,
                hint="Allow emr-serverless:TagResource on job runs, or set on_delete to cancel.",
            )

        until_found(close, self.sleep, patient=recent)

    def _close(self, application_id: str, job_run_id: str, arn: str, why: str) -> AwsError | None:
        """Say, durably, that the stack is done with this run: before it is cancelled, so that a crash finds it said.

        Returns:
            AWS's refusal for good: IAM does not allow it, or an ended run takes no tags.

        Raises:
            RunNotFoundError: AWS does not know the run.
            AwsError: a refusal that may pass; without the tag the run could be taken for a new one later.
        """
        self.memory.remember_done_with(job_run_id)
        try:
            self.aws.tag(arn, {CLOSED_TAG: why})
        except (RunNotFoundError, AwsUnavailableError):
            raise
        except AwsError as error:
            if error.denied:
                return error
            if error.code == "ValidationException" and self.aws.get(application_id, job_run_id).is_terminal:
                return error
            raise
        return None

    def _wait(self, application_id: str, job_run_id: str, limit: int) -> None:
        begun = told = self.now()
        pauses = iter(_POLL_SECONDS)
        while True:
            run = self.aws.get(application_id, job_run_id)
            if run.is_terminal:
                return
            waited = self.now() - begun
            if waited > limit:
                raise CancelTimeoutError(
                    f"Run {job_run_id} of application {application_id} is still {run.state} "
                    f"{limit // 60} minutes after it was cancelled. It is closed and stays in the state; run the same "
                    "command again to go on waiting."
                )
            if self.now() - told >= _TELL_EVERY_SECONDS:
                told = self.now()
                self.say(f"Run {job_run_id} is {run.state}, {waited:.0f} s after it was cancelled.")
            self.sleep(next(pauses, _POLL_SECONDS_AFTERWARDS))
