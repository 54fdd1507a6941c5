"""One job under several Python classes and URNs: it stays one resource with one run."""

from __future__ import annotations

import pytest

from engine.harness import APPLICATION, ROLE, Stack, program

HEAD = f"""
from typing import Generic, TypeVar
import pulumi
from pulumi_emr_serverless import JobRun, spark_submit

OF = dict(application_id={APPLICATION!r}, execution_role_arn={ROLE!r})
DRIVER = spark_submit("s3://orchard/press.py", arguments=["2026-01-31"])

class Press(JobRun):
    def __init__(self, name, opts=None):
        super().__init__(name, opts, job_driver=DRIVER, **OF)

T = TypeVar("T")
class Machine(JobRun, Generic[T]):
    pass
"""


def test_a_job_moves_into_a_subclass(stack: Stack) -> None:
    """Its URN, and with it its run, is the same: it cancelled the run and started none, and `emrs` did not know it."""
    stack.up(text=f'{HEAD}JobRun("press", job_driver=DRIVER, **OF)')
    stack.up("--expect-no-changes", text=f'{HEAD}Press("press")')
    assert stack.run_id() in stack.emrs("describe", "press").output
    stack.up("--expect-no-changes", text=f'{HEAD}Machine[int]("press", job_driver=DRIVER, **OF)')
    assert stack.alive() == [stack.run_id()]


def test_a_job_moves_into_a_component(stack: Stack) -> None:
    """With an alias for its old place, as for any resource."""
    stack.up(text=f'{HEAD}Press("press")')
    run = stack.run_id()
    stack.up(
        text=f"""{HEAD}
class House(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("test:index:House", name)
        moved = pulumi.Alias(parent=pulumi.ROOT_STACK_RESOURCE)
        self.press = Press("press", pulumi.ResourceOptions(parent=self, aliases=[moved]))

House("house")
"""
    )
    assert stack.alive() == [stack.run_id()] == [run]
    assert len(stack.runs()) == 1


@pytest.mark.parametrize("killed", [False, True])
def test_a_run_that_another_resource_takes_over_is_not_ended(stack: Stack, killed: bool) -> None:
    """Where the companion alone has an alias, the new job finds the old one's run. Deleting the old one must not cancel it:
    the update ended with exit code 0 and a state whose run it had cancelled."""
    stack.up()
    renamed = f"""
import pulumi

def companion_alone(args):
    if "LaunchToken" in args.type_:
        args.opts.aliases = [pulumi.Alias(name="nightly")]
        return pulumi.ResourceTransformResult(args.props, args.opts)

pulumi.runtime.register_resource_transform(companion_alone)
{program().replace('"nightly"', '"daily"')}
"""
    if killed:
        stack.killed_up("delete.called", text=renamed)
    stack.up(text=renamed)
    assert stack.alive() == [stack.run_id()]
    stack.up("--expect-no-changes")
