"""Outputs as variables of definitions: they stand in a file as other values do, and are checked when they are known."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import Any

import pulumi

from pulumi_emr_serverless.definitions.files import OpenVariables, within_text
from pulumi_emr_serverless.errors import InvalidDefinitionError
from pulumi_emr_serverless.program.errors import DeclarationError


class OutputVariables(OpenVariables):
    """Variables with Outputs among them. A text with a secret in it is secret."""

    def is_open(self, value: Any) -> bool:
        return isinstance(value, pulumi.Output | Awaitable)

    def joined(self, parts: list[tuple[str, Any]], where: str) -> pulumi.Output[str]:
        names = [name for name, _ in parts]

        def text(values: list[Any]) -> str:
            try:
                return "".join(
                    within_text(name, _whole(value)) if name else value
                    for name, value in zip(names, values, strict=True)
                )
            except InvalidDefinitionError as error:
                raise DeclarationError(f"{where}{error}") from None

        return pulumi.Output.all(*(value for _, value in parts)).apply(text)


def open_variables(variables: Mapping[str, pulumi.Input[Any]] | None) -> OutputVariables | None:
    return None if variables is None else OutputVariables(variables)


def _whole(value: Any) -> Any:
    """The engine delivers 60 as 60.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
