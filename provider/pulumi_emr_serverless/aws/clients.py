"""boto3 clients, as the configuration says: sessions, roles, retries, time-outs, certificates."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import boto3
import botocore.session
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from pulumi_emr_serverless._version import __version__
from pulumi_emr_serverless.aws.configuration import AssumeRole, Connection
from pulumi_emr_serverless.errors import EmrServerlessError, InvalidConfigurationError

if TYPE_CHECKING:
    from mypy_boto3_emr_serverless.client import EMRServerlessClient

MAX_ATTEMPTS = 12
"""Tries of one call, the first included. botocore waits at most 20 s between two, so trouble of a minute passes."""

_CONNECT_TIMEOUT_SECONDS = 10
_READ_TIMEOUT_SECONDS = 60

WATCH_ATTEMPTS = 2
_WATCH_TIMEOUT_SECONDS = 10
"""Of one try of a call that watches: whoever stops the program waits for it at most twice."""

_KEPT_CONNECTIONS = 100
"""At most, for further calls. Many jobs call at once; of those that are more, each would be a warning of urllib3's."""

_DOMAINS_OF_AWS = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws")

_connecting = threading.Lock()  # boto3 does not create clients safely in parallel

AWS_FAILURES: tuple[type[Exception], ...] = (BotoCoreError, ClientError)
"""What a client of ``log_client`` raises."""


def other_client(connection: Connection, service: str, endpoint: str | None) -> Any:
    """A client of another service, as the same caller and in the same region: S3 and CloudWatch Logs for logs, STS.

    Args:
        connection: where and as whom.
        service: ``s3``, ``logs`` or ``sts``.
        endpoint: what ``aws:endpoints`` says about this service.

    Raises:
        InvalidConfigurationError: the endpoint is no URL.
    """
    config = Config(
        retries={"mode": "standard", "total_max_attempts": WATCH_ATTEMPTS},
        connect_timeout=_WATCH_TIMEOUT_SECONDS,
        read_timeout=_WATCH_TIMEOUT_SECONDS,
        user_agent_extra=f"pulumi-emr-serverless/{__version__}",
    )
    session = _session(connection)
    try:
        with _connecting:
            return session.client(  # type: ignore[call-overload]  # the stubs know literal names only
                service,
                endpoint_url=endpoint,
                verify=False if connection.insecure else connection.ca_bundle,
                config=config,
            )
    except ValueError as error:
        raise InvalidConfigurationError(
            f"aws:endpoints, {service}: {error}. An endpoint is like http://host:4577."
        ) from error


def caller_account(connection: Connection) -> str | None:
    """The account of the credentials, after STS GetCallerIdentity, which needs no permission; None where nobody says.

    An endpoint that is not AWS's own is asked itself: whoever stands in for EMR Serverless there knows its callers.
    """
    stands_in = connection.endpoint is not None and not connection.endpoint.rstrip("/").endswith(_DOMAINS_OF_AWS)
    try:
        client = other_client(connection, "sts", connection.endpoint if stands_in else None)
        return str(client.get_caller_identity()["Account"])
    except (BotoCoreError, ClientError, EmrServerlessError, KeyError):
        return None


def emr_serverless_client(connection: Connection, *, patient: bool = True) -> EMRServerlessClient:
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
                retries={"mode": "standard", "total_max_attempts": MAX_ATTEMPTS if patient else WATCH_ATTEMPTS},
                connect_timeout=limit or connection.connect_timeout_seconds or _CONNECT_TIMEOUT_SECONDS,
                read_timeout=limit or connection.read_timeout_seconds or _READ_TIMEOUT_SECONDS,
                max_pool_connections=_KEPT_CONNECTIONS,
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
    """A session as whom the connection says, its roles assumed.

    Raises:
        InvalidConfigurationError: there is no such profile, or there are no credentials to assume a role with.
    """
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
