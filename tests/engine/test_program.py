"""What a program writes, and what its writer sees: mistakes, names, and the ways around the resource."""

from __future__ import annotations

from engine.harness import APPLICATION, ROLE, Stack

HEAD = f"""
import datetime
import pulumi
from pulumi_emr_serverless import JobRun, spark_submit

OF = dict(application_id={APPLICATION!r}, execution_role_arn={ROLE!r})
DRIVER = spark_submit("s3://orchard/press.py")
"""


def test_all_mistakes_are_told_at_once_and_nothing_starts(stack: Stack) -> None:
    """The engine stops at the first resource that is refused, and starts the others' runs meanwhile."""
    failed = stack.up(
        text=f"""{HEAD}
JobRun("good", job_driver=DRIVER, **OF)
JobRun("rule", job_driver=DRIVER, mode="X", **OF)
JobRun("kind", job_driver=DRIVER, triggers=[datetime.date(2026, 1, 31)], **OF)
JobRun("spark", job_driver=spark_submit("s3://b/x.py", executor_memory="8"), **OF)
JobRun("text", job_driver=DRIVER, name=f"of-{{pulumi.Output.from_input('x')}}", **OF)
""",
        expect=None,
    )
    assert failed.code != 0
    for words in (
        "rule: mode: 'X' must be BATCH or STREAMING",
        "kind: triggers[0]: datetime.date(2026, 1, 31) is of the Python type datetime.date",
        "spark: job_driver: executor_memory: ",
        "text: name: has the text of an Output",
    ):
        assert words in failed.output
    assert "Traceback" not in failed.output
    assert not stack.runs()


def test_what_a_transform_mends_is_no_mistake(stack: Stack) -> None:
    """A stack may give all of its jobs a role: the program alone cannot tell that one is missing."""
    stack.up(
        text=f"""{HEAD}
def with_role(args):
    if args.type_.endswith(":JobRun"):
        return pulumi.ResourceTransformResult({{**args.props, "executionRoleArn": {ROLE!r}}}, args.opts)

pulumi.runtime.register_resource_transform(with_role)
JobRun("press", application_id={APPLICATION!r}, job_driver=DRIVER)
"""
    )
    assert stack.alive() == [stack.run_id()]


def test_a_run_has_its_resources_name(stack: Stack) -> None:
    """Shown in the plan, and at AWS: consoles, alarms and `emrs orphans` tell runs apart by it."""
    assert "name" in stack.preview("--diff").output
    stack.up()
    assert stack.runs()[-1].name == "nightly"
    stack.up("--expect-no-changes")


def test_the_companion_alone_is_excluded(stack: Stack) -> None:
    """It was a KeyError; without its companion a run must not start."""
    companion = stack.urn(type_="pulumi-python:dynamic/emrserverless:LaunchToken")
    failed = stack.up("--exclude", companion, expect=None)
    assert failed.code != 0
    assert "--exclude must leave out both or neither: `--exclude '**nightly'`" in failed.output
    assert "Traceback" not in failed.output
    assert not stack.runs()
