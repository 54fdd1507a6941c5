"""Where and as whom AWS is called: the order of precedence, and what is wrong said before anything is called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from pulumi_emr_serverless.aws import SETTINGS, EmrServerless, unknown_settings
from pulumi_emr_serverless.aws.configuration import AssumeRole, Connection, connection, default_tags
from pulumi_emr_serverless.errors import InvalidConfigurationError


def connected(config: Mapping[str, Any], properties: Mapping[str, Any] | None = None, **more: Any) -> Connection:
    return connection(dict(config).get, properties or {}, **more)


@pytest.fixture(autouse=True)
def _no_region_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION", raising=False)


@pytest.mark.parametrize(
    ("config", "properties", "expected"),
    [
        pytest.param({}, {}, None, id="nothing said: boto3 decides"),
        pytest.param({"aws:region": "eu-west-1"}, {}, "eu-west-1", id="the stack's aws: configuration"),
        pytest.param(
            {"aws:region": "eu-west-1", "emrServerless:region": "us-east-1"}, {}, "us-east-1", id="ours before aws:"
        ),
        pytest.param({"emrServerless:region": "us-east-1"}, {"region": "eu-west-3"}, "eu-west-3", id="resource first"),
    ],
)
def test_region(config: Mapping[str, Any], properties: Mapping[str, Any], expected: str | None) -> None:
    """The nearer word wins."""
    assert connected(config, properties).region == expected


@pytest.mark.parametrize(
    ("config", "missing"),
    [
        ({"aws:secretKey": "k"}, "aws:accessKey: must"),
        ({"emrServerless:accessKey": "k", "aws:token": "t"}, "aws:secretKey: must"),
        ({"aws:token": "t"}, "aws:accessKey and aws:secretKey: must"),
        ({"aws:accessKey": "", "aws:secretKey": "k"}, "aws:accessKey: must"),
    ],
    ids=["a secret key alone", "an access key alone", "a token alone", "an empty one"],
)
def test_half_a_key_is_refused(config: Mapping[str, Any], missing: str) -> None:
    """boto3 signs with it, which ends in a TypeError."""
    with pytest.raises(InvalidConfigurationError, match=missing):
        connected(config)
    assert connected({"aws:accessKey": "a", "emrServerless:secretKey": "k"}).secret_key == "k"


def test_aws_region_of_the_environment_comes_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """The AWS CLI and pulumi-aws know AWS_REGION; boto3 by itself does not."""
    monkeypatch.setenv("AWS_REGION", "eu-north-1")
    assert connected({}).region == "eu-north-1"
    assert connected({"aws:region": "eu-west-1"}).region == "eu-west-1"


def test_a_started_run_is_where_it_is() -> None:
    """Reading or cancelling a run follows its ARN, whatever the configuration has become."""
    assert connected({"aws:region": "eu-west-1"}, {"region": "x"}, region="us-east-1").region == "us-east-1"


@pytest.mark.parametrize("key", ["emrserverless", "emr-serverless", "emrServerless"])
def test_endpoints_as_pulumi_aws_has_them(key: str) -> None:
    """A list of objects, as JSON text: that is how the engine delivers a structured value."""
    text = f'[{{"s3": "http://s3"}}, {{"{key}": "http://emr"}}]'
    assert connected({"aws:endpoints": text}).endpoint == "http://emr"
    assert connected({"aws:endpoints": text, "emrServerless:endpoint": "http://ours"}).endpoint == "http://ours"
    assert connected({"aws:endpoints": text}, {"endpoint": "http://mine"}).endpoint == "http://mine"


def test_roles_are_assumed_in_order() -> None:
    """`aws:assumeRoles` is a chain; the older `aws:assumeRole` is one link."""
    many = '[{"roleArn": "arn:a", "sessionName": "s", "durationSeconds": 900}, {"roleArn": "arn:b", "externalId": "x"}]'
    assert connected({"aws:assumeRoles": many}).assume_roles == (
        AssumeRole("arn:a", "s", None, 900),
        AssumeRole("arn:b", "pulumi-emr-serverless", "x"),
    )
    assert connected({"aws:assumeRole": '{"roleArn": "arn:a"}'}).assume_roles == (AssumeRole("arn:a"),)


@pytest.mark.parametrize(
    ("config", "fragment"),
    [
        ({"aws:assumeRoles": "[{}]"}, "has no roleArn"),
        ({"aws:assumeRoles": '{"roleArn": "x"}'}, "must be a list"),
        ({"aws:endpoints": "{nonsense"}, "is not JSON"),
        ({"aws:assumeRoles": '["arn:aws:iam::1:role/x"]'}, r"aws:assumeRoles\[0\]: must be an object, not str"),
        ({"aws:endpoints": '["http://x"]'}, r"aws:endpoints\[0\]: must be an object"),
        ({"aws:assumeRoles": '[{"roleArn": "arn:a", "durationSeconds": "1h"}]'}, "durationSeconds: '1h' must be"),
        ({"emrServerless:insecure": "perhaps"}, "must be true or false"),
        ({"emrServerless:readTimeoutSeconds": "nan"}, "a number of seconds"),
        ({"emrServerless:readTimeoutSeconds": "soon"}, "a number of seconds"),
        ({"emrServerless:connectTimeoutSeconds": "0"}, "a number of seconds"),
    ],
)
def test_what_cannot_be_used_is_said(config: Mapping[str, Any], fragment: str) -> None:
    """One message that names the key and what it should be."""
    with pytest.raises(InvalidConfigurationError, match=fragment):
        connected(config)


@pytest.mark.parametrize(
    ("config", "tags"),
    [
        ({}, {}),
        ({"aws:defaultTags": '{"tags": {"team": "data"}}'}, {"team": "data"}),
        ({"aws:defaultTags": '{"tags": {"a": "1"}}', "emrServerless:defaultTags": {"tags": {"b": "2"}}}, {"b": "2"}),
        ({"aws:defaultTags": "{}"}, {}),
    ],
)
def test_default_tags_are_spelt_as_pulumi_aws_spells_them(config: Mapping[str, Any], tags: Mapping[str, str]) -> None:
    """A stack that has them for its other resources gets them for its runs."""
    assert default_tags(config.get) == tags


@pytest.mark.parametrize(
    ("value", "fragment"),
    [
        ('{"team": "data"}', r"aws:defaultTags\.team: .* aws:defaultTags\.tags\.team"),
        ('{"tags": {"year": 2026}}', r"aws:defaultTags\.tags\.year: 2026 must be text"),
        ('{"tags": []}', r"aws:defaultTags\.tags: must be a dict"),
        ("team=data", "is not JSON"),
    ],
)
def test_default_tags_that_cannot_be_used_are_said(value: str, fragment: str) -> None:
    """Else they would silently be missing, or fail in AWS."""
    with pytest.raises(InvalidConfigurationError, match=fragment):
        default_tags({"aws:defaultTags": value}.get)


@pytest.mark.parametrize(("region", "endpoint"), [("eu west 1", None), ("eu-west-1", "localhost:4577")])
def test_a_place_that_is_none_is_said(region: str, endpoint: str | None) -> None:
    """botocore raises whatever it likes; a person reads one message with the value."""
    with pytest.raises(InvalidConfigurationError, match=endpoint or region):
        EmrServerless(Connection(region=region, endpoint=endpoint))


def test_credentials_are_not_shown() -> None:
    """A connection ends up in messages and logs of a debugger; its keys must not."""
    shown = repr(connected({"aws:accessKey": "AKIA", "aws:secretKey": "hush", "aws:token": "hush-too"}))
    assert "AKIA" not in shown
    assert "hush" not in shown


def test_the_global_options_of_the_aws_cli() -> None:
    """--no-verify-ssl, --ca-bundle, --no-sign-request and the timeouts have their place."""
    found = connected(
        {
            "aws:insecure": "true",
            "emrServerless:caBundle": "ca.pem",
            "emrServerless:skipRequestSigning": "true",
            "emrServerless:readTimeoutSeconds": "5",
            "emrServerless:connectTimeoutSeconds": "2.5",
        }
    )
    assert (found.insecure, found.ca_bundle, found.skip_signing) == (True, "ca.pem", True)
    assert (found.read_timeout_seconds, found.connect_timeout_seconds) == (5.0, 2.5)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("emrServerless:regoin", "Did you mean emrServerless:region?"),
        ("emrServerless:endpoints", "Did you mean emrServerless:endpoint?"),
        ("emrServerless:acessKey", "Did you mean emrServerless:accessKey?"),
        ("emrServerless:xyz", "There are accessKey, "),
    ],
)
def test_a_key_that_nobody_reads(key: str, words: str) -> None:
    """What was meant by it would be looked for elsewhere."""
    (message,) = unknown_settings(
        [key, "emrServerless:prices", "aws:regoin", "my:xyz", *SETTINGS], ["emrServerless:prices"]
    )
    assert message.startswith(f"{key}: is no setting of this package.")
    assert words in message
