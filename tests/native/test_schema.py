"""The schema of the plugin, against the one description of a request; that Pulumi binds it is tested on the engine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pulumi_emr_serverless._version import __version__
from pulumi_emr_serverless.aws.configuration import SETTINGS
from pulumi_emr_serverless.native.plugin import shipped_schema_text
from pulumi_emr_serverless.native.schema import CONFIGURATION, schema, schema_text
from pulumi_emr_serverless.persisted import (
    NATIVE_JOB_TYPE,
    NATIVE_LAUNCH_TOKEN,
    NATIVE_LAUNCH_TOKEN_TYPE,
    NATIVE_RUN_TYPE,
)
from pulumi_emr_serverless.request import BEHAVIOUR_PROPERTIES, REQUEST_MEMBERS


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def test_a_run_has_every_member() -> None:
    """A member that AWS adds reaches every language by the model alone."""
    members = [*REQUEST_MEMBERS, *BEHAVIOUR_PROPERTIES]
    resources = schema()["resources"]
    assert list(resources[NATIVE_JOB_TYPE]["inputProperties"]) == members
    assert list(resources[NATIVE_RUN_TYPE]["inputProperties"]) == [*members, NATIVE_LAUNCH_TOKEN]


def test_names_for_ever() -> None:
    """A renamed type or property would be missing in the programs, and in the states, of everybody. Only add to it."""
    found = schema()
    assert sorted(found["resources"]) == [NATIVE_JOB_TYPE, NATIVE_LAUNCH_TOKEN_TYPE, NATIVE_RUN_TYPE]
    assert list(found["functions"]) == ["emr-serverless:index:getJobRun"]
    assert list(found["resources"][NATIVE_JOB_TYPE]["properties"]) == [
        "jobRunId",
        "arn",
        "applicationId",
        "clientToken",
        "logs",
        "observed",
        "tags",
    ]
    assert sorted(name.rpartition(":")[2] for name in found["types"]) == [
        "AssumeRole",
        "CloudWatchLoggingConfiguration",
        "Configuration",
        "ConfigurationOverrides",
        "DefaultTags",
        "DiskEncryptionConfiguration",
        "ExecutionIamPolicy",
        "FlexExecution",
        "Hive",
        "JobDriver",
        "LogType",
        "ManagedPersistenceMonitoringConfiguration",
        "Mode",
        "MonitoringConfiguration",
        "OnDelete",
        "PrometheusMonitoringConfiguration",
        "Rerun",
        "RetryPolicy",
        "S3MonitoringConfiguration",
        "SparkSubmit",
    ]


def test_every_reference_leads_somewhere() -> None:
    """Pulumi refuses a package with one that does not."""
    known = {f"#/types/{name}" for name in schema()["types"]} | {"pulumi.json#/Any"}
    assert set(references(schema())) == known


def test_every_input_is_described() -> None:
    """In an editor, in whichever language, there is nothing else to read."""
    described = {**schema()["resources"][NATIVE_RUN_TYPE]["inputProperties"], **CONFIGURATION}
    assert [name for name, each in described.items() if not each.get("description")] == []


def test_choices_are_types_with_all_their_values() -> None:
    """An SDK that lacks one would refuse what AWS takes."""
    types = schema()["types"]
    choices = {
        name.rpartition(":")[2]: [each["value"] for each in one["enum"]] for name, one in types.items() if "enum" in one
    }
    assert choices == {
        "LogType": ["STDOUT", "STDERR", "HIVE_LOG", "TEZ_AM", "SYSTEM_LOGS"],
        "Mode": ["BATCH", "STREAMING"],
        "OnDelete": ["cancel", "retain"],
        "Rerun": ["never", "on_failure"],
    }


def test_secrets_are_so_by_themselves() -> None:
    """A state must not show them, whatever the program says."""
    found = schema()
    secret = [name for name, each in found["config"]["variables"].items() if each.get("secret")]
    assert secret == ["accessKey", "secretKey", "token"]
    assert found["resources"][NATIVE_RUN_TYPE]["inputProperties"][NATIVE_LAUNCH_TOKEN]["secret"]
    assert found["resources"][NATIVE_LAUNCH_TOKEN_TYPE]["properties"]["value"]["secret"]


def test_the_provider_takes_every_setting() -> None:
    """As an input, or below `emr-serverless:` of a stack's configuration. One role is a list of one here."""
    ours = {key.partition(":")[2] for key in SETTINGS if key.startswith("emrServerless:")}
    assert set(CONFIGURATION) == ours - {"assumeRole"}


def test_the_shipped_schema_is_current() -> None:
    """To make it anew: python -c 'from pulumi_emr_serverless.native.schema import *; print(schema_text(), end="")'."""
    assert shipped_schema_text() == schema_text()
    assert json.loads(schema_text())["version"] == __version__
