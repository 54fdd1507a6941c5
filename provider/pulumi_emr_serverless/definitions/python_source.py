"""A request as the Python of a Pulumi program; its placeholders become the stack's configuration."""

from __future__ import annotations

import json
import keyword
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from pulumi_emr_serverless.definitions.placeholders import Piece, pieces, sole_name
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
        return [self._argument(name, value) for name, value in properties.items()]

    def _argument(self, name: str, value: Any) -> str:
        schema = definition_schema()["properties"].get(name)
        if schema is None:  # for the check to report
            return f"**{{{json.dumps(name)}: {self._value(value, {}, 1)}}}"
        return f"{snake_case(name)}={self._driver(value) if name == 'jobDriver' else self._value(value, schema, 1)}"

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
        """``spark_submit(...)`` where it says the same, else the structure as it is."""
        schema = definition_schema()["properties"]["jobDriver"]
        submit = driver.get("sparkSubmit") if isinstance(driver, dict) else None
        if not isinstance(submit, dict) or not isinstance(submit.get("entryPointArguments", []), list):
            return self._value(driver, schema, 1)
        if set(submit) - {"entryPoint", "entryPointArguments", "sparkSubmitParameters"} or "entryPoint" not in submit:
            return self._value(driver, schema, 1)
        try:
            parts: dict[str, Any] = driver_keywords(driver)
        except InvalidSparkSubmitError:
            return self._value(driver, schema, 1)
        if self._could_be_several(submit.get("sparkSubmitParameters", "")):
            return self._value(driver, schema, 1)
        self.uses_spark_submit = True
        first = self._value(parts.pop("entry_point"), {}, 2)
        rest = "".join(f"        {name}={self._value(value, {}, 2)},\n" for name, value in parts.items())
        return f"spark_submit(\n        {first},\n{rest}    )"

    def _could_be_several(self, parameters: Any) -> bool:
        """Whether a placeholder stands outside of quotes: its value may be several words, which spark_submit would quote."""
        if not isinstance(parameters, str):
            return True
        outside = re.sub(r"'[^']*'", "", parameters)
        return any(piece.is_name and piece.text in self.variables for piece in pieces(outside))

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
        if not self.variables:
            return json.dumps(text, ensure_ascii=False)
        whole = sole_name(text)
        if whole in self.variables:
            if kind in _GETTERS:
                self.getters[whole] = _GETTERS[kind]
            return self.variables[whole]
        parts = [
            piece if piece.is_name and piece.text in self.variables else Piece(_literal(piece))
            for piece in pieces(text)
        ]
        if not any(part.is_name for part in parts):
            return json.dumps("".join(part.text for part in parts), ensure_ascii=False)
        braces = [
            f"{{{self.variables[part.text]}}}" if part.is_name else part.text.replace("{", "{{").replace("}", "}}")
            for part in parts
        ]
        return "f" + json.dumps("".join(braces), ensure_ascii=False)


def _literal(piece: Piece) -> str:
    return f"${{{piece.text}}}" if piece.is_name else piece.text


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
