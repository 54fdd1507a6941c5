"""Where a program's secrets are found, and that what it waits for has none. With Pulumi's mocks instead of an engine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import pulumi
import pytest
from pulumi.runtime import rpc
from pulumi.runtime.stack import run_pulumi_func

from program_loop import program_loop
from pulumi_emr_serverless import DeclarationError, JobRun, spark_submit
from pulumi_emr_serverless.errors import InvalidSparkSubmitError
from pulumi_emr_serverless.persisted import JOB_RUN_TYPE, SECRET_SETTINGS, SECRETS
from pulumi_emr_serverless.program.secrets import redactor_of, secret_paths

ARN = "arn:aws:emr-serverless:us-east-1:123456789012:/applications/app/jobruns/run1"


class Engine(pulumi.runtime.Mocks):
    """Answers a job whose logs are secret, as its program made them, and whose failure repeats what it was given."""

    def __init__(self) -> None:
        self.inputs: Mapping[str, Any] = {}

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        if args.typ == JOB_RUN_TYPE:
            self.inputs = args.inputs
        outputs = {
            "jobRunId": "run1",
            "arn": ARN,
            "logs": {"s3Prefix": rpc.wrap_rpc_secret("s3://vault-9/logs/applications/app/jobs/run1/")},
            "observed": {"state": "SUCCESS", "stateDetails": "password hunter2 is wrong"},
            "value": "token",
        }
        return f"{args.name}-id", {**args.inputs, **outputs}

    def call(self, args: pulumi.runtime.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]]]:
        raise AssertionError(args.token)


def job(**more: Any) -> JobRun:
    given = {"job_driver": {"spark_submit": {"entry_point": "s3://b/x.py"}}, **more}
    return JobRun("nightly", application_id="app", execution_role_arn="role", **given)


def run(
    program: Callable[[], dict[str, pulumi.Output[Any]]],
    config: dict[str, str] | None = None,
    secret_keys: list[str] | None = None,
) -> tuple[dict[str, tuple[Any, bool]], Engine]:
    """Each output that a program makes, with whether it is secret; and the engine that it has declared itself to."""
    found, engine = dict[str, tuple[Any, bool]](), Engine()

    async def read(outputs: dict[str, pulumi.Output[Any]]) -> None:
        for name, output in outputs.items():
            found[name] = (await output.future(), await output.is_secret())

    with program_loop() as loop:
        pulumi.runtime.set_mocks(engine, project="test", preview=False)
        pulumi.runtime.set_all_config(config or {}, secret_keys or [])
        loop.run_until_complete(run_pulumi_func(lambda: read(program())))
    return found, engine


def test_a_secret_is_found_wherever_it_stands() -> None:
    """A value, a whole structure, a word in a text, something in a list: the place is what the provider learns."""

    def program() -> dict[str, pulumi.Output[Any]]:
        secret = pulumi.Output.secret
        job(
            job_driver=spark_submit("s3://b/x.py", arguments=["--p", secret("a")], conf={"spark.x": secret("b")}),
            tags={"plain": "c", "mine": secret("d")},
            execution_iam_policy=secret({"policy": "{}"}),
            name=pulumi.Output.concat("nightly-", secret("e")),
            triggers=[1, {"deep": [secret(2)]}],
        )
        return {}

    _, engine = run(program)
    assert sorted(engine.inputs[SECRETS], key=str) == [
        ["executionIamPolicy"],
        ["jobDriver", "sparkSubmit", "entryPointArguments", 1],
        ["jobDriver", "sparkSubmit", "sparkSubmitParameters"],
        ["name"],
        ["tags", "mine"],
        ["triggers", 1, "deep", 0],
    ]
    assert SECRET_SETTINGS not in engine.inputs


def test_what_a_transformation_adds_is_found() -> None:
    """A stack that tags all its resources does it after the resource was written down.

    Pulumi keeps a stack's own transformations for the whole process, so this one is the resource's: they go the same way.
    """

    def add_tag(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if args.type_ != JOB_RUN_TYPE:
            return None
        props: Any = args.props
        props["tags"] = {"team": pulumi.Output.secret("hunter2")}
        return pulumi.ResourceTransformationResult(args.props, args.opts)

    def program() -> dict[str, pulumi.Output[Any]]:
        job(opts=pulumi.ResourceOptions(transformations=[add_tag]))
        return {}

    _, engine = run(program)
    assert engine.inputs[SECRETS] == [["tags", "team"]]


def test_secret_settings_are_told_by_their_keys() -> None:
    """The values reach the provider another way, without a word that they are secret."""
    secret_keys = ["aws:profile", "emrServerless:endpoint", "test:other"]
    config = {"aws:profile": "x", "emrServerless:endpoint": "http://x", "test:other": "x", "aws:region": "eu-west-1"}
    _, engine = run(lambda: {"": job().arn}, config, secret_keys)
    assert engine.inputs[SECRET_SETTINGS] == ["aws:profile", "emrServerless:endpoint"]


def test_a_completion_is_secret_only_where_it_holds_a_secret() -> None:
    """A chain that exports a state must not be told `[secret]` because the location of its logs is one."""

    def program() -> dict[str, pulumi.Output[Any]]:
        done = job(name=pulumi.Output.secret("hunter2")).completion
        return {"state": done.state, "details": done.state_details, "logs": done.logs}

    found, _ = run(program)
    assert found["state"] == ("SUCCESS", False)
    assert found["details"] == ("password [secret] is wrong", False)
    assert found["logs"] == ({"s3Prefix": "s3://vault-9/logs/applications/app/jobs/run1/"}, True)


def test_keys_of_the_user_are_secret_where_the_map_is() -> None:
    """The key of a tag may be a customer's name; AWS's own names are nobody's secret."""
    with program_loop() as loop:
        secret = pulumi.Output.secret({"sparkSubmit": {"entryPoint": "hunter2"}, "hunter3": "x"})
        redactor = loop.run_until_complete(asyncio.ensure_future(redactor_of({"jobDriver": secret}), loop=loop))
    assert redactor.redacted("hunter2 hunter3 sparkSubmit entryPoint") == "[secret] [secret] sparkSubmit entryPoint"


def test_what_is_ours_is_no_secret_of_the_program() -> None:
    """The launch token is one always; it is hidden without being looked for."""
    with program_loop() as loop:
        found = secret_paths({"__launchToken": pulumi.Output.secret("x"), "name": "y"})
        assert loop.run_until_complete(asyncio.ensure_future(found.future(), loop=loop)) == []


def test_a_keyword_of_spark_that_is_wrong_does_not_show_its_secret() -> None:
    """The message names the keyword; the value is known only when the program runs, and so is that it is secret."""
    with program_loop() as loop:
        for secret in (pulumi.Output.secret, pulumi.Output.from_input):
            driver: Any = spark_submit("s3://b/x.py", executor_memory=secret("hunter2"))
            text = driver["spark_submit"]["spark_submit_parameters"]
            with pytest.raises(InvalidSparkSubmitError, match="executor_memory: ") as raised:
                loop.run_until_complete(asyncio.ensure_future(text.future(), loop=loop))
            assert ("hunter2" in str(raised.value)) == (secret is pulumi.Output.from_input)


def test_secret_prices_that_are_wrong_are_not_shown() -> None:
    """A secret that was set under the wrong key is the likeliest of all malformed prices."""
    prices = {"emrServerless:prices": "hunter2"}
    for secret_keys in ([*prices], []):
        with pytest.raises(DeclarationError, match="emrServerless:prices: ") as raised:
            run(lambda: {"state": job().completion.state}, prices, secret_keys)
        assert ("hunter2" in str(raised.value)) == (not secret_keys)
