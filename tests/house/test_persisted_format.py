"""What stands in users' states is for ever. If one of these fails, do not change the test: keep the old name working."""

from __future__ import annotations

import base64

import dill  # type: ignore[import-untyped]  # it has no stubs
import pytest
from pulumi.dynamic import ResourceProvider
from pulumi.dynamic.dynamic import serialize_provider

from pulumi_emr_serverless import persisted, runs
from pulumi_emr_serverless.persisted import JOB_RUN_TYPE, LAUNCH_TOKEN_TYPE
from pulumi_emr_serverless.program import job_run
from pulumi_emr_serverless.provider import JobRunProvider, LaunchTokenProvider

PICKLED = {
    JobRunProvider: "gASVOAAAAAAAAACMHnB1bHVtaV9lbXJfc2VydmVybGVzcy5wcm92aWRlcpSMDkpvYlJ1blByb3ZpZGVylJOUKYGULg==",
    LaunchTokenProvider: "gASVPQAAAAAAAACMHnB1bHVtaV9lbXJfc2VydmVybGVzcy5wcm92aWRlcpSME0xhdW5jaFRva2VuUHJvdmlkZXKUk5QpgZQu",
}
"""As version 0.1.0 wrote them into states."""


@pytest.mark.parametrize("kind", PICKLED)
def test_a_provider_of_an_old_state_can_be_loaded(kind: type[ResourceProvider]) -> None:
    """A destroy unpickles what the state holds: a moved class would be a ModuleNotFoundError, for ever."""
    assert type(dill.loads(base64.b64decode(PICKLED[kind]))) is kind


@pytest.mark.parametrize("kind", PICKLED)
def test_a_provider_is_pickled_by_reference(kind: type[ResourceProvider]) -> None:
    """Pickled by value, each upgrade of this package would be a change, and code would run from the state."""
    pickled = base64.b64decode(serialize_provider(kind()))
    assert kind.__module__.encode() in pickled
    assert len(pickled) < 100
    assert not kind.serialize_as_secret_always


def test_types() -> None:
    """They are part of every URN."""
    assert JOB_RUN_TYPE == "pulumi-python:dynamic/emrserverless:JobRun"
    assert LAUNCH_TOKEN_TYPE == "pulumi-python:dynamic/emrserverless:LaunchToken"
    assert f"pulumi-python:{job_run.JobRun._resource_type_name}" == JOB_RUN_TYPE
    assert f"pulumi-python:{job_run.LaunchToken._resource_type_name}" == LAUNCH_TOKEN_TYPE


def test_names_of_outputs() -> None:
    """A renamed one would be missing in every state that is there."""
    assert persisted.OUTPUTS == (
        "jobRunId",
        "arn",
        "logs",
        "observed",
        "__launchTag",
        "__startedAt",
        "__explicitClientToken",
    )
    assert (persisted.LAUNCH_TOKEN, persisted.SECRETS, persisted.JOB) == ("__launchToken", "__secrets", "__job")
    assert (persisted.VALUE, persisted.LAUNCH) == ("value", "__launch")


def test_ids() -> None:
    """`pulumi refresh` and `JobRun.get` read the run from its ID alone."""
    assert runs.split_id("00app/00run") == ("00app", "00run")


def test_names_of_the_native_form() -> None:
    """They are part of every URN, and of every state, of a program that uses the plugin."""
    assert persisted.NATIVE_JOB_TYPE == "emr-serverless:index:JobRun"
    assert persisted.NATIVE_RUN_TYPE == "emr-serverless:index:Run"
    assert persisted.NATIVE_LAUNCH_TOKEN_TYPE == "emr-serverless:index:LaunchToken"
    assert persisted.NATIVE_LAUNCH_TOKEN == "launchToken"
