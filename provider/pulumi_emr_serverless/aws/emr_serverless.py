"""Every call of EMR Serverless.

It turns AWS's answers into values and its refusals into the errors of this package. Retries are botocore's: a call
that times out, is reset or fails with a 5xx is sent again with the very same parameters - and so with the same client
token. So is one that AWS throttles, but not by botocore, whose retries of a whole process are bounded: it waits in its line
again (``pacing``), for as long as somebody wants it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError  # noqa: A004 - botocore's own name

from pulumi_emr_serverless.aws.clients import MAX_ATTEMPTS, WATCH_ATTEMPTS, caller_account, emr_serverless_client
from pulumi_emr_serverless.aws.clock import AwsClock
from pulumi_emr_serverless.aws.configuration import Connection
from pulumi_emr_serverless.aws.pacing import Pacer, Permit
from pulumi_emr_serverless.aws.reachability import fail_fast
from pulumi_emr_serverless.aws.refusals import AGAIN, is_throttled, not_sent, refusal
from pulumi_emr_serverless.errors import AwsUnavailableError
from pulumi_emr_serverless.runs import Application, Observation

_TRIES_AT_A_WHOLE_ANSWER = 5
_PERMIT = "pulumi-emr-serverless:permit"
"""Where a request keeps its permit, in botocore's context of it."""


@dataclass(frozen=True)
class Page:
    """A page of ListJobRuns. The runs carry neither tags nor times of their execution nor resources."""

    runs: tuple[Observation, ...]
    next_token: str | None = None


class EmrServerless:
    """EMR Serverless in one account and region. Safe to share between threads.

    Args:
        connection: where and as whom.
        before_start: called right before each StartJobRun request is sent, a retry included; what it raises
            reaches the caller, and nothing is sent.
        patient: retries a failing call for about a minute. Whoever asks again anyway sets it to False.
        pacer: shared by all who call as the same account in the same region. Where it knows whether a call is still
            wanted, a call that AWS throttles is sent again until it is taken.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        before_start: Callable[[], None] | None = None,
        patient: bool = True,
        pacer: Pacer | None = None,
    ) -> None:
        self._connection, self._clock, self._pacer = connection, AwsClock(), pacer or Pacer()
        self._refused = threading.local()
        self._attempts = MAX_ATTEMPTS if patient else WATCH_ATTEMPTS
        self._client = emr_serverless_client(connection, patient=patient)
        self._client.meta.events.register("after-call.emr-serverless.*", self._clock.hear, unique_id="aws-clock")
        fail_fast(self._client, connection)
        self._pace()
        if before_start is not None:
            guard = before_start
            self._client.meta.events.register(
                "before-send.emr-serverless.StartJobRun", lambda **_: guard(), unique_id="engine-answers"
            )

    def place(self) -> str:
        """Where and as whom it calls, for messages: ``region eu-west-1, account 123456789012``."""
        account = self.account()
        return f"region {self._client.meta.region_name}{f', account {account}' if account else ''}"

    def start(self, request: Mapping[str, Any], client_token: str) -> tuple[str, str]:
        """StartJobRun. Returns the run's ID and ARN: those of the first run, where the token was used before.

        Raises:
            TokenConflictError: AWS knows the token from a request with other parameters.
            AwsUnavailableError: no answer after every retry; the same token finds the run later.
            AwsError: AWS rejects the request; nothing was started.
        """
        answer = self._call("StartJobRun", self._client.start_job_run, **{**request, "clientToken": client_token})
        return answer["jobRunId"], answer["arn"]

    def get(self, application_id: str, job_run_id: str) -> Observation:
        """GetJobRun.

        Raises:
            RunNotFoundError: the run or its application is unknown.
        """
        answer = self._call("GetJobRun", self._client.get_job_run, applicationId=application_id, jobRunId=job_run_id)
        return _observation(answer["jobRun"])

    def list(
        self, application_id: str, *, created_after: datetime | None = None, states: Sequence[str] = ()
    ) -> Iterator[Observation]:
        """ListJobRuns, page by page. What it shows of a run has no tags."""
        token: str | None = None
        while True:
            page = self.page(application_id, created_after=created_after, states=states, next_token=token)
            yield from page.runs
            token = page.next_token
            if token is None:
                return

    def cancel(self, application_id: str, job_run_id: str, *, grace_period_seconds: int | None = None) -> None:
        """CancelJobRun.

        Args:
            application_id: the application that the run is on.
            job_run_id: the run.
            grace_period_seconds: how long it may go on to end cleanly; None is AWS's default of its mode.

        Raises:
            RunNotFoundError: the run or its application is unknown.
            AwsError: among others a ValidationException for a run that is terminal already.
        """
        grace = {} if grace_period_seconds is None else {"shutdownGracePeriodInSeconds": grace_period_seconds}
        self._call(
            "CancelJobRun", self._client.cancel_job_run, applicationId=application_id, jobRunId=job_run_id, **grace
        )

    def page(
        self,
        application_id: str,
        *,
        created_after: datetime | None = None,
        states: Sequence[str] = (),
        next_token: str | None = None,
    ) -> Page:
        """ListJobRuns, one call: at most 50 runs.

        Args:
            application_id: the application whose runs are listed.
            created_after: leaves older runs out.
            states: only runs in one of these states; empty is any. AWS takes at most 8.
            next_token: of the page before.

        Raises:
            RunNotFoundError: the application is unknown.
        """
        arguments = {"createdAtAfter": created_after, "states": list(states), "nextToken": next_token}
        page = self._call(
            "ListJobRuns",
            self._client.list_job_runs,
            applicationId=application_id,
            maxResults=50,
            **{name: value for name, value in arguments.items() if value},
        )
        return Page(
            tuple(_observation({**run, "jobRunId": run["id"]}) for run in page["jobRuns"]), page.get("nextToken")
        )

    def attempts(self, application_id: str, job_run_id: str) -> tuple[Observation, ...]:
        """ListJobRunAttempts: the newest first; each as the run was in it.

        Raises:
            RunNotFoundError: the run or its application is unknown.
        """
        found: tuple[Observation, ...] = ()
        following: dict[str, Any] = {}
        while True:
            page = self._call(
                "ListJobRunAttempts",
                self._client.list_job_run_attempts,
                applicationId=application_id,
                jobRunId=job_run_id,
                maxResults=50,
                **following,
            )
            found += tuple(_observation({**each, "jobRunId": each["id"]}) for each in page["jobRunAttempts"])
            if not page.get("nextToken"):
                return found
            following = {"nextToken": page["nextToken"]}

    def dashboard(self, application_id: str, job_run_id: str, *, attempt: int | None = None) -> str:
        """GetDashboardForJobRun: a link to the Spark or Tez UI that is valid for an hour. It is a credential.

        Raises:
            RunNotFoundError: the run, its attempt or its application is unknown.
        """
        chosen: dict[str, Any] = {} if attempt is None else {"attempt": attempt}
        answer = self._call(
            "GetDashboardForJobRun",
            self._client.get_dashboard_for_job_run,
            applicationId=application_id,
            jobRunId=job_run_id,
            **chosen,
        )
        return str(answer["url"])

    def application(self, application_id: str) -> Application:
        """GetApplication.

        Raises:
            RunNotFoundError: the application is unknown.
        """
        answer = self._call("GetApplication", self._client.get_application, applicationId=application_id)["application"]
        return Application(
            application_id=answer["applicationId"],
            arn=answer["arn"],
            state=answer["state"],
            type=answer.get("type", ""),
            release_label=answer.get("releaseLabel", ""),
            auto_start=(answer.get("autoStartConfiguration") or {}).get("enabled", True),
        )

    def account(self) -> str | None:
        """The account of the credentials, after STS GetCallerIdentity; None where nobody says."""
        return caller_account(self._connection)

    def now(self) -> datetime | None:
        """The time by AWS's clock, after the Date of its last answer; None before the first one.

        No machine's clock is asked: what has passed since then is counted by one that only goes forward.
        """
        return self._clock.now()

    def tags_of(self, arn: str) -> dict[str, str]:
        """ListTagsForResource.

        Raises:
            RunNotFoundError: the run is unknown.
        """
        answer = self._call("ListTagsForResource", self._client.list_tags_for_resource, resourceArn=arn)
        return dict(answer.get("tags") or {})

    def tag(self, arn: str, tags: Mapping[str, str]) -> None:
        """TagResource."""
        self._call("TagResource", self._client.tag_resource, resourceArn=arn, tags=dict(tags))

    def untag(self, arn: str, keys: tuple[str, ...]) -> None:
        """UntagResource."""
        self._call("UntagResource", self._client.untag_resource, resourceArn=arn, tagKeys=list(keys))

    def _call(self, operation: str, method: Callable[..., Any], **arguments: Any) -> Any:
        """Call, and call again where the answer was cut off: botocore takes such an answer for one with nothing in it."""
        shape = self._client.meta.service_model.operation_model(operation).output_shape
        required = shape.required_members if shape else []
        for _ in range(_TRIES_AT_A_WHOLE_ANSWER):
            answer = self._called(operation, method, arguments)
            if all(member in answer for member in required):
                return answer
        raise AwsUnavailableError(f"{operation}: AWS's answers were cut off.", hint=AGAIN)

    def _called(self, operation: str, method: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
        still_wanted = self._pacer.patience.still_wanted
        left = self._attempts
        while True:
            try:
                return self._sent(operation, method, arguments)
            except _ThrottledError as throttled:
                left -= 1
                if still_wanted is not None:
                    still_wanted()
                elif left <= 0:
                    raise refusal(operation, throttled.error) from throttled.error
                self._refused.just_now = True

    def _sent(self, operation: str, method: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
        try:
            return method(**arguments)
        except ClientError as error:
            raise refusal(operation, error) from error
        except (HTTPClientError, ConnectionError) as error:
            raise AwsUnavailableError(f"{operation}: no answer from AWS: {error}", hint=AGAIN) from error
        except BotoCoreError as error:
            raise not_sent(operation, error) from error

    def _pace(self) -> None:
        """Have each request, a retry too, wait for its turn before it is signed, and each answer tell how that went."""
        events = self._client.meta.events
        events.register_first("request-created.emr-serverless", self._wait_for_turn, unique_id="emrs-turn")
        events.register_first("needs-retry.emr-serverless", self._hear_refusal, unique_id="emrs-throttled")

    def _wait_for_turn(self, request: Any, operation_name: str, **_: Any) -> None:
        ahead, self._refused.just_now = getattr(self._refused, "just_now", False), False
        request.context[_PERMIT] = self._pacer.wait(operation_name, ahead=ahead)

    def _hear_refusal(self, *, operation: Any, response: Any, request_dict: Mapping[str, Any], **_: Any) -> None:
        permit: Permit = request_dict["context"][_PERMIT]
        if response is None:
            return  # Nobody knows whether it was counted.
        if is_throttled(response[1]):
            permit.line.refused(permit)
            raise _ThrottledError(ClientError(response[1], operation.name))
        permit.line.answered(permit)


class _ThrottledError(Exception):
    """AWS did not take a call, because calls come too quickly. Raised past botocore's own retries."""

    def __init__(self, error: ClientError) -> None:
        super().__init__(str(error))
        self.error = error


_OBSERVED_APART = frozenset(
    {
        "applicationId", "jobRunId", "arn", "state", "stateDetails", "name", "executionRole", "mode", "attempt",
        "createdAt", "updatedAt", "startedAt", "endedAt", "tags",
    }
)  # fmt: skip


def _observation(run: Mapping[str, Any]) -> Observation:
    return Observation(
        application_id=run["applicationId"],
        job_run_id=run["jobRunId"],
        arn=run["arn"],
        state=run["state"],
        state_details=run.get("stateDetails", ""),
        name=run.get("name"),
        execution_role_arn=run.get("executionRole", ""),
        mode=run.get("mode"),
        attempt=run.get("attempt"),
        created_at=run.get("createdAt"),
        updated_at=run.get("updatedAt"),
        started_at=run.get("startedAt"),
        ended_at=run.get("endedAt"),
        tags=run.get("tags") or {},
        details={key: value for key, value in run.items() if key not in _OBSERVED_APART},
    )
