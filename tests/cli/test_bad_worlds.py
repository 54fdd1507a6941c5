"""Each command in each world where something is missing: one clear message and an exit code of the table, never a traceback."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest

from pulumi_emr_serverless import cli
from pulumi_emr_serverless.emulator.server import Server, serving
from pulumi_emr_serverless.emulator.world import DEFAULT_APPLICATION_ID as APPLICATION

EMRS = Path(sys.executable).with_name("emrs")
RUN = f"{APPLICATION}/00run"

ON_RUNS: dict[str, tuple[str, ...]] = {
    "watch": ("--once",),
    "describe": (),
    "logs": (),
    "dashboard": ("--print",),
    "cancel": ("--yes",),
    "import-run": (),
}
"""The commands that take RUN, and what keeps each from asking or waiting."""


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it said."""

    code: int
    stdout: str
    stderr: str


class Shell:
    """Runs commands in this process, as the script `emrs` would."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capfd = monkeypatch, capfd

    def emrs(self, *arguments: str) -> Ended:
        self._monkeypatch.setattr(sys, "argv", ["emrs", *arguments])
        self._capfd.readouterr()
        try:
            cli.main()
            code = 0
        except SystemExit as exit_:
            code = int(exit_.code or 0)
        out, err = self._capfd.readouterr()
        return Ended(code, out, err)


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> Shell:
    """An empty folder, an AWS that is closed for the day, and a Pulumi that is not logged in."""
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    for name in [each for each in os.environ if each.startswith(("AWS_", "PULUMI_"))]:
        monkeypatch.delenv(name)
    for name, value in {
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": str(tmp_path / "no-config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "no-credentials"),
        "AWS_ENDPOINT_URL": _closed(),
    }.items():
        monkeypatch.setenv(name, value)
    return Shell(monkeypatch, capfd)


def _closed() -> str:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture
def server(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """An AWS that answers."""
    del shell
    with serving() as running:
        monkeypatch.setenv("AWS_ENDPOINT_URL", running.endpoint)
        yield running


def pulumi_that(script: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a Pulumi CLI on the PATH that does this."""
    (folder / "bin").mkdir(exist_ok=True)
    (folder / "bin" / "pulumi").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "bin" / "pulumi").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}")


def assert_one_message(ended: Ended, code: int, *words: str) -> None:
    assert ended.code == code, ended
    assert ended.stdout == ""
    assert "Traceback" not in ended.stderr
    assert ended.stderr.startswith(("error: ", "Usage: "))
    said = " ".join(ended.stderr.replace("│", " ").split())
    for each in words:
        assert each in said


def test_every_command_is_in_one_of_these_tables() -> None:
    """A new one must be tried here, too."""
    tried = {*ON_RUNS, *(command for command, *_ in WRONG_FILES), "init", "orphans", "skeleton", "schema", "local"}
    names = {each.name or getattr(each.callback, "__name__", "") for each in cli.app.registered_commands}
    assert names == tried


@pytest.mark.parametrize("command", ON_RUNS)
def test_no_endpoint(shell: Shell, command: str) -> None:
    """It took forty seconds; now it says at once which setting is wrong."""
    ended = shell.emrs(command, RUN, *ON_RUNS[command])
    assert_one_message(ended, 1, "nothing listens on http://127.0.0.1:", "(AWS_ENDPOINT_URL of the environment)")


@pytest.mark.parametrize("command", ON_RUNS)
def test_a_region_that_is_none(shell: Shell, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    """A typo in the option: the message names it."""
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    ended = shell.emrs(command, RUN, *ON_RUNS[command], "--region", "eu-wset-1")
    assert_one_message(ended, 1, "'eu-wset-1', from --region, is no known region. Did you mean eu-west-1?")


@pytest.mark.parametrize("command", ON_RUNS)
def test_no_credentials(shell: Shell, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    """The message says where they are looked for."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    assert_one_message(shell.emrs(command, RUN, *ON_RUNS[command]), 1, "Unable to locate credentials", "AWS_REGION")


@pytest.mark.parametrize("command", ON_RUNS)
def test_no_region(shell: Shell, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    """Nothing can be called without."""
    monkeypatch.delenv("AWS_REGION")
    assert_one_message(shell.emrs(command, RUN, *ON_RUNS[command]), 2, "No AWS region")


@pytest.mark.parametrize("command", ON_RUNS)
def test_no_profile_of_that_name(shell: Shell, command: str) -> None:
    """A typo in --profile."""
    ended = shell.emrs(command, RUN, *ON_RUNS[command], "--profile", "wrok")
    assert_one_message(ended, 2, "The config profile (wrok) could not be found")


@pytest.mark.parametrize("command", ON_RUNS)
@pytest.mark.parametrize(
    ("code", "status", "words"),
    [
        ("AccessDeniedException", 403, "emr-serverless:"),
        ("ExpiredTokenException", 403, "sign in again"),
        ("ValidationException", 400, "ValidationException: no"),
    ],
)
def test_refused(*, shell: Shell, server: Server, command: str, code: str, status: int, words: str) -> None:
    """AWS's own words, with what helps."""
    server.control.arm("error", status=status, code=code, message="no", times=0)
    assert_one_message(shell.emrs(command, RUN, *ON_RUNS[command]), 1, code, words)


@pytest.mark.parametrize("command", ON_RUNS)
def test_no_such_run(shell: Shell, server: Server, command: str) -> None:
    """A wrong ID, or the wrong account or region."""
    del server
    ended = shell.emrs(command, RUN, *ON_RUNS[command])
    if command == "watch":  # which shows, as a state, what became of each run
        assert (ended.code, "unknown to AWS" in ended.stdout, ended.stderr) == (1, True, "")
    else:
        assert_one_message(ended, 1, "ResourceNotFoundException", "--region", "--profile")


PULUMI_REFUSES = {
    "no project": (
        "error: no Pulumi.yaml project file found (searching upwards from /x). If you have not created a project yet, use",
        "Go to a project's folder, or name it with --cwd.",
    ),
    "not logged in": (
        "error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions",
        "`pulumi login --local`",
    ),
    "no stack selected": (
        "error: no stack selected; please use `pulumi stack select` to choose one",
        "Name one with --stack",
    ),
    "no such stack": ("error: no stack named 'prod' found", "`pulumi stack ls` lists the stacks."),
    "no passphrase": (
        "error: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables",
        "Set PULUMI_CONFIG_PASSPHRASE",
    ),
    "another passphrase": ("error: incorrect passphrase", "Set PULUMI_CONFIG_PASSPHRASE"),
    "no such backend": (
        'error: unable to open state directory "file:///x": stat /x: no such file or directory',
        "PULUMI_BACKEND_URL",
    ),
    "something new, after a greeting": ("Logging in using access token\\nerror: the moon is full", "the moon is full"),
    "nothing at all": ("", "it ended with 1 and said nothing."),
}
"""What Pulumi 3.259 says; ``tests/engine/test_emrs_and_stacks.py`` has the real one say it."""


@pytest.mark.parametrize("command", ON_RUNS)
@pytest.mark.parametrize("world", PULUMI_REFUSES)
def test_pulumi_refuses(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str, world: str
) -> None:
    """What Pulumi says, in one line, and what to do about it."""
    says, words = PULUMI_REFUSES[world]
    (tmp_path / "says").write_text(says.replace("\\n", "\n"))
    pulumi_that(f'cat "{tmp_path}/says" >&2; exit 1', tmp_path, monkeypatch)
    first_words = says.split("error: ")[-1][:40]
    assert_one_message(
        shell.emrs(command, "nightly", *ON_RUNS[command]), 2, "`pulumi stack export`: ", first_words, words
    )


@pytest.mark.parametrize("command", ON_RUNS)
@pytest.mark.parametrize(
    ("prints", "words"),
    [
        ("", "has printed no JSON, but: nothing"),
        ("warning: a new version", "has printed no JSON, but: warning: a new version"),
        ("[]", "no JSON object"),
        ('{"deployment": null}', "No run 'nightly'"),
        ('{"deployment": {}}', "This stack has: none."),
        ('{"deployment": {"resources": [{"urn": "urn:pulumi:a::b::t::c", "type": "t"}]}}', "This stack has: none."),
    ],
)
def test_pulumi_prints_something_else(
    *, shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str, prints: str, words: str
) -> None:
    """An empty stack, another program of that name, a wrapper that talks."""
    (tmp_path / "prints").write_text(prints)
    pulumi_that(f'cat "{tmp_path}/prints"', tmp_path, monkeypatch)
    assert_one_message(shell.emrs(command, "nightly", *ON_RUNS[command]), 2, words)


@pytest.mark.parametrize("command", ON_RUNS)
def test_no_pulumi(shell: Shell, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    """Whoever gives a name learns what works without."""
    monkeypatch.setenv("PATH", "")
    ended = shell.emrs(command, "nightly", *ON_RUNS[command])
    assert_one_message(ended, 2, "there is no Pulumi on the PATH", "<application ID>/<run ID>")


@pytest.mark.parametrize("command", ON_RUNS)
def test_no_such_folder(shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str) -> None:
    """A typo in --cwd is not a missing Pulumi."""
    pulumi_that("exit 1", tmp_path, monkeypatch)
    ended = shell.emrs(command, "nightly", *ON_RUNS[command], "--cwd", "nowhere")
    assert_one_message(ended, 2, "there is no folder 'nowhere' (--cwd)")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (None, "No such file"),
        ("", "cannot be used"),
        ("[]", "cannot be used"),
        ('{"deployment": []}', "cannot be used"),
        ('{"deployment": {"resources": [1]}}', "cannot be used"),
        ("\x80", "cannot be used"),
    ],
    ids=["no file", "an empty file", "a list", "a deployment that is a list", "a resource that is a number", "bytes"],
)
def test_orphans_of_something_else(shell: Shell, tmp_path: Path, state: str | None, words: str) -> None:
    """What is taken for a state must be one: of another file every living run would be an orphan."""
    if state is not None:
        (tmp_path / "state.json").write_text(state, "latin-1")
    ended = shell.emrs("orphans", APPLICATION, "--state", str(tmp_path / "state.json"))
    assert_one_message(ended, 2, words, "--state")


def test_orphans_where_aws_cannot_be_reached(shell: Shell, tmp_path: Path) -> None:
    """It is asked for the living runs."""
    (tmp_path / "state.json").write_text('{"deployment": {"resources": []}}')
    ended = shell.emrs("orphans", APPLICATION, "--state", str(tmp_path / "state.json"))
    assert_one_message(ended, 1, "nothing listens on")


def test_a_port_that_is_taken(shell: Shell, server: Server) -> None:
    """The second emulator in one day."""
    ended = shell.emrs("local", "--port", server.endpoint.rpartition(":")[2])
    assert (ended.code, "Traceback" in ended.stderr, ended.stdout) == (1, False, "")
    assert server.endpoint.rpartition(":")[2] in ended.stderr


WRONG_FILES = [
    ("validate", "nosuch.yaml", None, 2, "nosuch.yaml"),
    ("validate", "folder", None, 2, "folder"),
    ("validate", "bytes.yaml", b"\xff\xfe\x00", 1, None),
    ("validate", "empty.json", b"", 1, None),
    ("validate", "list.json", b"[]", 1, None),
    ("validate", "half.json", b'{"name": ', 1, None),
    ("import-command", "nosuch.sh", None, 2, "nosuch.sh"),
    ("import-command", "folder", None, 2, "folder"),
    ("import-command", "bytes.sh", b"\xff\xfe\x00", 2, "is not UTF-8"),
    ("import-command", "empty.sh", b"", 1, None),
]


@pytest.mark.parametrize(("command", "name", "content", "code", "words"), WRONG_FILES)
def test_files_that_cannot_be_used(
    *, shell: Shell, command: str, name: str, content: bytes | None, code: int, words: str | None
) -> None:
    """What is wrong with the file, by its name."""
    Path("folder").mkdir()
    if content is not None:
        Path(name).write_bytes(content)
    ended = shell.emrs(command, name)
    assert (ended.code, "Traceback" in ended.stderr) == (code, False), ended
    assert (words or name if command == "validate" else words or "error") in ended.stdout + " ".join(
        ended.stderr.split()
    )


def test_a_defect_is_one_line_that_asks_for_a_report(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """A traceback helps whoever mends it; everybody else wants to know that it is not their fault."""

    def broken() -> str:
        raise KeyError("missing\nmember")

    monkeypatch.setattr("pulumi_emr_serverless.definitions.schema.shipped_schema_text", broken)
    ended = shell.emrs("schema")
    assert (ended.code, ended.stdout) == (70, "")
    assert ended.stderr.splitlines() == [
        "error: a defect of emrs, KeyError: 'missing\\nmember'",
        "EMRS_TRACEBACK=1 shows where; please report it.",
    ]
    monkeypatch.setenv("EMRS_TRACEBACK", "1")
    with pytest.raises(KeyError):
        shell.emrs("schema")


def test_a_terminal_that_lacks_a_letter(tmp_path: Path) -> None:
    """Not every terminal has every letter: a name must not end a command with a UnicodeEncodeError."""
    (tmp_path / "\N{GREEK SMALL LETTER PI}.json").write_text("[]")
    done = subprocess.run(
        [EMRS, "validate", "\N{GREEK SMALL LETTER PI}.json"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert "\\u03c0.json:1:1: " in done.stdout


@pytest.mark.parametrize(
    "arguments", [("skeleton",), ("skeleton", "--yaml"), ("schema",), ("--help",), ("watch", "--help")], ids=" ".join
)
@pytest.mark.parametrize("lines", [0, 1])
def test_a_reader_that_goes_away(arguments: Sequence[str], lines: int) -> None:
    """`emrs schema | head -1` ends quietly, whether the reader has read something or nothing."""
    assert said_to_nobody(arguments, lines) == ""


@pytest.mark.parametrize("command", [*ON_RUNS, "orphans"])
def test_a_reader_of_runs_that_goes_away(server: Server, tmp_path: Path, command: str) -> None:
    """So do the commands that ask AWS, in the middle of what they do."""
    client = boto3.client("emr-serverless", endpoint_url=server.endpoint, region_name="us-east-1")
    started = client.start_job_run(
        applicationId=APPLICATION,
        executionRoleArn="arn:aws:iam::123456789012:role/job",
        clientToken="one",
        jobDriver={"sparkSubmit": {"entryPoint": "s3://b/e.py"}},
    )
    run = f"{APPLICATION}/{started['jobRunId']}"
    (tmp_path / "state.json").write_text('{"deployment": {}}')
    on_orphans = ("orphans", APPLICATION, "--state", str(tmp_path / "state.json"))
    arguments = on_orphans if command == "orphans" else (command, run, *ON_RUNS[command])
    said = said_to_nobody(arguments, 0)
    assert "Traceback" not in said
    assert "BrokenPipe" not in said


def said_to_nobody(arguments: Sequence[str], lines: int) -> str:
    """What a command says on standard error whose standard output is closed after so many lines."""
    with subprocess.Popen([EMRS, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        for _ in range(lines):
            process.stdout.readline()
        process.stdout.close()
        return process.stderr.read()
