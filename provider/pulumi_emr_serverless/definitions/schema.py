"""The JSON Schema of a definition, for editors and CI, made from the models that check a definition here.

It agrees with ``emrs validate`` about single values, with one exception: to JSON Schema 60.0 is the integer 60, and the AWS
CLI refuses it.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any, Final

from pulumi_emr_serverless.request import StartJobRun

SCHEMA_FILE: Final = "start-job-run.schema.json"
SCHEMA_ID: Final = (
    f"https://raw.githubusercontent.com/pulumi-emr-serverless/pulumi-emr-serverless/main/"
    f"provider/pulumi_emr_serverless/definitions/{SCHEMA_FILE}"
)

PLACEHOLDER: Final = "Placeholder"
PLACEHOLDER_TEXT: Final = "TextWithPlaceholder"
ANY_TEXT: Final = r"\S"
"""The pattern of text that is only not blank; any placeholder fits it."""

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
    """What AWS takes: JSON Schema draft 2020-12. Nothing is required at the top, as the program may add it."""
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


@cache
def published_schema() -> dict[str, Any]:
    """``definition_schema``, and ``${name}`` wherever ``emrs validate`` takes it and AWS's limits alone would not."""
    schema = definition_schema()
    definitions = {name: _admitting(each) for name, each in schema["$defs"].items()}
    name = r"\$\{[A-Za-z_][A-Za-z0-9_]*\}"
    return {
        **_admitting(schema),
        "$defs": definitions
        | {
            PLACEHOLDER: {
                "description": "A variable; it takes the member's type.",
                "type": "string",
                "pattern": f"^{name}$",
            },
            PLACEHOLDER_TEXT: {"description": "Text with a variable.", "type": "string", "pattern": name},
        },
    }


def _admitting(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with placeholders in the values below it; structures, lists and maps are written out.

    The alternative comes last: editors complete, and explain a mistake, from the first.
    """
    if kind := _placeholder(schema):
        described = {key: schema[key] for key in ("description",) if key in schema}
        limits = {key: value for key, value in schema.items() if key not in described}
        return described | {"anyOf": [limits, {"$ref": f"#/$defs/{kind}"}]}
    admitting = dict(schema)
    for several in ("properties", "patternProperties"):
        if several in schema:
            admitting[several] = {name: _admitting(each) for name, each in schema[several].items()}
    for one in ("items", "additionalProperties"):
        if isinstance(schema.get(one), dict):
            admitting[one] = _admitting(schema[one])
    return admitting


def _placeholder(schema: dict[str, Any]) -> str | None:
    if schema.get("type") in ("integer", "boolean") or "enum" in schema:
        return PLACEHOLDER
    return PLACEHOLDER_TEXT if schema.get("pattern", ANY_TEXT) != ANY_TEXT else None


def required_members() -> tuple[str, ...]:
    """What AWS requires at the top of a request, from wherever it comes."""
    return tuple(StartJobRun.model_json_schema(by_alias=True)["required"])


def definition_schema_text() -> str:
    """The content of the schema's file."""
    return json.dumps(published_schema(), indent=2) + "\n"


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


def type_at(location: tuple[str | int, ...]) -> str | None:
    """The JSON type of the value at a place of a definition; None where nothing belongs."""
    schema: Any = definition_schema()
    for step in location:
        schema = at(schema)
        if isinstance(step, int):
            schema = schema.get("items")
        else:
            values = [schema.get("additionalProperties"), *schema.get("patternProperties", {}).values()]
            schema = schema.get("properties", {}).get(step) or next(filter(None, values), None)
        if schema is None:
            return None
    kind: str | None = at(schema).get("type")
    return kind
