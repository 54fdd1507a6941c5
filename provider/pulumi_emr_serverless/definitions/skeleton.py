"""An empty definition with every member, as ``aws emr-serverless start-job-run --generate-cli-skeleton`` prints one.

Two differences: members of an enumeration show its first value (the AWS CLI draws one by lot, or leaves it empty), and
the limits of the YAML comments are ours.
"""

from __future__ import annotations

from typing import Any, Final

from pulumi_emr_serverless.definitions.schema import at, definition_schema, required_members
from pulumi_emr_serverless.definitions.text import write

OUTPUT_SKELETON: Final = {"applicationId": "applicationId", "jobRunId": "jobRunId", "arn": "arn"}
"""The answer of StartJobRun."""


def input_skeleton() -> dict[str, Any]:
    """Every member once, in the order of AWS's model; both halves of the job driver."""
    skeleton: dict[str, Any] = _empty(definition_schema(), ())
    return skeleton


def _empty(schema: dict[str, Any], above: tuple[str, ...]) -> Any:
    reference = schema.get("$ref")
    if reference in above:
        return {}
    above = (*above, reference) if reference else above
    schema = at(schema)
    if "properties" in schema:
        return {name: _empty(member, above) for name, member in schema["properties"].items()}
    if schema.get("type") == "object":
        return {"KeyName": _empty(_value_schema(schema), above)}
    if schema.get("type") == "array":
        return [_empty(schema["items"], above)]
    if "enum" in schema:
        return schema["enum"][0]
    return {"integer": 0, "boolean": True}.get(schema["type"], "")


def _value_schema(schema: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = schema.get("additionalProperties") or next(iter(schema["patternProperties"].values()))
    return found


def yaml_skeleton() -> str:
    """The skeleton in YAML, with what each member at the top is for."""
    required = required_members()
    lines = []
    for name, value in input_skeleton().items():
        note = definition_schema()["properties"][name]["description"]
        lines += [f"# {'[REQUIRED] ' if name in required else ''}{note}", write({name: value}, "yaml").rstrip("\n")]
    return "\n".join(lines) + "\n"
