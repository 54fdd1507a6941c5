"""A request as the Python of a Pulumi program; its placeholders become the stack's configuration."""

from __future__ import annotations

import json
import keyword
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from pulumi_emr_serverless.definitions.files import PLACEHOLDER
from pulumi_emr_serverless.definitions.schema import at, definition_schema
from pulumi_emr_serverless.errors import InvalidSparkSubmitError
from pulumi_emr_serverless.spark import driver_keywords

_GETTERS = {"integer": "require_int", "boolean": "require_bool", "array": "require_object", "object": "require_object"}


def python_program(properties: Mapping[str, Any], placeholders: Mapping[str, str]) -> str:
    """A whole program with one ``JobRun``.

    Args:
        properties: the request under the API's names, with ``${name}`` for each placeholder.
        placeholders: what each name stood for, as a comment.

    """
    writer = _Writer(placeholders)
    arguments = writer.arguments(properties)
    resource = resource_name(properties)
    call = "".join(f"    {argument},\n" for argument in arguments)
    imports = "JobRun, spark_submit" if writer.uses_spark_submit else "JobRun"
    lines = ["import pulumi", f"from pulumi_emr_serverless import {imports}", "", *writer.assignments()]
    lines += [f"run = JobRun(\n    {json.dumps(resource)},\n{call})", "", 'pulumi.export("jobRunId", run.job_run_id)']
    return "\n".join(lines) + "\n"


def resource_name(properties: Mapping[str, Any]) -> str:
    """A resource's name for a request: its own, as far as that is known and fit."""
    name = properties.get("name", "")
    return "job" if "$" in name else re.sub(r"[^\w-]+", "-", name).strip("-") or "job"


class Setting(NamedTuple):
    """Where a program finds a placeholder's value: ``config.<getter>("<key>")``."""

    key: str
    getter: str


def settings_of(properties: Mapping[str, Any], placeholders: Mapping[str, str]) -> dict[str, Setting]:
    """The stack's configuration that ``python_program`` reads, by the placeholder's name."""
    writer = _Writer(placeholders)
    writer.arguments(properties)
    return writer.settings()


def snake_case(name: str) -> str:
    """``S3_BUCKET``, ``s3Bucket`` and ``s3-bucket`` as ``s3_bucket``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).replace("-", "_").replace(".", "_").lower()


class _Writer:
    def __init__(self, placeholders: Mapping[str, str]) -> None:
        self.placeholders = placeholders
        self.variables = _variables(placeholders)
        self.getters: dict[str, str] = {}
        self.uses_spark_submit = False

    def arguments(self, properties: Mapping[str, Any]) -> list[str]:
        members = definition_schema()["properties"]
        return [
            f"{snake_case(name)}={self._driver(value) if name == 'jobDriver' else self._value(value, members[name], 1)}"
            for name, value in properties.items()
        ]

    def settings(self) -> dict[str, Setting]:
        return {
            name: Setting(
                re.sub(r"_+(\w)", lambda match: match[1].upper(), variable.strip("_")),
                self.getters.get(name, "require"),
            )
            for name, variable in self.variables.items()
        }

    def assignments(self) -> list[str]:
        lines = ["config = pulumi.Config()"] if self.variables else []
        for name, setting in self.settings().items():
            source = " ".join(self.placeholders[name].split())
            lines.append(f'{self.variables[name]} = config.{setting.getter}("{setting.key}")  # {source}')
        return [*lines, ""] if lines else []

    def _driver(self, driver: Any) -> str:
        """``spark_submit(...)`` where the parameters can be taken apart, else the structure as it is."""
        schema = definition_schema()["properties"]["jobDriver"]
        submit = driver.get("sparkSubmit") if isinstance(driver, dict) else None
        if not isinstance(submit, dict) or not isinstance(submit.get("entryPointArguments", []), list):
            return self._value(driver, schema, 1)
        try:
            parts: dict[str, Any] = driver_keywords(driver)
        except InvalidSparkSubmitError:
            return self._value(driver, schema, 1)
        if any(PLACEHOLDER.fullmatch(word) for word in parts.get("extra_options", [])):
            return self._value(driver, schema, 1)
        self.uses_spark_submit = True
        first = self._value(parts.pop("entry_point"), {}, 2)
        rest = "".join(f"        {name}={self._value(value, {}, 2)},\n" for name, value in parts.items())
        return f"spark_submit(\n        {first},\n{rest}    )"

    def _value(self, value: Any, schema: dict[str, Any], depth: int) -> str:
        schema = at(schema)
        inner, end = "    " * (depth + 1), "    " * depth
        if isinstance(value, dict) and value:
            members = schema.get("properties")
            items = (
                f"{inner}{self._text(snake_case(key) if members else key)}: "
                f"{self._value(item, (members or {}).get(key) or schema.get('additionalProperties') or {}, depth + 1)},\n"
                for key, item in value.items()
            )
            return "{\n" + "".join(items) + end + "}"
        if isinstance(value, list) and value:
            written = [self._value(item, schema.get("items", {}), depth + 1) for item in value]
            line = f"[{', '.join(written)}]"
            return (
                line
                if len(line) < 80 and "\n" not in line
                else "[\n" + "".join(f"{inner}{one},\n" for one in written) + end + "]"
            )
        return self._text(value, schema.get("type", "string")) if isinstance(value, str) else repr(value)

    def _text(self, text: str, kind: str = "string") -> str:
        whole = PLACEHOLDER.fullmatch(text)
        if whole and whole[2] in self.variables:
            if kind in _GETTERS:
                self.getters[whole[2]] = _GETTERS[kind]
            return self.variables[whole[2]]
        pieces, behind, formatted = [], 0, False
        for match in PLACEHOLDER.finditer(text):
            pieces.append((text[behind : match.start()], False))
            known = match[2] in self.variables
            formatted = formatted or known
            literal = match[1] if match[1] and self.variables else match[0]
            pieces.append((self.variables[match[2]], True) if known else (literal, False))
            behind = match.end()
        pieces.append((text[behind:], False))
        if not formatted:
            return json.dumps("".join(piece for piece, _ in pieces), ensure_ascii=False)
        braces = [f"{{{piece}}}" if name else piece.replace("{", "{{").replace("}", "}}") for piece, name in pieces]
        return "f" + json.dumps("".join(braces), ensure_ascii=False)


def _variables(placeholders: Mapping[str, str]) -> dict[str, str]:
    """A variable for each placeholder; two names that differ in their spelling alone get two."""
    variables: dict[str, str] = {}
    for name in placeholders:
        wanted = snake_case(name)
        wanted = f"{wanted}_" if keyword.iskeyword(wanted) or wanted in ("config", "pulumi", "run") else wanted
        taken, number = wanted, 2
        while taken in variables.values():
            taken, number = f"{wanted}_{number}", number + 1
        variables[name] = taken
    return variables
