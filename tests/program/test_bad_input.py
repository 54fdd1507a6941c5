"""Whatever a program writes into a ``JobRun``: one clear message with name, property, value and remedy, and nothing started."""

from __future__ import annotations

import asyncio
import decimal
import enum
import pathlib
import uuid
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

import pulumi
import pytest
from pulumi.runtime import rpc
from pulumi.runtime.stack import run_pulumi_func

from program_loop import program_loop
from pulumi_emr_serverless import DeclarationError, JobRun, provider, spark_submit
from pulumi_emr_serverless.persisted import JOB_RUN_TYPE

OF = {"application_id": "00f1abcd2efgh30h", "execution_role_arn": "arn:aws:iam::123456789012:role/orchard"}
DRIVER = {"spark_submit": {"entry_point": "s3://orchard/press.py"}}


class Checking(pulumi.runtime.Mocks):
    """An engine that has a job's inputs checked, as the real one does, and starts nothing."""

    def __init__(self) -> None:
        self.started: list[str] = []

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        if args.typ == JOB_RUN_TYPE:
            found = provider.JobRunProvider().check({}, _in_the_clear(args.inputs))
            if found.failures:
                raise pulumi.RunError("\n".join(f"{args.name}: {failure.reason}" for failure in found.failures))
            self.started.append(args.name)
        return f"{args.name}-id", {**args.inputs, "value": "a" * 52 + ".1"}

    def call(self, args: pulumi.runtime.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]]]:
        raise AssertionError(args.token)


def _in_the_clear(value: Any) -> Any:
    if isinstance(value, dict):
        if value.get(rpc._special_sig_key) == rpc._special_secret_sig:
            return _in_the_clear(value["value"])
        return {key: _in_the_clear(item) for key, item in value.items()}
    return [_in_the_clear(item) for item in value] if isinstance(value, list) else value


def words_of(program: Callable[[], object]) -> tuple[str, list[str]]:
    """What a program ends with, if that is an error for people, and what was started."""
    engine = Checking()

    def run() -> None:
        program()

    with program_loop() as loop:
        pulumi.runtime.set_mocks(engine, project="test", preview=False)
        try:
            loop.run_until_complete(run_pulumi_func(run))
        except pulumi.RunError as error:
            return str(error), engine.started
    return "", engine.started


class Colour(enum.Enum):
    RED = "red"


class Odd:
    def __repr__(self) -> str:
        raise ValueError


async def coming(value: Any) -> Any:
    await asyncio.sleep(0)
    return value


async def failing() -> Any:
    raise ConnectionError("no route")


def self_containing() -> Any:
    found: list[Any] = []
    found.append({"again": found})
    return found


def some_function() -> str:
    return "x"


def failed_future() -> Any:
    found: asyncio.Future[str] = asyncio.get_event_loop().create_future()
    found.set_exception(ConnectionError("no route"))
    return found


KINDS: dict[str, tuple[Callable[[], Any], str]] = {
    "bytes": (lambda: b"abc", ".decode()"),
    "bytearray": (lambda: bytearray(b"abc"), ".decode()"),
    "memoryview": (lambda: memoryview(b"abc"), ".decode()"),
    "date": (lambda: date(2026, 1, 31), ".isoformat()"),
    "datetime": (lambda: datetime(2026, 1, 31, tzinfo=timezone.utc), ".isoformat()"),
    "time": (lambda: time(4), ".isoformat()"),
    "timedelta": (lambda: timedelta(hours=1), "total_seconds()"),
    "Decimal": (lambda: decimal.Decimal("1.5"), "float(...)"),
    "complex": (lambda: 1j, "str(...)"),
    "set": (lambda: {"a"}, "sorted(...)"),
    "frozenset": (lambda: frozenset({"a"}), "sorted(...)"),
    "Path": (lambda: pathlib.PurePosixPath("s3://b/x.py"), "write a text"),
    "UUID": (lambda: uuid.UUID(int=1), "str(...)"),
    "Enum": (lambda: Colour.RED, ".value"),
    "Asset": (lambda: pulumi.StringAsset("print(1)"), "Amazon S3"),
    "Archive": (lambda: pulumi.FileArchive("x.zip"), "Amazon S3"),
    "function": (lambda: some_function, "call it"),
    "class": (lambda: Odd, "call it"),
    "object": (lambda: object(), "write a text"),
    "object without a repr": (lambda: Odd(), "write a text"),
    "generator": (lambda: (each for each in "ab"), "list(...)"),
    "range": (lambda: range(3), "list(...)"),
    "dict view": (lambda: {"a": 1}.keys(), "write a text"),
    "contains itself": (self_containing, "contains itself"),
    "too deep": (lambda: __import__("functools").reduce(lambda inner, _: [inner], range(100), "x"), "levels deep"),
    "NaN": (lambda: float("nan"), "no number"),
    "infinity": (lambda: float("-inf"), "no number"),
    "huge": (lambda: 10**400, "write it as a text"),
    "more than a double holds": (lambda: 2**53 + 1, "write it as a text"),
    "lone surrogate": (lambda: "a\ud800", "lone surrogate"),
    "Output within an f-string": (lambda: f"s3://{pulumi.Output.from_input('b')}/x", "pulumi.Output.format"),
    "repr of an Output": (lambda: f"s3://{pulumi.Output.from_input('b')!r}/x", "pulumi.Output.format"),
    "key that is a number": (lambda: {42: "x"}, "write '42'"),
    "key that is None": (lambda: {None: "x"}, "is no text"),
    "key with a lone surrogate": (lambda: {"\udcff": "x"}, "lone surrogate"),
    "Output of bytes": (lambda: pulumi.Output.from_input("x").apply(str.encode), ".decode()"),
    "Output that failed": (lambda: pulumi.Output.from_input("x").apply(lambda _: 1 / 0), "division by zero"),
    "future that failed": (failed_future, "no route"),
    "coroutine that fails": (failing, "no route"),
    "coroutine of a set": (lambda: coming({"a"}), "sorted(...)"),
    "resource": (lambda: pulumi.ComponentResource("test:index:Thing", "thing"), "one of its outputs"),
}
PLACES: dict[str, Callable[[Any], dict[str, Any]]] = {
    "name": lambda value: {"name": value},
    "execution_timeout_minutes": lambda value: {"execution_timeout_minutes": value},
    "tags.team": lambda value: {"tags": {"team": value}},
    "tags": lambda value: {"tags": value},
    "triggers[1].a": lambda value: {"triggers": ["x", {"a": value}]},
    "triggers": lambda value: {"triggers": value},
    "job_driver.spark_submit.entry_point": lambda value: {"job_driver": {"spark_submit": {"entry_point": value}}},
    "job_driver": lambda value: {"job_driver": value},
    "configuration_overrides.application_configuration[0].properties.a": lambda value: {
        "configuration_overrides": {"application_configuration": [{"classification": "x", "properties": {"a": value}}]}
    },
    "unknown": lambda value: {"unknown": value},
    "entry_point": lambda value: {"job_driver": spark_submit(value)},
    "arguments[0]": lambda value: {"job_driver": spark_submit("s3://b/x.py", arguments=[value])},
    "executor_memory": lambda value: {"job_driver": spark_submit("s3://b/x.py", executor_memory=value)},
    "conf.a": lambda value: {"job_driver": spark_submit("s3://b/x.py", conf={"a": value})},
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", KINDS)
def test_no_value_ends_in_a_traceback(kind: str, place: str) -> None:
    """Pulumi would name neither the resource nor, mostly, the property."""
    make, remedy = KINDS[kind]

    def program() -> None:
        JobRun("other", job_driver=DRIVER, **OF)  # type: ignore[arg-type]  # what the types forbid
        members: Any = {"job_driver": DRIVER, **OF, **PLACES[place](make())}
        JobRun("press", **members)

    words, started = words_of(program)
    assert words.startswith("press: ")
    assert place.split("[")[0].split(".")[0] in words or "spark_submit" in words
    assert remedy in words
    assert "Traceback" not in words
    assert "press" not in started


def test_every_bad_resource_is_told_of_at_once() -> None:
    """Kinds, rules and spark_submit alike, each with its resource and in the program's spelling."""
