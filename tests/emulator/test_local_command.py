"""`emrs local` as a process: what people and scripts start."""

from __future__ import annotations

import json
import os
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest

from emulator.support import client, request_for
from pulumi_emr_serverless.emulator.control import Control

EMRS = [sys.executable, "-c", "from pulumi_emr_serverless.cli import main; main()"]


@contextmanager
def running(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen([*EMRS, "local", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def first_line(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    described: dict[str, Any] = json.loads(process.stdout.readline())
    return described


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_json_and_a_clean_end(number: signal.Signals, monkeypatch: pytest.MonkeyPatch) -> None:
    """A script reads one line, has a working environment from it, and ends the process with exit code 0."""
    with running("--port", "0", "--json", "--region", "eu-west-1") as process:
        described = first_line(process)
        for name, value in described["env"].items():
            monkeypatch.setenv(name, value)
        emr = boto3.session.Session().client("emr-serverless")
        request = request_for(applicationId=described["applicationId"], executionRoleArn=described["executionRoleArn"])
        run_id = emr.start_job_run(**request)["jobRunId"]
        control = Control(described["endpoint"])
        assert [run.job_run_id for run in control.runs()] == [run_id]
        assert control.runs()[0].region == "eu-west-1"
        assert control.health()["status"] == "ok"
        process.send_signal(number)
        assert process.wait(20) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_seeds_options_and_quotas() -> None:
    """What a test turns through the control API, a person turns on the command line."""
    arguments = ["--application", "00fone", "--application", "00ftwo", "--option", "token_reuse=first_run", "--quotas"]
    with running("--port", "0", "--json", "--speed", "1000", *arguments) as process:
        described = first_line(process)
        assert described["applicationId"] == "00fone"
        emr = client("emr-serverless", described["endpoint"])
        assert [one["id"] for one in emr.list_applications()["applications"]] == ["00fone", "00ftwo"]
        first = emr.start_job_run(**request_for(applicationId="00ftwo"))["jobRunId"]
        assert emr.start_job_run(**request_for(applicationId="00ftwo", name="other"))["jobRunId"] == first
        assert set(Control(described["endpoint"]).set_options()) >= {"token_reuse", "tagging"}


def test_exports_for_eval() -> None:
    """`eval "$(emrs local &)"` needs exports alone on stdout, and an end of stdout while the server lives."""
    with running("--port", "0") as process:
        assert process.stdout is not None
        lines = process.stdout.read().splitlines()
        assert process.poll() is None
        exported = dict(line.removeprefix("export ").split("=", 1) for line in lines)
        assert exported["AWS_ENDPOINT_URL"] == exported["AWS_ENDPOINT_URL_EMR_SERVERLESS"]
        assert exported["AWS_REGION"] == exported["AWS_DEFAULT_REGION"] == "us-east-1"
        assert Control(exported["AWS_ENDPOINT_URL"]).health()["status"] == "ok"
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def test_a_fate_from_the_command_line() -> None:
    """A team without Python sees how its stack takes a failure, and reads the calls as they come."""
    fates = ["--fate", "nightly*=FAILED:out of memory: 16 GB", "--fate", "stream*=RUNNING"]
    with running("--port", "0", "--json", "--calls", "--speed", "1000", *fates) as process:
        described = first_line(process)
        emr = client("emr-serverless", described["endpoint"])
        names = ("nightly-1", "stream", "other")
        ids = [emr.start_job_run(**request_for(name=name, clientToken=name))["jobRunId"] for name in names]
        control = Control(described["endpoint"])
        control.advance(60)
        assert [(run.name, run.state) for run in control.runs()] == [
            ("nightly-1", "FAILED"),
            ("stream", "RUNNING"),
            ("other", "SUCCESS"),
        ]
        assert control.runs()[0].state_details == "out of memory: 16 GB"
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=60)
        for name, run_id, line in zip(names, ids, said.splitlines(), strict=True):
            assert line.endswith(f"StartJobRun {name} 200 {run_id}")


def test_a_wrong_fate() -> None:
    """The outcomes are listed: nobody guesses them."""
    code, said = refused("--fate", "nightly*=BROKEN")
    assert code == 2
    assert "'BROKEN'" in said


def test_it_survives_a_ctrl_c_at_the_prompt() -> None:
    """`eval "$(emrs local &)"` leaves it to the shell whose Ctrl-C is for something else; the banner says how it ends."""
    emrs = " ".join(map(shlex.quote, EMRS))
    shell = subprocess.Popen(
        ["/bin/bash", "-c", f'eval "$({emrs} local --port 0 &)"; echo "$AWS_ENDPOINT_URL"; read -r'],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert shell.stdout is not None
    assert shell.stderr is not None
    endpoint = shell.stdout.readline().strip()
    banner = next(line for line in shell.stderr if "kill" in line)
    pid = int(banner.removeprefix("It runs until: kill "))
    try:
        os.killpg(shell.pid, signal.SIGINT)  # what a terminal does
        shell.wait(60)
        os.kill(pid, signal.SIGINT)
        assert Control(endpoint).health()["status"] == "ok"
    finally:
        os.kill(pid, signal.SIGTERM)
        shell.communicate(timeout=60)  # its end: the last holder of these pipes is the emulator


def refused(*arguments: str, environment: dict[str, str] | None = None) -> tuple[int, str]:
    done = subprocess.run(
        [*EMRS, "local", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, **(environment or {})},
    )
    assert done.stdout == ""
    return done.returncode, done.stderr


def test_a_port_in_use() -> None:
    """The commonest mistake, starting it twice, is one sentence and no traceback."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, said = refused("--port", port)
    assert code == 1
    assert said.count("\n") == 1
    assert f"Port {port} of 127.0.0.1 is in use" in said


def test_a_wrong_option() -> None:
    """A misspelt option is named together with those that exist."""
    code, said = refused("--option", "token_ruse=conflict")
    assert code == 2
    assert "token_ruse" in said


def test_without_moto(tmp_path: Any) -> None:
    """The extra is named, as a command to copy."""
    (tmp_path / "moto.py").write_text("raise ImportError('no moto')\n")
    code, said = refused("--port", "0", environment={"PYTHONPATH": str(tmp_path)})
    assert code == 1
    assert said == "emrs local needs moto: pip install 'pulumi-emr-serverless[local]'\n"


def test_spark_listens_on_this_machine_alone() -> None:
    """Everybody who reaches the port could run code here."""
    code, said = refused("--spark", "--host", "0.0.0.0")
    assert code == 2
    assert "it runs code, so it listens on this machine alone, not on 0.0.0.0" in " ".join(
        said.replace("│", "").split()
    )


def test_spark_without_java_or_pyspark(tmp_path: Any) -> None:
    """What is missing, and the command that brings it, in one sentence."""
    code, said = refused("--port", "0", "--spark", environment={"JAVA_HOME": str(tmp_path)})
    assert code == 1
    assert said == (
        f"emrs local --spark needs Java 17, and JAVA_HOME is {tmp_path}, which has none: "
        "install a JRE (Debian: openjdk-17-jre-headless)\n"
    )
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.util as u\nfound = u.find_spec\n"
        "u.find_spec = lambda name, package=None: None if name == 'pyspark' else found(name, package)\n"
    )
    code, said = refused("--port", "0", "--spark", environment={"PYTHONPATH": str(tmp_path)})
    assert code == 1
    assert said == "emrs local --spark needs pyspark: pip install 'pulumi-emr-serverless[local,spark]'\n"


def test_help_is_quick_and_complete() -> None:
    """`emrs --help` must import neither boto3 nor moto, and the help of `local` lists every option."""
    probe = (
        "import sys; sys.argv=['emrs','local','--help']\n"
        "from pulumi_emr_serverless.cli import main\n"
        "try: main()\n"
        "finally: print(sorted({'boto3','botocore','moto','werkzeug','pulumi'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=True, env={**os.environ, "COLUMNS": "200"}
    )
    assert done.stdout.splitlines()[-1] == "[]"
    for name in ("token_reuse", "token_scope", "run_visibility_seconds", "tag_terminal_runs"):
        assert name in done.stdout
