"""The only module that calls AWS EMR Serverless.

It turns AWS's answers into values and its refusals into the errors of this package. Retries are botocore's: a call
that is throttled, times out, is reset or fails with a 5xx is sent again with the very same parameters - and so with
the same client token.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import boto3
import botocore.session
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError, SSLError  # noqa: A004 - botocore's own name

from pulumi_emr_serverless._version import __version__
from pulumi_emr_serverless.errors import (
    AwsError,
    AwsUnavailableError,
    InvalidConfigurationError,
    RunNotFoundError,
    TokenConflictError,
)
from pulumi_emr_serverless.lifecycle import Observation

if TYPE_CHECKING:
    from mypy_boto3_emr_serverless.client import EMRServerlessClient

    from pulumi_emr_serverless.config import AssumeRole, Connection

MAX_ATTEMPTS = 12
"""Tries of one call, the first included. botocore waits at most 20 s between two, so a minute of throttling passes."""

_TRIES_AT_A_WHOLE_ANSWER = 5
_CONNECT_TIMEOUT_SECONDS = 10
_READ_TIMEOUT_SECONDS = 60

_WATCH_ATTEMPTS = 2
_WATCH_TIMEOUT_SECONDS = 10
"""Of one try of a call that watches: whoever stops the program waits for it at most twice."""

_UNAVAILABLE_CODES = frozenset(
    {
        "BandwidthLimitExceeded", "LimitExceededException", "PriorRequestNotComplete", "RequestLimitExceeded",
        "RequestThrottled", "RequestThrottledException", "RequestTimeout", "RequestTimeoutException", "SlowDown",
        "Throttling", "ThrottledException", "ThrottlingException", "TooManyRequestsException",
    }
)  # fmt: skip
"""Codes after which botocore's standard mode tries again: throttling and passing trouble, whatever the status."""

_UNAVAILABLE_STATUS = frozenset({408, 429})
_TOKEN_WORDS = ("clienttoken", "client token", "idempoten")

_HINTS: Mapping[str, str] = {
    "AccessDeniedException": (
        "The caller needs emr-serverless:{operation} on the application and its job runs; StartJobRun also needs "
        "emr-serverless:TagResource, and iam:PassRole on the execution role with "
        "iam:PassedToService = emr-serverless.amazonaws.com."
    ),
    "ResourceNotFoundException": "Check the application's ID, the region and the account of the credentials.",
    "ServiceQuotaExceededException": (
        "The application or the account is at its limit (vCPUs, memory, disk, or queued runs); raise the limit or wait."
    ),
    "UnrecognizedClientException": "The credentials are not valid in this region.",
    "ExpiredTokenException": "The credentials have expired; sign in again.",
}


_connecting = threading.Lock()  # boto3 does not create clients safely in parallel
_connected: dict[tuple[Connection, Callable[[], None] | None], EmrServerless] = {}


def connect(connection: Connection, *, before_start: Callable[[], None] | None = None) -> EmrServerless:
    """The shared ``EmrServerless`` of a connection: one client, and so one pool and one memory of throttling.

    Raises:
        InvalidConfigurationError: there is no region, or no such profile.
    """
    with _connecting:
        key = (connection, before_start)
        if key not in _connected:
            _connected[key] = EmrServerless(connection, before_start=before_start)
        return _connected[key]


_watchers: dict[Connection, EmrServerless] = {}


def connect_to_watch(connection: Connection) -> EmrServerless:
    """The shared ``EmrServerless`` of a connection for whoever polls: a call that fails is given up soon.

    Raises:
        InvalidConfigurationError: there is no region, or no such profile.
    """
    with _connecting:
        if connection not in _watchers:
            _watchers[connection] = EmrServerless(connection, patient=False)
        return _watchers[connection]


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
    """

    def __init__(
        self, connection: Connection, *, before_start: Callable[[], None] | None = None, patient: bool = True
    ) -> None:
        self._client = _client(connection, patient=patient)
        if before_start is not None:
            guard = before_start
            self._client.meta.events.register(
                "before-send.emr-serverless.StartJobRun", lambda **_: guard(), unique_id="engine-answers"
            )

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
        raise AwsUnavailableError(f"{operation}: AWS's answers were cut off.", hint=_AGAIN)

    def _called(self, operation: str, method: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
        try:
            return method(**arguments)
        except ClientError as error:
            raise _refusal(operation, error) from error
        except SSLError as error:
            raise AwsError(f"{operation}: {error}", hint=_CERTIFICATE_HINT) from error
        except (HTTPClientError, ConnectionError) as error:
            raise AwsUnavailableError(f"{operation}: no answer from AWS: {error}", hint=_AGAIN) from error
        except BotoCoreError as error:
            raise AwsError(f"{operation}: {error}", hint=_CREDENTIALS_HINT) from error


_AGAIN = "AWS kept failing this call. Run the same command again: it finds what was started."
_CERTIFICATE_HINT = "Set emrServerless:caBundle to the file of CA certificates that the endpoint's certificate is from."
_CREDENTIALS_HINT = (
    "Set aws:region and aws:profile in the stack's configuration, or AWS_REGION and credentials in the environment."
)


def _refusal(operation: str, error: ClientError) -> AwsError:
    """AWS's words, as the error that says what to do."""
    details = error.response.get("Error", {})
    code = details.get("Code", "")
    message = f"{operation}: {code}: {details.get('Message', '')}"
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    hint = _HINTS.get(code, "").format(operation=operation)
    if _is_token_conflict(operation, code, details.get("Message", "")):
        return TokenConflictError(message, code=code)
    if code == "ResourceNotFoundException":
        return RunNotFoundError(message, code=code, hint=hint)
    if code in _UNAVAILABLE_CODES or status in _UNAVAILABLE_STATUS or status >= 500:
        return AwsUnavailableError(message, code=code, hint=_AGAIN)
    return AwsError(message, code=code, hint=hint)


def _is_token_conflict(operation: str, code: str, message: str) -> bool:
    """Whether AWS refused a token for its other parameters.

    StartJobRun models ConflictException (409). What AWS answers is not documented; other services of AWS use an
    IdempotentParameterMismatch or a validation error that names the token.
    """
    if operation != "StartJobRun":
        return False
    if code == "ConflictException" or code.startswith("IdempotentParameterMismatch"):
        return True
    return code == "ValidationException" and any(word in message.lower() for word in _TOKEN_WORDS)


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


AWS_FAILURES: tuple[type[Exception], ...] = (BotoCoreError, ClientError)
"""What a client of ``log_client`` raises."""


def log_client(connection: Connection, service: str, endpoint: str | None) -> Any:
    """A client of S3 or CloudWatch Logs, for reading logs, as the same caller and in the same region.

    Args:
        connection: where and as whom.
        service: ``s3`` or ``logs``.
        endpoint: what ``aws:endpoints`` says about this service.
    """
    config = Config(
        retries={"mode": "standard", "total_max_attempts": _WATCH_ATTEMPTS},
        connect_timeout=_WATCH_TIMEOUT_SECONDS,
        read_timeout=_WATCH_TIMEOUT_SECONDS,
        user_agent_extra=f"pulumi-emr-serverless/{__version__}",
    )
    with _connecting:
        return _session(connection).client(  # type: ignore[call-overload]  # the stubs know literal names only
            service,
            endpoint_url=endpoint,
            verify=False if connection.insecure else connection.ca_bundle,
            config=config,
        )


def _client(connection: Connection, *, patient: bool = True) -> EMRServerlessClient:
    session = _session(connection)
    if session.region_name is None:
        raise InvalidConfigurationError(
            "No AWS region: set it with `pulumi config set aws:region eu-west-1`, the resource's region, or AWS_REGION."
        )
    limit = None if patient else _WATCH_TIMEOUT_SECONDS
    try:
        return session.client(
            "emr-serverless",
            endpoint_url=connection.endpoint,
            verify=False if connection.insecure else connection.ca_bundle,
            config=Config(
                retries={"mode": "standard", "total_max_attempts": MAX_ATTEMPTS if patient else _WATCH_ATTEMPTS},
                connect_timeout=limit or connection.connect_timeout_seconds or _CONNECT_TIMEOUT_SECONDS,
                read_timeout=limit or connection.read_timeout_seconds or _READ_TIMEOUT_SECONDS,
                signature_version=UNSIGNED if connection.skip_signing else None,
                user_agent_extra=f"pulumi-emr-serverless/{__version__}",
            ),
        )
    except (BotoCoreError, ValueError) as error:
        # It names the value: a region or an endpoint that is none.
        raise InvalidConfigurationError(
            f"aws:region, emrServerless:endpoint: {error}. A region is like eu-west-1, an endpoint like http://host:4577."
        ) from error


def _session(connection: Connection) -> boto3.Session:
    try:
        session = boto3.Session(
            profile_name=connection.profile,
            region_name=connection.region,
            aws_access_key_id=connection.access_key,
            aws_secret_access_key=connection.secret_key,
            aws_session_token=connection.session_token,
        )
    except BotoCoreError as error:
        raise InvalidConfigurationError(f"aws:profile, aws:accessKey and the like: {error}") from error
    for role in connection.assume_roles:
        session = _assumed(session, role)
    return session


def _assumed(session: boto3.Session, role: AssumeRole) -> boto3.Session:
    """The session of a role. Its credentials renew themselves: an update may outlive the first ones."""
    from botocore.credentials import (  # noqa: PLC0415 - needed only where a role is assumed
        AssumeRoleCredentialFetcher,
        DeferredRefreshableCredentials,
    )

    extra: dict[str, Any] = {"RoleSessionName": role.session_name}
    if role.external_id:
        extra["ExternalId"] = role.external_id
    if role.duration_seconds:
        extra["DurationSeconds"] = role.duration_seconds
    source = session.get_credentials()
    if source is None:
        raise InvalidConfigurationError(f"aws:assumeRoles: no credentials to assume {role.role_arn} with.")
    fetcher = AssumeRoleCredentialFetcher(
        session._session.create_client,  # noqa: SLF001 - boto3 has no public way to assume a role that renews
        source,
        role.role_arn,
        extra_args=extra,
    )
    inner = botocore.session.get_session()
    inner._credentials = DeferredRefreshableCredentials(  # type: ignore[attr-defined]  # noqa: SLF001 - as above
        fetcher.fetch_credentials, "assume-role"
    )
    return boto3.Session(botocore_session=inner, region_name=session.region_name)
