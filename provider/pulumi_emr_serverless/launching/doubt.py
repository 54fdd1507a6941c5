"""What AWS does not show may still be there: a "not found" is doubted, and alone it ends nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from pulumi_emr_serverless.errors import AwsError, RunNotFoundError, RunNotShownError, WrongAccountError
from pulumi_emr_serverless.launching.memory import HeldRun
from pulumi_emr_serverless.runs import Application, Observation, account_of, region_of

PAUSES_SECONDS = (0.2, 0.5, 1.0, 2.0, 3.0, 5.0, 5.0, 10.0, 10.0, 10.0, 15.0, 15.0, 15.0)
"""Between looks at a run that AWS must know and does not show: a minute and a half in all."""

LIMIT_OF_QUEUE = timedelta(hours=12)
"""The longest that AWS lets a run wait before it starts. Source: EMR Serverless User Guide, "Job concurrency and queuing":
``queueTimeoutMinutes`` is at most 720."""

SHOWN_FOR = timedelta(days=30)
"""How long a run without a time limit is taken to be shown after its start, at least: AWS keeps its logs for so long."""

_MARGIN = timedelta(hours=1)

Found = TypeVar("Found")


class Looking(Protocol):
    """What of AWS a second look needs; ``aws.EmrServerless`` is one."""

    def application(self, application_id: str) -> Application: ...
    def account(self) -> str | None: ...
    def now(self) -> datetime | None: ...
    def list(self, application_id: str, *, created_after: datetime | None = None) -> Iterator[Observation]: ...


def until_shown(call: Callable[[], Found], sleep: Callable[[float], None]) -> Found | None:
    """What the call gives, as soon as AWS knows what it is about; None if it does not, after every pause.

    Args:
        call: may raise ``RunNotFoundError``.
        sleep: waits, in seconds.
    """
    for pause in (*PAUSES_SECONDS, None):
        try:
            return call()
        except RunNotFoundError:
            if pause is not None:
                sleep(pause)
    return None


@dataclass(frozen=True)
class Doubt:
    """Whether a run that AWS does not show can be taken to be over.

    Args:
        aws: the calls.
    """

    aws: Looking

    def require_right_account(self, run: HeldRun) -> None:
        """The quickest answer to a "not found": somebody else's credentials.

        Raises:
            WrongAccountError: the credentials are of another account than the run's ARN names.
        """
        application = self._application(run)
        account = self.aws.account() if application is None else application.account
        if account and account != account_of(run.arn):
            raise WrongAccountError(
                f"Run {run.job_run_id} is in account {account_of(run.arn)}, region {region_of(run.arn)}; the credentials "
                f"are of account {account}, where nobody knows it. It may well be alive, so nothing was done about it: "
                "use the credentials of its account (aws:profile, aws:assumeRoles, AWS_PROFILE)."
            )

    def require_gone(self, run: HeldRun, *, cancelled: bool = False) -> None:
        """Return where a run that was not shown for long can be taken to be over.

        It can where it was seen ended, where its application is deleted, where it is older than it can have become,
        and where AWS has accepted its cancellation in this update and shows everything but it since.

        Args:
            run: as the state has it.
            cancelled: CancelJobRun was accepted just now.

        Raises:
            WrongAccountError: the credentials are of another account.
            RunNotShownError: it cannot.
        """
        self.require_right_account(run)
        application = self._application(run)
        if run.seen_ended or (application is not None and application.is_deleted):
            return
        if application is not None and self._is_listed(run):
            raise RunNotShownError(
                f"AWS lists run {run.job_run_id} of application {run.application_id} and does not show it otherwise. "
                "Run the same command again when it does."
            )
        if (cancelled and application is not None) or self._has_outlived_itself(run):
            return
        raise RunNotShownError(
            f"AWS does not show run {run.job_run_id} of application {run.application_id} in account "
            f"{account_of(run.arn)}, region {region_of(run.arn)}, and it can be alive all the same. It stays in the "
            "state; run the same command again. If it is known to be over (its application was deleted, or somebody "
            "has seen it end), take it out of the state with `pulumi state delete`."
        )

    def _application(self, run: HeldRun) -> Application | None:
        try:
            return self.aws.application(run.application_id)
        except AwsError as error:
            if isinstance(error, RunNotFoundError) or error.denied:
                return None
            raise

    def _is_listed(self, run: HeldRun) -> bool:
        since = None if run.started_at is None else run.started_at - _MARGIN
        try:
            return any(
                one.job_run_id == run.job_run_id for one in self.aws.list(run.application_id, created_after=since)
            )
        except AwsError as error:
            if isinstance(error, RunNotFoundError) or error.denied:
                return False
            raise

    def _has_outlived_itself(self, run: HeldRun) -> bool:
        """By AWS's clock alone. What the state of an early version says was told by some machine's, and counts for nothing."""
        now = self.aws.now()
        if now is None or run.started_at is None:
            return False
        longest = SHOWN_FOR if run.time_limit is None else run.time_limit + LIMIT_OF_QUEUE
        return now - run.started_at > longest + _MARGIN


@dataclass(frozen=True)
class WaitedDoubt:
    """``Doubt`` of one run that is waited for: what ``watching`` asks before it takes a "not found" for an end.

    Args:
        aws: the calls.
        held: gives the run as the state has it.
    """

    aws: Looking
    held: Callable[[], HeldRun]
    pauses: tuple[float, ...] = PAUSES_SECONDS
    """Between looks, in seconds."""

    def at_first(self) -> None:
        Doubt(self.aws).require_right_account(self.held())

    def at_last(self) -> None:
        Doubt(self.aws).require_gone(self.held())
