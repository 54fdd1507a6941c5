"""What the check takes from the stack: default tags, region, endpoint; and the tags of a run that has ended."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi.runtime import rpc

from engineless import EnginelessStack, inputs, new_process
from pulumi_emr_serverless import provider
from pulumi_emr_serverless.errors import AwsError
from pulumi_emr_serverless.launching.tags import without_own


def tags_of_the_run(stack: EnginelessStack) -> dict[str, str]:
    (run,) = stack.runs()
    return without_own(dict(run.tags))


def test_default_tags_are_on_each_run_and_change_in_place(stack: EnginelessStack) -> None:
    """As with pulumi-aws: the resource's own win, and a changed default starts nothing."""
    stack.config["aws:defaultTags"] = '{"tags": {"team": "data", "env": "dev"}}'
    stack.up(inputs(tags={"env": "prod"}))
    assert tags_of_the_run(stack) == {"team": "data", "env": "prod"}
    stack.config["aws:defaultTags"] = '{"tags": {"team": "etl", "cost": "7"}}'
    stack.up(inputs(tags={"env": "prod"}))
    assert tags_of_the_run(stack) == {"team": "etl", "cost": "7", "env": "prod"}
    assert stack.job is not None
    assert stack.job.outputs["tags"] == tags_of_the_run(stack)
    del stack.config["aws:defaultTags"]
    stack.up(inputs())
    assert tags_of_the_run(stack) == {}
    stack.assert_settled(1)


def test_a_refresh_sees_no_drift_in_default_tags(stack: EnginelessStack) -> None:
    """What is compared is what was declared with them."""
    stack.config["aws:defaultTags"] = '{"tags": {"team": "data"}}'
    stack.up(inputs())
    calls = len(stack.server.control.calls("TagResource"))
    stack.refresh()
    stack.up(inputs())
    assert len(stack.server.control.calls("TagResource")) == calls


def checked(config: dict[str, str], **more: Any) -> Any:
    with new_process(config):
        return provider.JobRunProvider().check({}, inputs(**more))


def test_tags_that_are_not_known_yet_stay_so() -> None:
    """A preview must not claim to know them."""
    found = checked({"aws:defaultTags": '{"tags": {"team": "data"}}'}, tags=rpc.UNKNOWN)
    assert found.inputs["tags"] == rpc.UNKNOWN
    assert not found.failures


def test_default_tags_are_checked_with_the_others() -> None:
    """They count towards AWS's limits, and a configuration that is wrong is a failure of the check, not a traceback."""
    (tags,) = checked({"aws:defaultTags": '{"tags": {"aws:team": "data"}}'}).failures
    assert "aws:team" in tags.reason
    (wrong,) = checked({"aws:defaultTags": '{"team": "data"}'}).failures
    assert "aws:defaultTags.team" in wrong.reason


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"aws:region": "eu west 1"}, "the configured region: 'eu west 1'"),
        ({"emrServerless:endpoint": "localhost:4577"}, "the configured endpoint: "),
        ({"aws:assumeRoles": "[{}]"}, "has no roleArn"),
    ],
)
def test_a_configuration_that_is_wrong_fails_before_a_run_is_ended(config: dict[str, str], words: str) -> None:
    """Else a replacement cancels the old run, and cannot start the new one."""
    (failure,) = checked(config).failures
    assert words in failure.reason
    assert not checked(config, region="eu-west-1", endpoint="http://x").failures or "assumeRoles" in str(config)


def test_tags_of_a_run_that_has_ended(stack: EnginelessStack, capfd: pytest.CaptureFixture[str]) -> None:
    """Whether AWS takes them is not documented; if it does not, an `up` must not fail for ever."""
    stack.server.control.set_options(tag_terminal_runs="denied")
    stack.up(inputs(tags={"a": "1"}))
    stack.server.control.settle(stack.run_id(), "SUCCESS")
    stack.up(inputs(tags={"a": "2"}))
    assert "has ended; its tags are changed in the state only" in capfd.readouterr().err
    assert stack.job is not None
    assert stack.job.outputs["tags"] == {"a": "2"}
    assert tags_of_the_run(stack) == {"a": "1"}
    assert len(stack.runs()) == 1


def test_tags_that_may_not_be_changed_are_an_error_also_after_the_end(stack: EnginelessStack) -> None:
    """A missing permission is to be seen, whatever the run does."""
    stack.server.control.set_options(tagging="denied")
    stack.up(inputs(tags={"a": "1"}))
    stack.server.control.settle(stack.run_id(), "SUCCESS")
    with pytest.raises(AwsError, match="emr-serverless:TagResource"):
        stack.up(inputs(tags={"a": "2"}))
