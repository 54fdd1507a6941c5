"""What no second try mends ends at once, and names the setting it comes from; what may pass is tried again."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import SSLError

from engineless import without_waiting
from pulumi_emr_serverless.aws import Connection, EmrServerless, connection, reachability, regions
from pulumi_emr_serverless.emulator.server import serving
from pulumi_emr_serverless.emulator.world import DEFAULT_APPLICATION_ID as APPLICATION
from pulumi_emr_serverless.errors import (
    AwsError,
    AwsUnavailableError,
    InvalidConfigurationError,
    RunNotFoundError,
    UnreachableError,
)

REMOTE = "emr.acme.test"
"""A name that only the resolver of these tests knows: this machine, but not by a name that says so."""


@dataclass
class Resolver:
    """A machine's: it knows this machine, ``REMOTE``, and nothing else. ``faults`` are answered first."""

    real: Callable[..., Any]
    faults: list[int]
    silent: bool = False

    def __call__(self, host: str | None, port: Any, *more: Any, **named: Any) -> Any:
        if self.faults:
            raise socket.gaierror(self.faults.pop(0), "as the test says")
        if host in ("127.0.0.1", "localhost", None, REMOTE):
            return self.real("127.0.0.1", port, *more, **named)
        raise socket.gaierror(socket.EAI_AGAIN if self.silent else socket.EAI_NONAME, "as the test says")


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Resolver:
    made = Resolver(socket.getaddrinfo, [])
    monkeypatch.setattr(socket, "getaddrinfo", made)
    return made


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> list[float]:
    """An environment with credentials and nothing else; what botocore would sleep between two tries."""
    for name in (
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "AWS_PROFILE",
        "AWS_ENDPOINT_URL",
        "AWS_ENDPOINT_URL_EMR_SERVERLESS",
    ):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    (tmp_path / "config").write_text(
        "[profile typo]\nregion = eu-wset-1\naws_access_key_id = a\naws_secret_access_key = b\n"
        "[profile dead]\nregion = eu-west-1\naws_access_key_id = a\naws_secret_access_key = b\n"
        "endpoint_url = http://localhost:1\n"
    )
    slept: list[float] = []
    without_waiting(monkeypatch, slept.append)
    return slept


@pytest.fixture(scope="module")
def closed() -> str:
    """The address of a port of this machine where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return f"127.0.0.1:{taken.getsockname()[1]}"


def aws(config: Mapping[str, Any], properties: Mapping[str, Any] | None = None) -> EmrServerless:
    return EmrServerless(connection(dict(config).get, properties or {}))


def failure(config: Mapping[str, Any], properties: Mapping[str, Any] | None = None) -> AwsError:
    with pytest.raises(AwsError) as caught:
        aws(config, properties).get(APPLICATION, "00run")
    return caught.value


@pytest.mark.parametrize(
    ("config", "properties", "environment", "words"),
    [
        pytest.param(
            {"emrServerless:endpoint": "http://{closed}", "aws:region": "us-east-1"}, {}, {},
            ["nothing listens on http://{closed} (emrServerless:endpoint)", "Is `emrs local` running?"],
            id="the emulator is not running",
        ),
        pytest.param(
            {"aws:endpoints": '[{"emrserverless": "http://user:password@{closed}"}]', "aws:region": "us-east-1"}, {}, {},
            ["nothing listens on http://{closed} (aws:endpoints)", "correct aws:endpoints"],
            id="another setting, and nobody's password",
        ),
        pytest.param(
            {"aws:region": "us-east-1"}, {"endpoint": "http://{closed}"}, {},
            ["nothing listens on http://{closed} (endpoint of the JobRun)"],
            id="the resource's own endpoint",
        ),
        pytest.param(
            {"aws:region": "us-east-1"}, {}, {"AWS_ENDPOINT_URL": "http://{closed}/"},
            ["nothing listens on http://{closed} (AWS_ENDPOINT_URL of the environment)"],
            id="the environment that emrs local printed, in another shell",
        ),
        pytest.param(
            {"aws:region": "us-east-1"}, {}, {"AWS_ENDPOINT_URL_EMR_SERVERLESS": "http://{closed}"},
            ["(AWS_ENDPOINT_URL_EMR_SERVERLESS of the environment)"],
            id="the environment, for this service",
        ),
        pytest.param(
            {"aws:profile": "dead"}, {}, {}, ["nothing listens on http://localhost:1 (endpoint_url of the AWS profile dead)"],
            id="a profile's endpoint_url",
        ),
        pytest.param(
            {"aws:region": "eu-wset-1"}, {}, {},
            ["'eu-wset-1', from aws:region, is no known region", "Did you mean eu-west-1?"],
            id="a typo in the region",
        ),
        pytest.param(
            {"aws:region": "us-east-1"}, {"region": "us-esat-1"}, {},
            ["'us-esat-1', from region of the JobRun, is no known region", "Did you mean us-east-1?"],
            id="the resource's own region; of two near ones that of the same letters",
        ),
        pytest.param(
            {}, {}, {"AWS_REGION": "moon-west-1"}, ["'moon-west-1', from AWS_REGION, is no known region"],
            id="AWS_REGION",
        ),
        pytest.param(
            {}, {}, {"AWS_DEFAULT_REGION": "eu-wset-1"}, ["'eu-wset-1', from AWS_DEFAULT_REGION,"],
            id="the region that boto3 finds",
        ),
        pytest.param(
            {"emrServerless:profile": "typo"}, {}, {}, ["'eu-wset-1', from the AWS profile typo,", "eu-west-1"],
            id="a profile's region",
        ),
        pytest.param(
            {"aws:region": "eu-west-1"}, {}, {},
            ["emr-serverless.eu-west-1.amazonaws.com does not resolve (region eu-west-1, from aws:region)", "HTTPS_PROXY"],
            id="a region that there is: the network is wrong",
        ),
        pytest.param(
            {"aws:region": "eu-west-1", "emrServerless:endpoint": "http://locahost:4577"}, {}, {},
            ["there is no host 'locahost': its name, in emrServerless:endpoint, does not resolve"],
            id="a typo in the endpoint's host",
        ),
        pytest.param(
            {"aws:region": "eu-west-1"}, {}, {"HTTPS_PROXY": "http://me:password@{closed}"},
            ["the proxy {closed} of the environment does not listen", "HTTPS_PROXY"],
            id="a proxy on this machine that is not running",
        ),
        pytest.param(
            {"aws:region": "eu-west-1"}, {}, {"HTTPS_PROXY": "http://proxy.acme.test:3128"},
            ["the proxy proxy.acme.test:3128 of the environment does not exist"],
            id="a proxy that there is not",
        ),
    ],
)  # fmt: skip
def test_what_cannot_pass_is_said_at_once(
    *,
    resolver: Resolver,
    closed: str,
    pauses: list[float],
    monkeypatch: pytest.MonkeyPatch,
    config: Mapping[str, str],
    properties: Mapping[str, str],
    environment: Mapping[str, str],
    words: Sequence[str],
) -> None:
    """Forty seconds of silence, and then botocore's words, helped nobody to the setting that is wrong."""

    def filled(values: Mapping[str, str]) -> dict[str, str]:
        return {name: value.replace("{closed}", closed) for name, value in values.items()}

    for name, value in filled(environment).items():
        monkeypatch.setenv(name, value)
    error = failure(filled(config), filled(properties))
    assert isinstance(error, UnreachableError)
    for each in words:
        assert each.replace("{closed}", closed) in str(error)
    assert "password" not in str(error)
    assert pauses == []
    assert resolver.faults == []


def test_a_region_that_is_not_known_ends_even_where_the_name_server_is_silent(resolver: Resolver) -> None:
    """Without a network every name may exist, a misspelt region least of all."""
    resolver.silent = True
    assert isinstance(failure({"aws:region": "eu-wset-1"}), UnreachableError)


@pytest.mark.parametrize(
    ("region", "words"),
    [
        pytest.param("eu-west-1", None, id="it is there"),
        pytest.param("eu-north-9", "has no EMR Serverless", id="AWS has the region, without the service"),
        pytest.param("eu-wset-1", "Did you mean eu-west-1?", id="two letters exchanged"),
        pytest.param("EU-WEST-1", "Did you mean eu-west-1?", id="in capitals"),
        pytest.param("us-esat-1", "Did you mean us-east-1?", id="of two near ones that of the same letters"),
        pytest.param("frankfurt", "A region is like eu-west-1.", id="a place"),
    ],
)
def test_advice_on_a_region(monkeypatch: pytest.MonkeyPatch, region: str, words: str | None) -> None:
    """The nearest name helps; a wrong one, where the region exists without the service, does not."""
    with_service = frozenset({"eu-west-1", "us-east-1", "us-west-1"})
    lists = {"emr-serverless": with_service, "ec2": with_service | {"eu-north-9"}}
    monkeypatch.setattr(regions, "_known", lists.__getitem__)
    advice = regions.advice_on(region)
    assert words in " ".join(advice or ()) if words else advice is None


@contextmanager
def remote(port_of: str) -> Iterator[dict[str, str]]:
    yield {"emrServerless:endpoint": f"http://{REMOTE}:{port_of.rpartition(':')[2]}", "aws:region": "us-east-1"}


def test_a_name_server_that_is_silent_for_a_moment_fails_nothing(resolver: Resolver, pauses: list[float]) -> None:
    """A laptop that wakes up, a container that starts: the next try finds the name."""
    with serving() as server, remote(server.endpoint) as config:
        resolver.faults[:] = [socket.EAI_AGAIN] * 3
        assert isinstance(failure(config), RunNotFoundError)
    assert len(pauses) == 3


def test_a_name_that_was_there_is_looked_for_again(resolver: Resolver, pauses: list[float]) -> None:
    """An endpoint that has answered exists, whatever the resolver of a changed network says for a while."""
    with serving() as server, remote(server.endpoint) as config:
        emr = aws(config)
        for faults in (0, 2):
            resolver.faults[:] = [socket.EAI_NONAME] * faults
            with pytest.raises(RunNotFoundError):
                emr.get(APPLICATION, "00run")
            vars(emr._client)["_endpoint"].http_session.close()  # else it keeps its connection, and looks up nothing
        assert len(pauses) == 2


def test_a_refused_connection_elsewhere_is_tried_again(closed: str, resolver: Resolver, pauses: list[float]) -> None:
    """A load balancer that is being deployed: AWS's own hosts and those in front of it come back."""
    del resolver
    with remote(closed) as config:
        error = failure(config)
    assert isinstance(error, AwsUnavailableError)
    assert not isinstance(error, UnreachableError)
    assert len(pauses) > 5


class Page(BaseHTTPRequestHandler):
    """Some other server, with the same page for everything."""

    status, body, kind = 200, b"", "text/html"

    def do_GET(self) -> None:
        type(self).asked += 1
        self.send_response(self.status)
        self.send_header("Content-Type", self.kind)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    asked = 0

    def log_message(self, *_: Any) -> None:
        """Nothing: the test's output is not a server's."""


@contextmanager
def page(status: int, body: str) -> Iterator[tuple[dict[str, str], type[Page]]]:
    handler = type("Served", (Page,), {"status": status, "body": body.encode(), "asked": 0})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            endpoint = f"http://127.0.0.1:{server.server_port}"
            yield {"emrServerless:endpoint": endpoint, "aws:region": "us-east-1"}, handler
        finally:
            server.shutdown()


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (
            200,
            "<!DOCTYPE html>\n<html><head><title>\n Hotel\tWiFi </title><body>agree</body>",
            "an HTML page ('Hotel WiFi')",
        ),
        (403, "<html><title>Access denied</title>by policy 7</html>", "an HTML page ('Access denied') came"),
        (302, "<html>moved</html>", "an HTML page came in place of AWS's answer, with HTTP status 302"),
        (404, "<?xml version='1.0'?><Error><Code>NoSuchBucket</Code></Error>", "an XML document came"),
        (400, "\N{ZERO WIDTH NO-BREAK SPACE}  <html>plain HTTP to an HTTPS port</html>", "with HTTP status 400"),
    ],
    ids=["a sign-in page", "a proxy's policy", "a redirection", "an S3 server", "an HTTPS port"],
)
def test_a_page_in_place_of_an_answer_is_one_sentence(pauses: list[float], status: int, body: str, words: str) -> None:
    """The whole page stood in the error, or "answers were cut off"; neither says that it is not AWS who answers."""
    with page(status, body) as (config, served):
        error = failure(config)
    assert words in str(error)
    assert f"{config['emrServerless:endpoint']} (emrServerless:endpoint)" in str(error)
    assert "policy 7" not in str(error)
    assert "agree" not in str(error)
    assert isinstance(error, UnreachableError)
    assert (served.asked, pauses) == (1, [])


def test_a_page_of_a_load_balancer_is_tried_again(pauses: list[float]) -> None:
    """A 503 in HTML is of AWS's own front: it passes, and in the end the message is as short."""
    with page(503, "<html><title>Service Unavailable</title>" + "x" * 5000 + "</html>") as (config, _):
        error = failure(config)
    assert isinstance(error, AwsUnavailableError)
    assert not isinstance(error, UnreachableError)
    assert str(error).startswith("GetJobRun: 503: Service Unavailable\n")
    assert len(str(error)) < 300
    assert len(pauses) > 5


def test_https_to_a_server_that_speaks_http(pauses: list[float]) -> None:
    """The port is right and the scheme is not: no certificate would help."""
    with page(200, "{}") as (config, _):
        error = failure(
            {**config, "emrServerless:endpoint": config["emrServerless:endpoint"].replace("http:", "https:")}
        )
    assert isinstance(error, UnreachableError)
    assert "does not speak TLS" in str(error)
    assert pauses == []


def test_a_certificate_that_was_good_is_tried_again() -> None:
    """A laptop that joins the network of a hotel in the middle of a wait: what answers there has another one."""
    said = "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: Hostname mismatch"
    found: dict[str, Any] = {"operation": SimpleNamespace(name="GetJobRun"), "response": None}
    found["caught_exception"] = SSLError(endpoint_url="https://aws", error=OSError(said))
    route = reachability._Route(Connection("eu-west-1"), "https://aws", "eu-west-1")
    with pytest.raises(UnreachableError, match="CERTIFICATE_VERIFY_FAILED"):
        route.judge(**found)
    route.answered = True
    route.judge(**found)


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "No such file or directory"), ("", "Is a directory"), ("no certificate", "NO_CERTIFICATE_OR_CRL_FOUND")],
    ids=["no file", "a folder", "another file"],
)
def test_certificates_that_cannot_be_read(tmp_path: Path, pauses: list[float], content: str | None, words: str) -> None:
    """botocore meets the file when it sends, and takes it for a fault of the network."""
    bundle = tmp_path if content == "" else tmp_path / "ca.pem"
    if content:
        bundle.write_text(content)
    with page(200, "{}") as (config, _):
        endpoint = config["emrServerless:endpoint"].replace("http:", "https:")
        error = failure({**config, "emrServerless:endpoint": endpoint, "emrServerless:caBundle": str(bundle)})
    assert isinstance(error, UnreachableError)
    assert words in str(error)
    assert "Set emrServerless:caBundle" in str(error)
    assert pauses == []


@pytest.mark.parametrize("url", ["ftp://host:21", "http://host:99999", "http://me:password@host:0"])
def test_an_endpoint_that_cannot_be_called(url: str) -> None:
    """A port or a scheme that there is not is found when a request is sent, or signed: as a defect."""
    with pytest.raises(InvalidConfigurationError, match="emrServerless:endpoint: ") as caught:
        aws({"emrServerless:endpoint": url, "aws:region": "us-east-1"})
    assert "password" not in str(caught.value)


@pytest.mark.parametrize(
    ("code", "status", "words"),
    [
        ("ExpiredTokenException", 403, "The credentials have expired; sign in again."),
        ("UnrecognizedClientException", 403, "not valid in this region"),
    ],
)
def test_credentials_that_do_not_hold_end_at_once(pauses: list[float], code: str, status: int, words: str) -> None:
    """They will not hold in a minute either."""
    with serving() as server:
        server.control.arm("error", "GetJobRun", status=status, code=code, message="The token", times=0)
        error = failure({"emrServerless:endpoint": server.endpoint, "aws:region": "us-east-1"})
    assert words in str(error)
    assert pauses == []


def test_no_credentials_end_at_once(monkeypatch: pytest.MonkeyPatch, pauses: list[float], closed: str) -> None:
    """Nothing can be sent without; the message says where they are looked for."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    error = failure({"emrServerless:endpoint": f"http://{closed}", "aws:region": "us-east-1"})
    assert "Unable to locate credentials" in str(error)
    assert "aws:profile" in str(error)
    assert pauses == []


def test_a_role_that_cannot_be_assumed_is_not_a_refusal_of_the_call() -> None:
    """ "StartJobRun: AccessDenied" sends people to the wrong policy."""
    with serving() as server:
        config = {
            "emrServerless:endpoint": server.endpoint,
            "aws:region": "us-east-1",
            "aws:assumeRole": '{"roleArn": "arn:aws:iam::123456789012:role/deploy"}',
        }
        emr = aws(config)

        def deny(**_: Any) -> None:
            from botocore.exceptions import ClientError

            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "AssumeRole")

        emr._client.meta.events.register_first("before-sign.emr-serverless", deny)
        with pytest.raises(AwsError, match="AssumeRole: AccessDenied: no") as caught:
            emr.get(APPLICATION, "00run")
    assert "sts:AssumeRole" in str(caught.value)
