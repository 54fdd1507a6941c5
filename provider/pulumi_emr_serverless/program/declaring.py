"""Mistakes of a program, shown to people: Pulumi prints them without a traceback."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import pulumi
from typing_extensions import ParamSpec

from pulumi_emr_serverless.errors import EmrServerlessError
from pulumi_emr_serverless.program import spark
from pulumi_emr_serverless.program.checking import Unusable, described, problems, with_outputs
from pulumi_emr_serverless.program.errors import DeclarationError

if TYPE_CHECKING:
    from pulumi_emr_serverless.definitions.files import Definition

P = ParamSpec("P")
R = TypeVar("R")


@contextmanager
def shown_to_people() -> Iterator[None]:
    """Turn this package's errors into ones that Pulumi shows without a traceback."""
    try:
        yield
    except EmrServerlessError as error:
        raise DeclarationError(str(error)) from error


def _named_by_its_job(function: Callable[P, R]) -> Callable[P, R]:
    """What is wrong is said when a ``JobRun`` gets the driver, for that knows its name, or by whoever looks into it."""

    @functools.wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        given = {"entry_point": args[0], **kwargs} if args else kwargs
        wrong = described("", problems(given))
        try:
            if not wrong:
                return function(*args, **{name: with_outputs(value) for name, value in kwargs.items()})
        except (EmrServerlessError, spark.UnknownKeywordError) as error:
            wrong = [str(error)]
        return cast("R", Unusable(DeclarationError("\n".join(wrong))))

    return wrapped


spark_submit = _named_by_its_job(spark.spark_submit)
spark_parse = spark.spark_parse


def load_definitions(
    directory: str | Path, variables: Mapping[str, pulumi.Input[Any]] | None = None
) -> dict[str, Definition]:
    """Every job definition of a directory, by its file's name without the suffix.

    Args:
        directory: the folder.
        variables: what ``${name}`` stands for, Outputs among them; without them every ``${...}`` is plain text.

    Raises:
        DeclarationError: everything that is wrong with the files, a line each, with line and column.
    """
    from pulumi_emr_serverless.definitions.files import load_definitions as load  # noqa: PLC0415 - loads the request models
    from pulumi_emr_serverless.program.variables import open_variables  # noqa: PLC0415 - as above

    with shown_to_people():
        return load(directory, open_variables(variables))
