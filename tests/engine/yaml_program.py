"""YAML programs with job runs: the text of their project."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from engine.harness import APPLICATION, ROLE

Location = tuple["str | int", ...]
PLUGIN = {"providers": [{"name": "emr-serverless", "path": str(Path(sys.executable).parent)}]}
"""The executable that the package brings lies beside this interpreter."""


def job(arguments: Iterable[str] = ("--day", "2026-01-01"), **more: Any) -> dict[str, Any]:
    """The inputs of a run; None leaves one out."""
    inputs = {
        "applicationId": APPLICATION,
        "executionRoleArn": ROLE,
        "jobDriver": {"sparkSubmit": {"entryPoint": "s3://bucket/etl.py", "entryPointArguments": list(arguments)}},
        "executionTimeoutMinutes": 60,
        **more,
    }
    return {name: value for name, value in inputs.items() if value is not None}


def yaml_program(
    jobs: Mapping[str, Mapping[str, Any]],
    options: Mapping[str, Any] | None = None,
    resources: Mapping[str, Any] | None = None,
    outputs: Iterable[str] = ("jobRunId", "arn"),
) -> str:
    """A project with these job runs. JSON is YAML, and leaves nothing to quote.

    Args:
        jobs: the inputs of each.
        options: resource options of all of them.
        resources: others, as YAML declares them.
        outputs: of each job.
    """
    declared = {
        name: {"type": "emr-serverless:JobRun", "properties": inputs, "options": options or {}}
        for name, inputs in jobs.items()
    }
    exported = {f"{name}-{output}": f"${{{name}.{output}}}" for name in jobs for output in outputs}
    return json.dumps(
        {
            "name": "test",
            "runtime": "yaml",
            "plugins": PLUGIN,
            "resources": {**(resources or {}), **declared},
            "outputs": exported,
        },
        indent=1,
    )


def with_secrets(value: Any, locations: Iterable[Location]) -> Any:
    """A value of a program in which these places are secret."""
    found = list(locations)
    if () in found:
        return {"fn::secret": value}
    if isinstance(value, dict):
        return {key: with_secrets(item, [one[1:] for one in found if one[0] == key]) for key, item in value.items()}
    if isinstance(value, list):
        return [with_secrets(item, [one[1:] for one in found if one[0] == index]) for index, item in enumerate(value)]
    return value
