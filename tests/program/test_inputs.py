"""From what a program writes to what goes to the engine: by structure, never by guessing at keys."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import Any

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_emr_serverless.program.inputs import Configuration, JobRunArgs, _api_name, _hints, _Shape, _shapes, to_api
from pulumi_emr_serverless.request import BEHAVIOUR_PROPERTIES, REQUEST_MEMBERS, violations
from request_table import GOOD, Good

API_NAMES = [*REQUEST_MEMBERS, *BEHAVIOUR_PROPERTIES]

ROWS = [
    ("a plain member", {"application_id": "a"}, {"applicationId": "a"}),
    ("one word stays one word", {"name": "a_b", "mode": "BATCH"}, {"name": "a_b", "mode": "BATCH"}),
    ("None is left out", {"name": None, "job_driver": {"spark_submit": None}}, {"jobDriver": {}}),
    (
        "the API's own names",
        {"applicationId": "a", "jobDriver": {"sparkSubmit": {"entryPoint": "x"}}},
        {"applicationId": "a", "jobDriver": {"sparkSubmit": {"entryPoint": "x"}}},
    ),
    (
        "both spellings, nested in each other",
        {"jobDriver": {"spark_submit": {"entryPoint": "x"}}},
        {"jobDriver": {"sparkSubmit": {"entryPoint": "x"}}},
    ),
    (
        "one member in both spellings: the check reports one, none is lost",
        {"application_id": "a", "applicationId": "b"},
        {"application_id": "a", "applicationId": "b"},
    ),
    (
        "a null in the other spelling does not count",
        {"application_id": "a", "applicationId": None},
        {"applicationId": "a"},
    ),
    (
        "an unknown name is the check's business",
        {"aplication_id": "a", "job_driver": {"spark": {"entry_point": "x"}}},
        {"aplication_id": "a", "jobDriver": {"spark": {"entry_point": "x"}}},
    ),
    (
        "keys of tags are the user's",
        {"tags": {"cost_center": "a", "application_id": "b"}},
        {"tags": {"cost_center": "a", "application_id": "b"}},
    ),
    (
        "so is everything within triggers",
        {"triggers": {"job_driver": {"spark_submit": 1}, "n": [None]}},
        {"triggers": {"job_driver": {"spark_submit": 1}, "n": [None]}},
    ),
    (
        "and the keys of properties",
        {
            "configuration_overrides": {
                "application_configuration": [
                    {
                        "classification": "x",
                        "properties": {"log_uri": "a"},
                        "configurations": [{"classification": "y", "properties": {"entry_point": "b"}}],
                    }
                ]
            }
        },
        {
            "configurationOverrides": {
                "applicationConfiguration": [
                    {
                        "classification": "x",
                        "properties": {"log_uri": "a"},
                        "configurations": [{"classification": "y", "properties": {"entry_point": "b"}}],
                    }
                ]
            }
        },
    ),
    (
        "and of an encryption context",
        {"configuration_overrides": {"disk_encryption_configuration": {"encryption_context": {"log_uri": "x"}}}},
        {"configurationOverrides": {"diskEncryptionConfiguration": {"encryptionContext": {"log_uri": "x"}}}},
    ),
    (
        "and of the workers",
        {
            "configuration_overrides": {
                "monitoring_configuration": {
                    "cloud_watch_logging_configuration": {"enabled": True, "log_types": {"log_types": ["STDOUT"]}}
                }
            }
        },
        {
            "configurationOverrides": {
                "monitoringConfiguration": {
                    "cloudWatchLoggingConfiguration": {"enabled": True, "logTypes": {"log_types": ["STDOUT"]}}
                }
            }
        },
    ),
    (
        "names with digits",
        {
            "configuration_overrides": {
                "monitoring_configuration": {"s3_monitoring_configuration": {"log_uri": "s3://b"}}
            }
        },
        {"configurationOverrides": {"monitoringConfiguration": {"s3MonitoringConfiguration": {"logUri": "s3://b"}}}},
    ),
    (
        "a tuple is a list",
        {"configuration_overrides": {"application_configuration": ({"classification": "a"},)}},
        {"configurationOverrides": {"applicationConfiguration": [{"classification": "a"}]}},
    ),
    (
        "values of the wrong kind are the check's business",
        {"job_driver": "spark", "configuration_overrides": [1], "retry_policy": 3},
        {"jobDriver": "spark", "configurationOverrides": [1], "retryPolicy": 3},
    ),
    (
        "a string is no list of structures",
        {"configuration_overrides": {"application_configuration": "spark_defaults"}},
        {"configurationOverrides": {"applicationConfiguration": "spark_defaults"}},
    ),
    (
        "a list of other things",
        {"configuration_overrides": {"application_configuration": ["a_b", None]}},
        {"configurationOverrides": {"applicationConfiguration": ["a_b", None]}},
    ),
]


@pytest.mark.parametrize(("why", "args", "expected"), ROWS, ids=[row[0] for row in ROWS])
def test_names_are_converted_where_a_structure_is_and_nowhere_else(
    why: str, args: dict[str, Any], expected: dict[str, Any]
) -> None:
    """A tag ``cost_center`` that arrives as ``costCenter`` is a bug that nobody finds before the bill."""
    assert to_api(args) == expected, why


def in_snake_case(value: Any, definition: type | None, *, listed: bool = False) -> Any:
    if definition is None:
        return value
    if listed:
        return [in_snake_case(item, definition) for item in value] if isinstance(value, list) else value
    if not isinstance(value, dict):
        return value
    shapes = {_api_name(name): (name, shape) for name, shape in _shapes(definition).items()}
    return {
        shapes[key][0]: in_snake_case(item, shapes[key][1].structure, listed=shapes[key][1].listed)
        for key, item in value.items()
    }


@pytest.mark.parametrize("row", GOOD, ids=lambda row: row.why)
def test_every_good_request_can_be_written_in_python(row: Good) -> None:
    """What the API takes can be said in snake_case, and arrives as what the API takes."""
    args = in_snake_case(row.properties, JobRunArgs)

    assert violations(to_api(args)) == []
    assert without_nulls(to_api(args)) == without_nulls(row.properties)
    assert without_nulls(to_api(row.properties)) == without_nulls(row.properties)


def without_nulls(value: Any) -> Any:
    return {k: without_nulls(v) for k, v in value.items() if v is not None} if isinstance(value, dict) else value


@given(st.dictionaries(st.text(), st.text() | st.lists(st.text())))
def test_keys_of_the_user_are_never_touched(keys: dict[str, Any]) -> None:
    """Whatever the keys are."""
    converted = to_api({"tags": keys, "triggers": keys, "job_driver": keys})

    assert converted["tags"] == keys
    assert converted["triggers"] == keys


@pytest.mark.usefixtures("loop")
def test_an_output_of_a_value_is_passed_on_as_it_is() -> None:
    """Dependencies and secrets hang on the very output; the engine must get it."""
    role, argument, tag = (pulumi.Output.from_input(text) for text in ("r", "a", "t"))
    converted = to_api(
        {
            "execution_role_arn": role,
            "job_driver": {"spark_submit": {"entry_point": "x", "entry_point_arguments": [argument]}},
            "tags": {"a_b": tag},
            "triggers": role,
        }
    )

    assert converted["executionRoleArn"] is role
    assert converted["triggers"] is role
    assert converted["jobDriver"]["sparkSubmit"]["entryPointArguments"][0] is argument
    assert converted["tags"]["a_b"] is tag


@pytest.mark.parametrize("wrap", [pulumi.Output.from_input, pulumi.Output.secret], ids=["plain", "secret"])
def test_an_output_of_a_structure_is_converted_when_it_is_known(loop: asyncio.AbstractEventLoop, wrap: Any) -> None:
    """A component that hands out a whole driver writes it in snake_case too; a secret stays one."""
    driver = wrap({"spark_submit": {"entry_point": "x", "entryPointArguments": ["a_b"]}})
    listed = wrap([{"classification": "c", "properties": {"a_b": "c_d"}}, None])
    converted = to_api({"job_driver": driver, "configuration_overrides": {"application_configuration": listed}})

    assert await_(loop, converted["jobDriver"]) == {"sparkSubmit": {"entryPoint": "x", "entryPointArguments": ["a_b"]}}
    assert await_(loop, converted["configurationOverrides"]["applicationConfiguration"])[0] == {
        "classification": "c",
        "properties": {"a_b": "c_d"},
    }
    assert loop.run_until_complete(converted["jobDriver"].is_secret()) is (wrap is pulumi.Output.secret)


def test_outputs_at_every_level_are_converted(loop: asyncio.AbstractEventLoop) -> None:
    """Input[...] stands at every level, so a structure may be known while what is in it is not."""
    inner = pulumi.Output.from_input({"classification": "c", "configurations": [{"classification": "d"}]})
    converted = to_api({"configuration_overrides": {"application_configuration": [inner, {"classification": "e"}]}})
    first, second = converted["configurationOverrides"]["applicationConfiguration"]

    assert await_(loop, first) == {"classification": "c", "configurations": [{"classification": "d"}]}
    assert second == {"classification": "e"}


def test_an_awaitable_of_a_structure_is_converted_too(loop: asyncio.AbstractEventLoop) -> None:
    """``Input[T]`` includes ``Awaitable[T]``."""

    async def driver() -> dict[str, Any]:
        return {"spark_submit": {"entry_point": "x"}}

    async def convert() -> Any:
        return await to_api({"job_driver": driver()})["jobDriver"].future()

    assert loop.run_until_complete(convert()) == {"sparkSubmit": {"entryPoint": "x"}}


def await_(loop: asyncio.AbstractEventLoop, output: pulumi.Output[Any]) -> Any:
    return loop.run_until_complete(output.future())


def test_structures_are_found_in_the_types() -> None:
    """The conversion walks the TypedDicts; one whose type it cannot read would go to AWS in snake_case."""
    assert _shapes(Configuration) == {
        "classification": _Shape(),
        "properties": _Shape(),
        "configurations": _Shape(Configuration, listed=True),
    }
    assert sorted(_api_name(name) for name in _hints(JobRunArgs)) == sorted(API_NAMES)


def test_inputs_need_neither_pydantic_nor_boto3() -> None:
    """Every program imports this module; it must cost no more than Pulumi itself."""
    code = (
        "import sys, pulumi_emr_serverless.program.inputs;"
        "print([name for name in ('pydantic', 'boto3', 'botocore') if name in sys.modules])"
    )

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_the_check_needs_neither_pulumi_nor_boto3() -> None:
    """Decisions are made without the engine and without AWS, in the command line and in tests too."""
    code = (
        "import sys, pulumi_emr_serverless.request;"
        "print([name for name in ('pulumi', 'boto3', 'botocore') if name in sys.modules])"
    )

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
