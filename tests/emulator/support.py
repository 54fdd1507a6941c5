"""What the tests of the emulator share besides fixtures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from pulumi_emr_serverless.emulator.world import DEFAULT_APPLICATION_ID

ROLE = "arn:aws:iam::123456789012:role/job"
APPLICATION = DEFAULT_APPLICATION_ID
NOON = 1_750_000_000.0

Start = Callable[..., str]


def role_of(account: str) -> str:
    return f"arn:aws:iam::{account}:role/job"


def request_for(**changes: Any) -> dict[str, Any]:
    """A StartJobRun with nothing special about it."""
    request = {
        "applicationId": APPLICATION,
        "clientToken": "token",
        "executionRoleArn": ROLE,
        "jobDriver": {"sparkSubmit": {"entryPoint": "s3://bucket/etl.py"}},
    }
    return {name: value for name, value in {**request, **changes}.items() if value is not None}


def client(service: str, endpoint: str, account: str = "test") -> Any:
    """A client of any of AWS's services, for the emulator's address."""
    return boto3.session.Session().client(  # type: ignore[call-overload]  # the name is one of many
        service,
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=account,
        aws_secret_access_key="test",
    )


def code_of(call: Callable[[], Any]) -> tuple[str, int, str]:
    """Code, HTTP status and message of the error that a call must end in."""
    with pytest.raises(ClientError) as caught:
        call()
    answer = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Message"]
