"""The JSON Schema of a definition, for editors and CI, made from the models that check a definition here."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any, Final

from pulumi_emr_serverless.request import StartJobRun

SCHEMA_FILE: Final = "start-job-run.schema.json"
SCHEMA_ID: Final = (
    f"https://raw.githubusercontent.com/pulumi-emr-serverless/pulumi-emr-serverless/main/"
    f"provider/pulumi_emr_serverless/{SCHEMA_FILE}"
)

_DESCRIPTIONS: Final = {
    "applicationId": "The ID of the application that runs the job. May be left out of a file and given by the program.",
    "clientToken": "The idempotency token. Leave it out: JobRun derives one that gives each intent exactly one run.",
    "executionRoleArn": "The IAM role that the job runs as. May be left out of a file and given by the program.",
    "executionIamPolicy": "Narrows, for this run, what the execution role may do.",
    "jobDriver": "What to run: exactly one of sparkSubmit and hive.",
    "configurationOverrides": "What this run configures differently from its application.",
    "tags": "Tags of the job run.",
    "executionTimeoutMinutes": "Minutes until the run is cancelled; AWS's default is 720. For STREAMING, 0 is no limit.",
    "name": "A name for people; it need not be unique.",
    "mode": "BATCH ends by itself; STREAMING runs until it is cancelled. AWS's default is BATCH.",
    "retryPolicy": "How often AWS tries a failed run again.",
    "flexExecution": "Whether the run may wait for spare capacity.",
    "SparkSubmit.entryPoint": "The script or JAR, usually in S3.",
    "SparkSubmit.entryPointArguments": "What the script finds in its arguments.",
    "SparkSubmit.sparkSubmitParameters": "Options of spark-submit in one text, quoted as for a shell.",
    "Hive.query": "The query, or the S3 location of its file.",
    "Hive.initQueryFile": "The S3 location of a file that is run before the query.",
    "Hive.parameters": "Options of hive in one text, for example --hiveconf key=value.",
    "ConfigurationOverrides.applicationConfiguration": "Classifications, for example spark-defaults, and their properties.",
    "ConfigurationOverrides.monitoringConfiguration": "Where logs and metrics go.",
    "ConfigurationOverrides.diskEncryptionConfiguration": "How the disks of the workers are encrypted.",
    "MonitoringConfiguration.s3MonitoringConfiguration": "Logs to Amazon S3.",
    "MonitoringConfiguration.managedPersistenceMonitoringConfiguration": "Logs that AWS keeps for 30 days; on by default.",
    "MonitoringConfiguration.cloudWatchLoggingConfiguration": "Logs to Amazon CloudWatch.",
    "MonitoringConfiguration.prometheusMonitoringConfiguration": "Metrics to Amazon Managed Service for Prometheus.",
    "RetryPolicy.maxAttempts": "For BATCH: attempts in all, with the first one.",
    "RetryPolicy.maxFailedAttemptsPerHour": "For STREAMING: failed attempts within an hour until the run fails.",
}


@cache
def definition_schema() -> dict[str, Any]:
    """The schema: JSON Schema draft 2020-12. Nothing is required at the top, as the program may add it."""
    raw = StartJobRun.model_json_schema(by_alias=True)
    definitions = {name: _structure(each, name) for name, each in sorted(raw["$defs"].items())}
    both = definitions["JobDriver"]["properties"]
    definitions["JobDriver"]["oneOf"] = [{"required": [name]} for name in both]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "AWS EMR Serverless StartJobRun",
        "description": "A job run in the shape of aws emr-serverless start-job-run --cli-input-json.",
        "type": "object",
        "additionalProperties": False,
        "properties": _members(raw["properties"], ""),
        "$defs": definitions,
    }


def required_members() -> tuple[str, ...]:
    """What AWS requires at the top of a request, from wherever it comes."""
    return tuple(StartJobRun.model_json_schema(by_alias=True)["required"])


def definition_schema_text() -> str:
    """The content of the schema's file."""
    return json.dumps(definition_schema(), indent=2) + "\n"


def shipped_schema_text() -> str:
    """The file as the package ships it."""
    return resources.files("pulumi_emr_serverless.definitions").joinpath(SCHEMA_FILE).read_text("utf-8")


def _structure(raw: dict[str, Any], name: str) -> dict[str, Any]:
    kept = {key: raw[key] for key in ("type", "additionalProperties", "required") if key in raw}
    return kept | {"properties": _members(raw["properties"], f"{name}.")}


def _members(raw: dict[str, Any], owner: str) -> dict[str, Any]:
    members = {}
    for name, each in raw.items():
        description = _DESCRIPTIONS.get(owner + name)
        members[name] = ({"description": description} if description else {}) | _plain(each)
    return members


def _plain(raw: dict[str, Any]) -> dict[str, Any]:
    """Without pydantic's titles and defaults, and without null: null is absence, and the AWS CLI refuses it."""
    kept = {key: value for key, value in raw.items() if key not in ("title", "default", "anyOf")}
    for part in raw.get("anyOf", []):
        if part.get("type") != "null":
            kept |= part
    return kept


def at(schema: dict[str, Any]) -> dict[str, Any]:
    """A part of the schema with its reference followed."""
    reference = schema.get("$ref")
    found: dict[str, Any] = definition_schema()["$defs"][reference.rpartition("/")[2]] if reference else schema
    return found
