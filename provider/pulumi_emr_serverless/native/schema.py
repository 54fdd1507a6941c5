"""The schema of the plugin, from which Pulumi makes the SDKs: out of the one description of a request."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final

from pulumi_emr_serverless._version import __version__
from pulumi_emr_serverless.definitions.schema import definition_schema
from pulumi_emr_serverless.persisted import (
    NATIVE_FUNCTION,
    NATIVE_JOB_TYPE,
    NATIVE_LAUNCH_TOKEN,
    NATIVE_LAUNCH_TOKEN_TYPE,
    NATIVE_RUN_TYPE,
    VALUE,
)
from pulumi_emr_serverless.request import JobRunProperties

PACKAGE: Final = "emr-serverless"

_TEXT: Final = {"type": "string"}
_TEXTS: Final = {"type": "object", "additionalProperties": _TEXT}


def _typed(schema: Mapping[str, Any], description: str, **more: Any) -> dict[str, Any]:
    return {**schema, "description": description, **more}


_BEHAVIOUR: Final = {
    "triggers": _typed(
        {"$ref": "pulumi.json#/Any"}, "Any values; a change of them starts a new run of the same definition."
    ),
    "region": _typed(_TEXT, "The region of the application; by default the provider's."),
    "endpoint": _typed(_TEXT, "The URL to call instead of AWS's own; by default the provider's."),
    "rerun": {
        "description": "Whether a run that has failed is started again at the next update: never, the default, or on_failure."
    },
    "onDelete": {
        "description": "What becomes of a living run that is deleted or replaced: cancel, the default, or retain: it goes on."
    },
    "cancelGracePeriodSeconds": _typed(
        {"type": "integer"},
        "How long a cancelled run may go on to end cleanly: 0 or 15 to 1800. AWS's default: 0 for BATCH, 120 for STREAMING.",
    ),
}

_OUTPUTS: Final = {
    "jobRunId": _typed(_TEXT, "The run's ID, as StartJobRun returned it."),
    "arn": _typed(_TEXT, "The run's ARN."),
    "applicationId": _typed(_TEXT, "The application that the run is on."),
    "clientToken": _typed(_TEXT, "The client token that the run was started with, given or derived."),
    "logs": _typed(
        _TEXTS, "Where its logs are: s3Prefix, cloudWatchLogGroup, cloudWatchLogStreamPrefix, where configured."
    ),
    "observed": _typed(
        {"type": "object", "additionalProperties": {"$ref": "pulumi.json#/Any"}},
        "The run as the last refresh saw it: state, attempt, timings, billed resources.",
    ),
    "tags": _typed(_TEXTS, "The run's tags, without this package's own."),
}
_ALWAYS_THERE: Final = ("jobRunId", "arn", "applicationId", "clientToken", "logs", "observed")

_ENUMS: Final = {
    "mode": ("Mode", "BATCH ends by itself, STREAMING runs until it is cancelled."),
    "rerun": ("Rerun", "Whether a run that has failed is started again."),
    "onDelete": ("OnDelete", "What becomes of a living run that is deleted or replaced."),
    "logTypes": ("LogType", "What a worker writes to CloudWatch."),
}
"""The members with a choice of values, and the name of that choice: JSON Schema has none for it."""

_ASSUME_ROLE: Final = {
    "roleArn": _typed(_TEXT, "The role to take on."),
    "sessionName": _typed(_TEXT, "The name of the session."),
    "externalId": _typed(_TEXT, "The external ID that the role asks for."),
    "durationSeconds": _typed({"type": "integer"}, "How long the role's credentials hold."),
}


def _of_package(name: str) -> dict[str, str]:
    return {"$ref": f"#/types/{PACKAGE}:index:{name}"}


CONFIGURATION: Final = {
    "region": _typed(_TEXT, "The region; by default the environment's."),
    "profile": _typed(_TEXT, "A profile of AWS's shared configuration."),
    "endpoint": _typed(_TEXT, "The URL to call instead of AWS's own, as that of `emrs local`."),
    "accessKey": _typed(_TEXT, "An access key; better leave credentials to the environment.", secret=True),
    "secretKey": _typed(_TEXT, "The secret key of accessKey.", secret=True),
    "token": _typed(_TEXT, "The session token of accessKey.", secret=True),
    "assumeRoles": _typed(
        {"type": "array", "items": _of_package("AssumeRole")}, "Roles to take on, one after the other."
    ),
    "defaultTags": _typed(_of_package("DefaultTags"), "Tags of every run; a run's own win."),
    "insecure": _typed({"type": "boolean"}, "Do not verify TLS certificates."),
    "caBundle": _typed(_TEXT, "A file of CA certificates to verify with."),
    "connectTimeoutSeconds": _typed({"type": "number"}, "How long to wait for a connection."),
    "readTimeoutSeconds": _typed({"type": "number"}, "How long to wait for an answer."),
    "skipRequestSigning": _typed({"type": "boolean"}, "Send requests without a signature, to an emulator."),
}
"""The provider's inputs, and the keys below ``emr-serverless:`` of a stack's configuration."""


@cache
def schema() -> dict[str, Any]:
    """The package as Pulumi's schema describes it."""
    types: dict[str, Any] = {
        "AssumeRole": _object(_ASSUME_ROLE, ["roleArn"]),
        "DefaultTags": _object({"tags": _typed(_TEXTS, "The tags.")}, []),
    }
    definition = definition_schema()
    for name, structure in definition["$defs"].items():
        types[name] = _object(_members(structure["properties"], types), structure.get("required", []))
    behaviour = _members(_behaviour(), types)
    for name, described in _BEHAVIOUR.items():
        behaviour[name] = {**behaviour[name], **described}
    inputs = {**_members(definition["properties"], types), **behaviour}
    required = ["applicationId", "executionRoleArn"]
    token = {
        NATIVE_LAUNCH_TOKEN: _typed(
            _TEXT, "The value of a LaunchToken, from which the run's client token is derived.", secret=True
        )
    }
    return {
        "name": PACKAGE,
        "displayName": "AWS EMR Serverless job runs",
        "version": __version__,
        "description": "An AWS EMR Serverless job run as a resource: one intent, exactly one run.",
        "keywords": ["pulumi", "aws", "emr-serverless", "spark", "category/cloud"],
        "license": "Apache-2.0",
        "publisher": "pulumi-emr-serverless",
        "config": {"variables": CONFIGURATION},
        "provider": {"inputProperties": CONFIGURATION},
        "types": {f"{PACKAGE}:index:{name}": each for name, each in sorted(types.items())},
        "resources": {
            NATIVE_JOB_TYPE: {
                "description": "One run of a job on an EMR Serverless application. Creating it starts the run, once, and does "
                "not wait for its end. A change of the tags is made on the living run; every other change of what is asked "
                "for starts a new run, after the old one was cancelled.",
                "isComponent": True,
                "inputProperties": inputs,
                "requiredInputs": required,
                "properties": _OUTPUTS,
                "required": list(_ALWAYS_THERE),
            },
            NATIVE_RUN_TYPE: {
                "description": "The run that a JobRun holds. By itself it is for runs that were imported.",
                "inputProperties": {**inputs, **token},
                "requiredInputs": required,
                "properties": {**inputs, **token, **_OUTPUTS},
                "required": [*_ALWAYS_THERE, "executionRoleArn"],
            },
            NATIVE_LAUNCH_TOKEN_TYPE: {
                "description": "A random value that is in the state before a run starts. A JobRun brings its own.",
                "properties": {VALUE: _typed(_TEXT, "The value.", secret=True)},
                "required": [VALUE],
            },
        },
        "functions": {
            NATIVE_FUNCTION: {
                "description": "A run as AWS shows it now, whoever started it.",
                "inputs": {
                    "properties": {
                        "applicationId": _OUTPUTS["applicationId"],
                        "jobRunId": _typed(_TEXT, "The run's ID."),
                        "region": _BEHAVIOUR["region"],
                        "endpoint": _BEHAVIOUR["endpoint"],
                    },
                    "required": ["applicationId", "jobRunId"],
                },
                "outputs": {
                    "properties": {
                        **{name: each for name, each in _OUTPUTS.items() if name != "clientToken"},
                        "state": _typed(_TEXT, "Its state, such as RUNNING or SUCCESS."),
                    },
                    "required": ["jobRunId", "arn", "applicationId", "logs", "observed", "state"],
                },
            }
        },
        "language": {
            "csharp": {"namespaces": {PACKAGE: "EmrServerless"}, "respectSchemaVersion": True},
            "go": {"respectSchemaVersion": True, "generateResourceContainerTypes": False},
            "nodejs": {"packageName": "pulumi-emr-serverless", "respectSchemaVersion": True},
            # Not pulumi_emr_serverless: that is this package, the dynamic form.
            "python": {
                "packageName": "pulumi_emr_serverless_sdk",
                "respectSchemaVersion": True,
                "pyproject": {"enabled": True},
            },
        },
    }


def schema_text() -> str:
    """The content of ``schema.json``, which the plugin hands to the engine."""
    return json.dumps(schema(), indent=2) + "\n"


def _object(properties: Mapping[str, Any], required: Iterable[str]) -> dict[str, Any]:
    return {"type": "object", "properties": dict(properties), "required": list(required)}


def _behaviour() -> dict[str, Any]:
    described = JobRunProperties.model_json_schema(by_alias=True)["properties"]
    return {name: described[name] for name in _BEHAVIOUR}


def _members(members: Mapping[str, Any], types: dict[str, Any]) -> dict[str, Any]:
    return {name: _described(_type(name, each, types), each) for name, each in members.items()}


def _described(kind: dict[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    words = " ".join(filter(None, [given.get("description", ""), _limits(_present(given))]))
    return {**kind, "description": words} if words else kind


def _present(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a value is where it is there: a member that may be left out may be null."""
    choices = [each for each in given.get("anyOf", ()) if each.get("type") != "null"]
    return choices[0] if choices else given


_LIMITS: Final = (
    ("minLength", "maxLength", "characters"),
    ("minItems", "maxItems", "items"),
    ("minProperties", "maxProperties", "entries"),
)


def _limits(given: Mapping[str, Any]) -> str:
    for least, most, what in _LIMITS:
        if most in given:
            return f"{given.get(least, 0)} to {given[most]} {what}."
    if "maximum" in given:
        return f"{given.get('minimum', 0)} to {given['maximum']}."
    return ""


def _type(name: str, given: Mapping[str, Any], types: dict[str, Any]) -> dict[str, Any]:
    """A JSON Schema as Pulumi's: a choice of values becomes a type, a structure is one already."""
    there = _present(given)
    if "$ref" in there:
        return _of_package(there["$ref"].rpartition("/")[2])
    if "enum" in there:
        choice, description = _ENUMS[name]
        values = [{"name": _enum_name(value), "value": value} for value in there["enum"]]
        types[choice] = {"type": "string", "description": description, "enum": values}
        return _of_package(choice)
    kind = there.get("type")
    if kind == "array":
        return {"type": "array", "items": _type(name, there["items"], types)}
    if kind == "object":
        (value,) = there.get("patternProperties", {"": there.get("additionalProperties")}).values()
        return {"type": "object", "additionalProperties": _type(name, value, types)}
    return {"type": kind} if kind else {"$ref": "pulumi.json#/Any"}


def _enum_name(value: str) -> str:
    return "".join(part.capitalize() for part in value.split("_"))
