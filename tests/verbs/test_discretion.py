"""What a verb knows to be secret is in nothing that it says, raises or returns in the clear."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from pulumi.runtime import rpc

from engineless import inputs, new_process, stack_on
from fakes import NOW
from pulumi_emr_serverless import provider, request
from pulumi_emr_serverless.aws import SETTINGS, connection, default_tags, service_endpoint
from pulumi_emr_serverless.emulator.server import Server, serving
from pulumi_emr_serverless.errors import DefectError
from pulumi_emr_serverless.launching import mint_launch_token
from pulumi_emr_serverless.persisted import LAUNCH_TOKEN, SECRET_SETTINGS, SECRETS
from pulumi_emr_serverless.redaction import Redactor
from pulumi_emr_serverless.verbs.discretion import DiscreetHost

LOG_URI = {
    "monitoringConfiguration": {"s3MonitoringConfiguration": {"logUri": "s3://vault-9/logs/"}},
}
LOG_URI_AT = ["configurationOverrides", "monitoringConfiguration", "s3MonitoringConfiguration", "logUri"]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with serving() as running, stack_on(running, monkeypatch):
        yield running


def declared(*secrets: list[Any], **changes: Any) -> dict[str, Any]:
    """A job's inputs, as the engine hands them over: in the clear, with the places of what is secret."""
    return {**inputs(**changes), LAUNCH_TOKEN: mint_launch_token(NOW), SECRETS: list(secrets)}


def created(news: dict[str, Any]) -> dict[str, Any]:
    """The outputs of a run that is started with these inputs."""
    checked = provider.JobRunProvider().check({}, news)
    assert not checked.failures
    return provider.JobRunProvider().create(checked.inputs).outs or {}


def clear(value: Any) -> Any:
    """Outputs as the engine hands them back: without marks."""
    if rpc.is_rpc_secret(value):
        return clear(value["value"])
    return {key: clear(item) for key, item in value.items()} if isinstance(value, Mapping) else value


def test_what_is_made_of_a_secret_is_marked_and_nothing_else(server: Server) -> None:
    """Whoever hides the place of the logs still wants to see the run's ARN."""
    with new_process({}):
        outputs = created(declared(LOG_URI_AT, configurationOverrides=LOG_URI))
    assert rpc.is_rpc_secret(outputs["logs"]["s3Prefix"])
    assert clear(outputs)["logs"]["s3Prefix"].startswith("s3://vault-9/logs/applications/")
    assert {name for name, value in outputs.items() if "vault-9" in json.dumps(value)} == {
        "logs",
        "configurationOverrides",
    }
    assert outputs["arn"].startswith("arn:")
    assert server.control.runs()


def test_a_value_that_becomes_secret_is_an_update_that_changes_no_run(server: Server) -> None:
    """The engine keeps the outputs of what has not changed, and with them the text in the clear."""
    job, news = provider.JobRunProvider(), declared(configurationOverrides=LOG_URI)
    with new_process({}):
        outputs = clear(created(news))
        calls = len(server.control.calls())
        same = job.diff(f"{outputs['applicationId']}/{outputs['jobRunId']}", outputs, news)
        assert not same.changes
        news = {**news, SECRETS: [LOG_URI_AT]}
        change = job.diff(f"{outputs['applicationId']}/{outputs['jobRunId']}", outputs, news)
        assert (change.changes, change.replaces) == (True, [])
        updated = job.update(f"{outputs['applicationId']}/{outputs['jobRunId']}", outputs, news).outs or {}
    assert rpc.is_rpc_secret(updated["logs"]["s3Prefix"])
    assert {call.operation for call in server.control.calls()[calls:]} <= {"GetJobRun", "ListJobRuns"}


def test_a_bug_shows_its_traceback_without_the_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes to a log of CI like any other error, and its message may be any value."""

    def broken(properties: Mapping[str, Any], **_: Any) -> None:
        raise KeyError(properties["name"])

    monkeypatch.setattr(request, "violations", broken)
    with new_process({}), pytest.raises(DefectError, match="Traceback") as raised:
        provider.JobRunProvider().check({}, declared(["name"], name="hunter2"))
    assert "KeyError: '[secret]'" in str(raised.value)
    assert "hunter2" not in str(raised.value)


class Heard:
    """A host that keeps what it is told."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def setting(self, _key: str) -> Any:
        return None

    def say(self, line: str) -> None:
        self.lines.append(line)

    warn = progress = say

    def require_engine(self) -> None:
        return


def test_a_thread_of_no_verb_keeps_the_secrets_of_all() -> None:
    """A verb may look around on several threads, and whose secret a line there could repeat is not known."""
    heard = Heard()
    host = DiscreetHost(heard)
    with host.keeping(Redactor(["hunter2"])):
        host.say("hunter2, hunter3")
    with host.keeping(Redactor(["hunter3"])):
        thread = threading.Thread(target=host.warn, args=("hunter2, hunter3, hunter4",))
        thread.start()
        thread.join()
    assert heard.lines == ["[secret], hunter3", "[secret], [secret], hunter4"]


WRONG_SETTINGS = [
    ("aws:region", "hunter2", "region: '"),
    ("emrServerless:region", "hunter2", "region: '"),
    ("emrServerless:endpoint", "hunter2", "the configured endpoint: "),
    ("aws:endpoints", "hunter2", "aws:endpoints: '"),
    ("aws:assumeRoles", "hunter2", "aws:assumeRoles: '"),
    ("aws:assumeRole", "[hunter2", "aws:assumeRole: '"),
    ("aws:assumeRoles", '[{"roleArn": "arn:r", "durationSeconds": "hunter2"}]', "durationSeconds: '"),
    ("aws:defaultTags", "hunter2", "aws:defaultTags: '"),
    ("aws:defaultTags", '{"tags": {"hunter2": 7}}', "aws:defaultTags.tags."),
    ("aws:defaultTags", '{"hunter2": "x"}', "aws:defaultTags."),
    ("aws:insecure", "hunter2", "emrServerless:insecure: '"),
    ("emrServerless:skipRequestSigning", "hunter2", "skipRequestSigning: '"),
    ("emrServerless:connectTimeoutSeconds", "hunter2", "emrServerless:connectTimeoutSeconds: '"),
    ("emrServerless:readTimeoutSeconds", "hunter2", "emrServerless:readTimeoutSeconds: '"),
]


@pytest.mark.parametrize(
    ("key", "value", "words"), WRONG_SETTINGS, ids=[f"{row[0]} {row[1]}" for row in WRONG_SETTINGS]
)
def test_a_secret_setting_that_is_wrong_is_named_and_not_shown(key: str, value: str, words: str) -> None:
    """`pulumi config set --secret` is a promise too, and what is malformed is often the secret of another place."""
    with new_process({key: value}):
        (failure,) = provider.JobRunProvider().check({}, {**declared(), SECRET_SETTINGS: [key]}).failures
    assert words.rstrip("'") in failure.reason
    assert "hunter2" not in failure.reason


def test_a_plain_setting_that_is_wrong_is_shown() -> None:
    """Whoever misspells a region wants to see it."""
    with new_process({"aws:region": "hunter2"}):
        (failure,) = provider.JobRunProvider().check({}, declared()).failures
    assert "'hunter2'" in failure.reason


def test_every_setting_that_is_read_can_be_known_to_be_secret() -> None:
    """A key that is missing in the list would be shown, whatever its owner has said."""
    read = set[str]()

    def get(key: str) -> None:
        read.add(key)

    connection(get, {})
    default_tags(get)
    service_endpoint(get, "s3")
    assert read == set(SETTINGS)
    assert len(SETTINGS) == len(set(SETTINGS))


def test_secret_default_tags_make_all_tags_of_a_run_secret(server: Server) -> None:
    """The engine cannot know: what the configuration adds comes from the provider, and its keys are secret as well."""
    config = {"aws:defaultTags": '{"tags": {"hunter2": "hunter3"}}'}
    with new_process(config):
        news = {**declared(tags={"own": "public"}), SECRET_SETTINGS: ["aws:defaultTags"]}
        checked = provider.JobRunProvider().check({}, news).inputs
        assert rpc.is_rpc_secret(checked["tags"])
        assert checked[SECRETS] == [["tags"]]
        outputs = provider.JobRunProvider().create(clear(checked)).outs or {}
    assert clear(outputs["tags"]) == {"own": "public", "hunter2": "hunter3"}
    assert server.control.runs()[0].tags["hunter2"] == "hunter3"
