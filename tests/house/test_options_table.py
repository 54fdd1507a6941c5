"""docs/options.md, row by row: each option of the AWS CLI's page is said as the page says, and does what it says."""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
import re
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.model import ListShape, MapShape, Shape, StructureShape
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from typer.testing import CliRunner
from werkzeug.serving import make_server

from engineless import EnginelessStack
from model_members import model_paths, start_job_run
from pulumi_emr_serverless import __version__, spark_submit
from pulumi_emr_serverless.aws import EmrServerless, clients, connection
from pulumi_emr_serverless.cli import app
from pulumi_emr_serverless.definitions.commands import import_command
from pulumi_emr_serverless.definitions.files import load_definition
from pulumi_emr_serverless.emulator.emulator import Emulator
from pulumi_emr_serverless.emulator.server import Application, Server, account_of, serving
from pulumi_emr_serverless.emulator.world import Seed, World
from pulumi_emr_serverless.errors import AwsError, EmrServerlessError
from pulumi_emr_serverless.launching.tags import without_own
from pulumi_emr_serverless.program.inputs import to_api
from pulumi_emr_serverless.request import BEHAVIOUR_PROPERTIES

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HERE = Path(__file__).parents[1]
PAGE = (HERE.parent / "docs" / "options.md").read_text("utf-8")
CLI_OPTIONS = (HERE / "start_job_run_options.txt").read_text("utf-8").split()

SPARK, OTHER, HIVE, ABROAD = "00spark", "00f1abcd2efgh30h", "00hive", "00abroad"
BASE = {
    "application_id": SPARK,
    "execution_role_arn": "arn:aws:iam::123456789012:role/job",
    "job_driver": {"spark_submit": {"entry_point": "s3://b/base.py"}},
}


def rows(heading: str) -> dict[str, list[str]]:
    """The table below a heading: the first cell's code, and the other cells."""
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    table = [line.strip("|").split(" | ") for line in section.splitlines() if line.startswith("| `")]
    return {_code(first.strip()): [cell.strip(" |") for cell in rest] for first, *rest in table}


def _code(cell: str) -> str:
    found = re.match(r"`([^`]+)`", cell)
    assert found, f"no code in {cell!r}"
    return found[1]


REQUEST = rows("Options of the request")
FILES = rows("Files and skeletons")
GLOBAL = rows("Global options")
MEMBERS = rows("Members")


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No profile or endpoint of whoever runs the tests."""
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_ENDPOINT_URL", "AWS_CA_BUNDLE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "123456789012")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


@pytest.fixture(scope="module")
def _running() -> Iterator[Server]:
    seeds = (Seed(SPARK), Seed(OTHER), Seed(HIVE, engine="Hive"), Seed(ABROAD, region="eu-west-1"))
    with serving(Emulator(World(seeds=seeds), account_of=account_of)) as running:
        yield running


@pytest.fixture
def server(_running: Server) -> Iterator[Server]:
    """The emulator without the client tokens of the test before."""
    _running.control.reset()
    yield _running
    assert _running.control.health()["violations"] == []


def python(cell: str) -> dict[str, Any]:
    """The keywords that a cell shows, as a program would pass them."""
    found: dict[str, Any] = eval(f"dict({_code(cell)})", {"spark_submit": spark_submit})
    return found


def sent(server: Server, args: Mapping[str, Any], config: Mapping[str, str] | None = None) -> Mapping[str, Any]:
    """What the emulator receives for a job run with these keywords, without this package's own tags."""
    stack = EnginelessStack(server, {"emrServerless:endpoint": server.endpoint, **(config or {})})
    stack.up(to_api({**BASE, **args}))
    received = dict(server.control.calls("StartJobRun")[-1].input)
    received["tags"] = without_own(received["tags"])
    return {name: value for name, value in received.items() if value != {}}


def test_the_page_has_each_option_of_the_aws_cli_once() -> None:
    """A row that is missing is an option that a reader cannot find; one too many is an option that does not exist."""
    documented = [option.split()[0] for table in (REQUEST, FILES, GLOBAL) for option in table]
    assert sorted(documented) == sorted(CLI_OPTIONS)


@pytest.mark.parametrize("option", REQUEST)
def test_an_option_and_its_keyword_send_the_same_request(server: Server, option: str) -> None:
    """Whoever moves a command to a program by this table must start the same job."""
    imported = import_command(f"aws emr-serverless start-job-run {option}").properties
    received = sent(server, python(REQUEST[option][0]))
    assert imported
    for member, value in imported.items():
        assert received[member] == value


def test_the_page_has_each_member_of_the_model_once() -> None:
    """A member that AWS adds must be found here, and so must one that the CLI's page does not list yet."""
    nested = [path for path in model_paths(start_job_run()) if "." in path]
    assert list(MEMBERS) == nested


def test_members_at_the_top_have_an_option() -> None:
    """Between the two tables nothing of the model is left out."""
    options = {re.sub("-(.)", lambda found: found[1].upper(), option.split()[0][2:]) for option in REQUEST}
    nested = {path.split(".")[0] for path in MEMBERS}
    assert options | nested == set(start_job_run().members)


def at(value: Any, path: str, name: Callable[[str], str]) -> Any:
    for step in path.split("."):
        member, listed, _ = step.partition("[]")
        value = value[name(member)]
        value = value[0] if listed else value
    return value


def _snake(name: str) -> str:
    return re.sub("([A-Z])", lambda found: f"_{found[1].lower()}", name)


@pytest.mark.parametrize("path", MEMBERS)
def test_a_member_arrives_exactly_as_given(server: Server, path: str) -> None:
    """From a keyword over the engine's property bag and the check to the wire: no value may change on its way."""
    args = python(MEMBERS[path][0])
    if path.startswith("jobDriver.hive"):
        args["application_id"] = HIVE
    given, arrived = at(args, path, _snake), at(sent(server, args), path, str)
    assert type(arrived) is type(given)
    assert arrived == given


def test_what_is_beside_the_request_is_listed() -> None:
    """A keyword that changes what this package does, and not the request, has no row in AWS's documentation."""
    assert list(rows("What `JobRun` has beside the request")) == [_snake(name) for name in BEHAVIOUR_PROPERTIES]


# --- files and skeletons --------------------------------------------------------------------------------------------


def _input_file(server: Server, folder: Path, suffix: str) -> None:
    """What the CLI takes from its file is what arrives, and a keyword wins over it."""
    request = import_command(f"aws emr-serverless start-job-run {' '.join(REQUEST)}").properties
    del request["retryPolicy"]  # the table's is for BATCH, its mode STREAMING
    file = folder / f"nightly.{suffix}"
    file.write_text(json.dumps(request))  # YAML has JSON in it
    stack = EnginelessStack(server, {"emrServerless:endpoint": server.endpoint})
    stack.up(load_definition(file).properties)
    received = dict(server.control.calls("StartJobRun")[-1].input)
    assert {**received, "tags": without_own(received["tags"])} == request


def _skeleton(*_: Any) -> None:
    """The three forms of --generate-cli-skeleton."""
    for arguments, first in (([], "{"), (["--yaml"], "# [REQUIRED]"), (["--output"], "{")):
        assert CliRunner().invoke(app, ["skeleton", *arguments]).stdout.startswith(first)


FILE_ROWS: dict[str, Callable[[Server, Path], None]] = {
    "--cli-input-json": lambda server, folder: _input_file(server, folder, "json"),
    "--cli-input-yaml": lambda server, folder: _input_file(server, folder, "yaml"),
    "--generate-cli-skeleton": _skeleton,
}


@pytest.mark.parametrize("option", FILES)
def test_files_and_skeletons(server: Server, tmp_path: Path, option: str) -> None:
    """A team that keeps its jobs in the CLI's files must be able to take them over as they are."""
    FILE_ROWS[option](server, tmp_path)


# --- global options -------------------------------------------------------------------------------------------------


@contextmanager
def in_front(wsgi: WSGIApplication, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """A second way to the emulator; yields its URL."""
    front = make_server("127.0.0.1", 0, wsgi, threaded=True, ssl_context=tls)
    front.log = lambda *_, **__: None  # type: ignore[method-assign] # a refused handshake is what is tested
    thread = threading.Thread(target=front.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{front.port}"
    finally:
        front.shutdown()
        thread.join()
        front.server_close()


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate that nobody trusts unless told to."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "ca.pem", folder / "key.pem"
    public.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    return public, context


class Globals:
    """One method for each row of the table, named for its option."""

    def __init__(self, server: Server, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.server, self.folder, self.patch = server, folder, patch

    def up(self, config: Mapping[str, str], **args: Any) -> dict[str, Any]:
        """One run with this configuration alone; returns its outputs."""
        stack = EnginelessStack(self.server, dict(config))
        stack.up(to_api({**BASE, **args}))
        assert stack.job is not None
        return stack.job.outputs

    def started(self, config: Mapping[str, str], **args: Any) -> Any:
        """The call that the emulator has recorded for it."""
        before = len(self.server.control.calls("StartJobRun"))
        self.up(config, **args)
        calls = self.server.control.calls("StartJobRun")
        assert len(calls) == before + 1
        return calls[-1]

    @property
    def here(self) -> dict[str, str]:
        return {"emrServerless:endpoint": self.server.endpoint}

    def debug(self) -> None:
        with pytest.raises(AwsError, match="StartJobRun: ResourceNotFoundException: ") as refused:
            self.up(self.here, application_id="00nowhere")
        assert "00nowhere" in str(refused.value)

    def endpoint_url(self) -> None:
        url = self.server.endpoint
        assert self.started({"emrServerless:endpoint": url})
        assert self.started({}, endpoint=url)
        assert self.started({"aws:endpoints": json.dumps([{"emrserverless": url}])})
        for variable in ("AWS_ENDPOINT_URL_EMR_SERVERLESS", "AWS_ENDPOINT_URL"):
            self.patch.setenv(variable, url)
            assert self.started({})
            self.patch.delenv(variable)

    def no_verify_ssl(self) -> None:
        _, tls = certificate(self.folder)
        with in_front(Application(self.server.emulator), tls) as url:
            self.patch.setattr(clients, "MAX_ATTEMPTS", 1)
            with pytest.raises(EmrServerlessError, match="CERTIFICATE_VERIFY_FAILED"):
                self.up({"emrServerless:endpoint": url})
            with pytest.warns(match="Unverified HTTPS request"):
                assert self.started({"emrServerless:endpoint": url, "emrServerless:insecure": "true"})
            with pytest.warns(match="Unverified HTTPS request"):
                assert self.started({"emrServerless:endpoint": url, "aws:insecure": "true"})

    def ca_bundle(self) -> None:
        bundle, tls = certificate(self.folder)
        with in_front(Application(self.server.emulator), tls) as url:
            assert self.started({"emrServerless:endpoint": url, "emrServerless:caBundle": str(bundle)})
            self.patch.setenv("AWS_CA_BUNDLE", str(bundle))
            assert self.started({"emrServerless:endpoint": url})
            self.patch.delenv("AWS_CA_BUNDLE")
            (self.folder / "config").write_text(f"[default]\nca_bundle = {bundle}\n")
            assert self.started({"emrServerless:endpoint": url})

    def no_paginate(self) -> None:
        client = EmrServerless(connection(self.here.get, {}))._client
        assert not client.can_paginate("start_job_run")

    def output(self) -> None:
        outputs = self.up(self.here)
        (run,) = [run for run in self.server.control.runs() if run.job_run_id == outputs["jobRunId"]]
        assert (outputs["applicationId"], outputs["arn"]) == (SPARK, run.arn)

    query = output

    def profile(self) -> None:
        """The profile wins over the environment's credentials: it is what the stack says."""
        (self.folder / "config").write_text(
            "[profile work]\naws_access_key_id = 222222222222\naws_secret_access_key = x\n"
        )
        role = "arn:aws:iam::222222222222:role/job"
        for key in ("aws:profile", "emrServerless:profile"):
            assert self.started({**self.here, key: "work"}, execution_role_arn=role).account == "222222222222"
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            self.patch.delenv(name)
        self.patch.setenv("AWS_PROFILE", "work")
        assert self.started(self.here, execution_role_arn=role).account == "222222222222"

    def region(self) -> None:
        abroad = {"application_id": ABROAD}
        for key in ("aws:region", "emrServerless:region"):
            assert self.started({**self.here, key: "eu-west-1"}, **abroad).region == "eu-west-1"
        assert self.started(self.here, region="eu-west-1", **abroad).region == "eu-west-1"
        (self.folder / "config").write_text("[default]\nregion = eu-west-1\n")
        self.patch.delenv("AWS_DEFAULT_REGION")
        assert self.started(self.here, **abroad).region == "eu-west-1"
        for variable in ("AWS_DEFAULT_REGION", "AWS_REGION"):
            (self.folder / "config").write_text("")
            self.patch.setenv(variable, "eu-west-1")
            assert self.started(self.here, **abroad).region == "eu-west-1"
            self.patch.delenv(variable)

    def version(self) -> None:
        assert CliRunner().invoke(app, ["--version"]).stdout == f"emrs {__version__}\n"

    def no_sign_request(self) -> None:
        """Through a proxy that signs, as the page says."""
        seen: list[str] = []
        emulator = Application(self.server.emulator)

        def proxy(environ: WSGIEnvironment, start_response: StartResponse) -> Any:
            seen.append(environ.get("HTTP_AUTHORIZATION", ""))
            environ["HTTP_AUTHORIZATION"] = (
                "AWS4-HMAC-SHA256 Credential=123456789012/20260131/us-east-1/emr-serverless/aws4_request, "
                "SignedHeaders=host, Signature=0"
            )
            return emulator(environ, start_response)

        with in_front(proxy) as url:
            assert self.started({"emrServerless:endpoint": url, "emrServerless:skipRequestSigning": "true"})
            assert set(seen) == {""}

    def cli_read_timeout(self) -> None:
        assert self.timeouts({}).read_timeout == 60
        assert self.timeouts({"emrServerless:readTimeoutSeconds": "7"}).read_timeout == 7

    def cli_connect_timeout(self) -> None:
        assert self.timeouts({}).connect_timeout == 10
        assert self.timeouts({"emrServerless:connectTimeoutSeconds": "7"}).connect_timeout == 7

    def timeouts(self, config: Mapping[str, str]) -> Any:
        config = {**self.here, **config}
        assert self.started(config)
        return EmrServerless(connection(config.get, {}))._client.meta.config

    def cli_binary_format(self) -> None:
        def types(shape: Shape, above: tuple[str, ...] = ()) -> Iterator[str]:
            yield shape.type_name
            below: list[Shape] = []
            if isinstance(shape, StructureShape) and shape.name not in above:
                below = list(shape.members.values())
            elif isinstance(shape, ListShape):
                below = [shape.member]
            elif isinstance(shape, MapShape):
                below = [shape.key, shape.value]
            for member in below:
                yield from types(member, (*above, shape.name))

        assert "blob" not in set(types(start_job_run()))

    def without_meaning(self, option: str) -> None:
        """Not a word of the request depends on it: with and without it, a command is the same definition."""
        command = "aws emr-serverless start-job-run --application-id 00a --execution-role-arn arn:aws:iam::1:role/r "
        imported = import_command(command + option)
        assert imported.properties == import_command(command).properties
        assert any(option.split(maxsplit=1)[0] in note for note in imported.notes)


MEANINGLESS = {
    "--no-paginate": "--no-paginate",
    "--color": "--color off",
    "--no-cli-pager": "--no-cli-pager",
    "--cli-auto-prompt": "--cli-auto-prompt",
    "--no-cli-auto-prompt": "--no-cli-auto-prompt",
    "--cli-binary-format": "--cli-binary-format base64",
}


@pytest.mark.parametrize("option", GLOBAL)
def test_global_options(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str) -> None:
    """What a command says about credentials, region, endpoint and TLS has to be sayable for a stack, and to hold."""
    table = Globals(server, tmp_path, monkeypatch)
    exercise = getattr(table, option[2:].replace("-", "_"), None)
    assert exercise or option in MEANINGLESS, f"nothing here runs {option}"
    if exercise:
        exercise()
    if option in MEANINGLESS:
        table.without_meaning(MEANINGLESS[option])


def test_options_without_a_setting_say_why() -> None:
    """ "no setting" alone would leave a reader to search on."""
    for option, (here, remark) in GLOBAL.items():
        if here == "no setting":
            assert len(remark) > 20, option
