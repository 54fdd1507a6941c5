"""Whatever a program writes into a ``JobRun``: one clear message with name, property, value and remedy, and nothing started."""

from __future__ import annotations

import asyncio
import decimal
import enum
import pathlib
import uuid
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone
from functools import partial
from typing import Any

import pulumi
import pytest
from pulumi.runtime import rpc
from pulumi.runtime.stack import run_pulumi_func

from program_loop import program_loop
from pulumi_emr_serverless import DeclarationError, JobRun, provider, spark_submit
from pulumi_emr_serverless.persisted import JOB_RUN_TYPE

Job: Any = JobRun
"""Untyped: tests pass what the types forbid."""
submit: Any = spark_submit

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
        loop.set_exception_handler(lambda *_: None)  # Pulumi asks for none of the outputs of what is not registered
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
    "object": (object, "write a text"),
    "object without a repr": (Odd, "write a text"),
    "generator": (lambda: (each for each in "ab"), "list(...)"),
    "range": (lambda: range(3), "list(...)"),
    "dict view": ({"a": 1}.keys, "write a text"),
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
    "tags.team": lambda value: {"tags": {"team": value}},
    "triggers[1].a": lambda value: {"triggers": ["x", {"a": value}]},
    "job_driver.spark_submit.entry_point": lambda value: {"job_driver": {"spark_submit": {"entry_point": value}}},
    "arguments": lambda value: {"job_driver": submit("s3://b/x.py", arguments=[value])},
    "executor_memory": lambda value: {"job_driver": submit("s3://b/x.py", executor_memory=value)},
    "conf": lambda value: {"job_driver": submit("s3://b/x.py", conf={"spark.a": value})},
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", KINDS)
def test_no_value_ends_in_a_traceback(kind: str, place: str) -> None:
    """Pulumi would name neither the resource nor, mostly, the property."""
    make, remedy = KINDS[kind]

    def program() -> None:
        Job("other", job_driver=DRIVER, **OF)
        members: Any = {"job_driver": DRIVER, **OF, **PLACES[place](make())}
        Job("press", **members)

    words, started = words_of(program)
    assert words.startswith("press: ")
    assert place.split("[", maxsplit=1)[0].split(".", maxsplit=1)[0] in words or "spark_submit" in words
    late = kind.startswith(("Output", "future", "coroutine"))
    own_words = (
        ("is not a member", "expected", "is not a size") if late else ()
    )  # the rules, or spark_submit, come first where they can
    assert any(each in words for each in (remedy, *own_words))
    assert "Traceback" not in words
    assert "press" not in started


def test_every_bad_resource_is_told_of_at_once() -> None:
    """One `up` for each mistake is slow. Under mocks each job is on its own, so the engine has the same test."""

    def program() -> None:
        Job("press", job_driver=DRIVER, triggers={1, 2}, tags={3: "x"}, name=b"x", **OF)

    words, _ = words_of(program)
    assert [line.split(": ")[1] for line in words.splitlines()] == ["triggers", "tags", "name"]


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"mode": "X"}, "press: mode: 'X' must be BATCH or STREAMING"),
        ({"execution_timeout_minutes": 0}, "press: execution_timeout_minutes: 0 must be 1 to 10080"),
        ({"cancel_grace_period_seconds": "1"}, "press: cancel_grace_period_seconds: must be a whole number"),
        ({"executionTimeoutMinutes": 5, "execution_timeout_minutes": 6}, "is given as executionTimeoutMinutes as well"),
        (
            {"job_driver": {"spark_submit": {"entry_point": "s3://b/x", "entryPoint": "s3://b/y"}}},
            "press: job_driver.spark_submit.entry_point: is given as entryPoint as well",
        ),
        ({"application": "x"}, "press: application: is not a member of StartJobRun; did you mean application_id?"),
        ({"tags": {"executionRoleArn": 5}}, "press: tags."),
        ({"job_driver": submit("s3://b/x", executor_memory="8")}, "press: job_driver: executor_memory: "),
        ({"job_driver": submit("s3://b/x", cores=4)}, "press: job_driver: spark_submit() has no keyword 'cores'"),
    ],
)
def test_messages_are_in_the_words_of_the_program(members: dict[str, Any], words: str) -> None:
    """Whoever writes snake_case looks for snake_case; and spark_submit alone does not know which job it is for."""
    found, started = words_of(lambda: Job("press", **{"job_driver": DRIVER, **OF, **members}))
    assert words in found
    assert not started


@pytest.mark.parametrize("name", ["", " ", None, 7, b"press", "a\ud800"])
def test_a_resource_has_a_name(name: Any) -> None:
    """Pulumi says "Missing resource name argument (for URN creation)"."""
    words, started = words_of(lambda: Job(name, job_driver=DRIVER, **OF))
    assert words.startswith("JobRun(")
    assert not started


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"import_": "00f/00g"}, "import_ is not possible"),
        ({"retain_on_delete": True}, 'Say on_delete="retain" instead'),
        ({"delete_before_replace": False}, "delete_before_replace=False is not possible"),
        ({"deleted_with": "urn"}, "deleted_with is not possible"),
    ],
)
def test_options_that_cannot_be(options: dict[str, Any], words: str) -> None:
    """Each would end in a run that is in no state, or in a traceback; and no other job of the program starts."""

    def program() -> None:
        Job("press", pulumi.ResourceOptions(**options), job_driver=DRIVER, **OF)

    found, started = words_of(program)
    assert found.startswith("press: ")
    assert words in found
    assert not started


@pytest.mark.parametrize("opts", ["x", 7, ["protect"], {"protect"}])
def test_options_of_another_type(opts: Any) -> None:
    """They were an AttributeError."""
    assert "write opts=pulumi.ResourceOptions(...)" in words_of(lambda: Job("press", opts, job_driver=DRIVER, **OF))[0]


def test_members_as_one_dict() -> None:
    """As programs for pulumi-aws are written."""
    members: Any = {"job_driver": DRIVER, **OF}
    opts = pulumi.ResourceOptions(protect=True)

    def program() -> None:
        Job("one", members)
        Job("two", members, opts)
        Job("three", members, opts=opts, name="x")
        Job("four", opts, **members)

    words, started = words_of(program)
    assert not words
    assert sorted(started) == ["four", "one", "three", "two"]


@pytest.mark.parametrize("good", [("a", "b"), {"a": None}, [1, 2.5, True, None, "x"], {"é": {"b": []}}, coming(5)])
def test_what_json_can_hold_is_taken(good: Any) -> None:
    """The check must not refuse what worked."""
    assert words_of(lambda: Job("press", job_driver=DRIVER, triggers=good, **OF)) == ("", ["press"])


def test_a_secret_that_is_wrong_is_not_shown() -> None:
    """Nor is a value that AWS takes for sensitive."""
    path = pathlib.PurePosixPath
    secret: list[Callable[[], dict[str, Any]]] = [
        lambda: {"triggers": pulumi.Output.secret("hunter2").apply(lambda text: {"a": path(text)})},
        lambda: {"job_driver": {"spark_submit": {"entry_point": path("hunter2")}}},
    ]
    for members in secret:
        words, _ = words_of(partial(lambda of: Job("press", **{"job_driver": DRIVER, **OF, **of()}), members))
        assert "PurePosixPath" in words
        assert "hunter2" not in words


def test_a_program_can_check_members_without_an_engine() -> None:
    """Mocks check nothing: a unit test asks for it."""
    good: Any = {"job_driver": DRIVER, **OF, "tags": {"a": "b"}}
    assert Job.check(**good) == []
    assert Job.check("press", **{**good, "mode": "X", "name": 7}) == [
        "press: mode: 'X' must be BATCH or STREAMING",
        "press: name: must be a string, not a number; write it in quotes",
    ]
    (found,) = Job.check(execution_role_arn={1})
    assert found.startswith("job: execution_role_arn: {1} is of the Python type set, which no resource can have; ")


def test_what_a_driver_cannot_be_is_said_by_whoever_looks_into_it() -> None:
    """Outside of a JobRun nobody else would say it."""
    driver: Any = submit("s3://b/x", executor_memory="8")
    for look in (lambda: driver["spark_submit"], lambda: dict(driver), lambda: len(driver)):
        with pytest.raises(DeclarationError, match="executor_memory"):
            look()
