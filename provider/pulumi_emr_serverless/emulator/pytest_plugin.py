"""The fixture ``emr_serverless``, for tests of stacks and programs of others. Installed, pytest has it by itself."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from pulumi_emr_serverless.emulator.control import Control
from pulumi_emr_serverless.emulator.world import DEFAULT_APPLICATION_ID, DEFAULT_HIVE_APPLICATION_ID

if TYPE_CHECKING:
    from pulumi_emr_serverless.emulator.server import Server

ROLE = "arn:aws:iam::123456789012:role/emr-serverless-job"


@dataclass(frozen=True)
class EmrServerless:
    """EMR Serverless on this machine, for one test.

    ``env`` leads AWS clients to it; the test's own environment has it already. Any role will do as an execution role.
    """

    endpoint: str
    control: Control
    env: Mapping[str, str]
    application_id: str = DEFAULT_APPLICATION_ID
    hive_application_id: str = DEFAULT_HIVE_APPLICATION_ID
    execution_role_arn: str = ROLE


@pytest.fixture(scope="session")
def _emr_serverless_server() -> Iterator[Server]:
    try:
        from pulumi_emr_serverless.emulator.server import serving  # noqa: PLC0415 - moto is heavy, and an extra
    except ImportError:
        pytest.fail("the fixture emr_serverless needs moto: pip install 'pulumi-emr-serverless[local]'", pytrace=False)
    with serving() as server:
        yield server


@pytest.fixture
def emr_serverless(_emr_serverless_server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[EmrServerless]:
    """A fresh emulator: no runs, no calls, nothing of the test before, in S3 and the other services neither.

    A test in which the emulator itself misbehaved fails, for it would not have noticed: AWS clients try again.
    """
    control = _emr_serverless_server.control
    control.reset(everything=True)
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    env = {
        "AWS_ENDPOINT_URL": control.endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    yield EmrServerless(control.endpoint, control, env)
    if violations := control.health()["violations"]:
        pytest.fail("\n".join(["the emulator itself is wrong:", *violations]), pytrace=False)
