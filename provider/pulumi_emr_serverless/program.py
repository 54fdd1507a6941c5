"""What is only needed while a user's program runs: its secrets, and errors that it shows to people."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pulumi
from typing_extensions import ParamSpec

from pulumi_emr_serverless import spark
from pulumi_emr_serverless.errors import EmrServerlessError

if TYPE_CHECKING:
    from pulumi_emr_serverless.definitions.files import Definition

P = ParamSpec("P")
R = TypeVar("R")

Location = list["str | int"]


class DeclarationError(EmrServerlessError, pulumi.RunError):
    """A program declares something that cannot be. Pulumi shows its message alone, without a traceback."""


@contextmanager
def shown_to_people() -> Iterator[None]:
    """Turn this package's errors into ones that Pulumi shows without a traceback."""
    try:
        yield
    except EmrServerlessError as error:
        raise DeclarationError(str(error)) from error


def _shown(function: Callable[P, R]) -> Callable[P, R]:
    @functools.wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        with shown_to_people():
            return function(*args, **kwargs)

    return wrapped


spark_submit = _shown(spark.spark_submit)
spark_parse = spark.spark_parse


def load_definitions(directory: str | Path, variables: Mapping[str, Any] | None = None) -> dict[str, Definition]:
    """Every job definition of a directory, by its file's name without the suffix.

    Raises:
        DeclarationError: everything that is wrong with the files, a line each, with line and column.
    """
    from pulumi_emr_serverless.definitions.files import load_definitions as load  # noqa: PLC0415 - loads the request models

    with shown_to_people():
        return load(directory, variables)


def secret_paths(inputs: Mapping[str, Any]) -> pulumi.Output[list[Location]]:
    """Where in a resource's inputs a program has put secrets.

    A dynamic provider gets its inputs in the clear, without a mark. This tells it what no message may show.
    """

    async def found() -> list[Location]:
        return [location async for location in _secrets(inputs, [])]

    return pulumi.Output.from_input(found())


async def _secrets(value: Any, location: Location) -> Any:
    if isinstance(value, pulumi.Output):
        if await value.is_secret():
            yield location
    elif isinstance(value, Mapping):
        for key, item in value.items():
            async for found in _secrets(item, [*location, key]):
                yield found
    elif isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        for index, item in enumerate(value):
            async for found in _secrets(item, [*location, index]):
                yield found
    elif isinstance(value, Awaitable):
        return
