"""A real server on a free port, in a thread, with the clock in the test's hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from mypy_boto3_emr_serverless import EMRServerlessClient

from emulator.support import NOON, Start, request_for
from pulumi_emr_serverless.emulator.control import Control
from pulumi_emr_serverless.emulator.server import Server, serving


@pytest.fixture(scope="session")
def _running() -> Iterator[Server]:
    with serving() as server:
        yield server


@pytest.fixture
def server(_running: Server) -> Iterator[Server]:
    """The emulator, fresh, at a frozen moment. Fails the test if the emulator itself misbehaved."""
    _running.control.reset()
    _running.control.freeze(NOON)
    yield _running
    assert _running.control.health()["violations"] == []


@pytest.fixture
def control(server: Server) -> Control:
    return server.control


@pytest.fixture
def client_of(server: Server) -> Callable[..., EMRServerlessClient]:
    """A client of an account and region; it retries nothing unless told to."""

    def make(account: str = "test", region: str = "us-east-1", attempts: int = 1) -> EMRServerlessClient:
        return boto3.session.Session().client(
            "emr-serverless",
            endpoint_url=server.endpoint,
            region_name=region,
            aws_access_key_id=account,
            aws_secret_access_key="test",
            config=Config(retries={"total_max_attempts": attempts, "mode": "standard"}, max_pool_connections=16),
        )

    return make


@pytest.fixture
def emr(client_of: Callable[..., EMRServerlessClient]) -> EMRServerlessClient:
    return client_of()


@pytest.fixture
def start(emr: EMRServerlessClient) -> Start:
    def begin(**changes: Any) -> str:
        return emr.start_job_run(**request_for(**changes))["jobRunId"]

    return begin
