"""A stack on the real Pulumi engine, against the emulator, in a folder of its own."""

from __future__ import annotations

import atexit
import functools
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from pulumi_emr_serverless.emulator.records import RecordedRun
from pulumi_emr_serverless.emulator.server import Server
from pulumi_emr_serverless.emulator.world import DEFAULT_APPLICATION_ID, DEFAULT_HIVE_APPLICATION_ID
from pulumi_emr_serverless.persisted import JOB_RUN_TYPE, RUN_TYPES

ENSURE = Path(__file__).parents[2] / "tools" / "pulumi" / "ensure"
SABOTEUR = Path(__file__).parent / "saboteur"
LIMIT_SECONDS = 180
"""A command of the engine that takes longer hangs: the test fails instead of waiting for CI's limit."""

APPLICATION, HIVE_APPLICATION = DEFAULT_APPLICATION_ID, DEFAULT_HIVE_APPLICATION_ID
ROLE = "arn:aws:iam::123456789012:role/job-role"

PROGRAM = """
import pulumi
from pulumi_emr_serverless import JobRun, spark_submit

run = JobRun("nightly", {options}
    application_id={application!r},
    execution_role_arn={role!r},
    job_driver=spark_submit({entry_point!r}, arguments={arguments!r}),
    name={name!r}, tags={tags!r}, triggers={triggers!r}, client_token={client_token!r},
    execution_timeout_minutes={timeout!r}, mode={mode!r}, region={region!r}, endpoint={endpoint!r})
pulumi.export("jobRunId", run.job_run_id)
pulumi.export("arn", run.arn)
"""


def program(
    *,
    options: str = "",
    application: str = APPLICATION,
    role: str = ROLE,
    entry_point: str = "s3://bucket/etl.py",
    arguments: tuple[str, ...] = ("--day", "2026-01-01"),
    name: str | None = None,
    tags: Mapping[str, str] | None = None,
    triggers: Any = None,
    client_token: str | None = None,
    timeout: float | None = 60,
    mode: str | None = None,
    region: str | None = None,
    endpoint: str | None = None,
) -> str:
    """The text of a program with one job run, ``nightly``."""
    return PROGRAM.format(**{**locals(), "arguments": list(arguments), "options": f"{options}," if options else ""})


@dataclass(frozen=True)
class Result:
    """What a command of the engine printed, and how it ended."""

    code: int
    output: str
    errors: str = ""
    """What it printed on standard error, where that is apart."""

    @property
    def everything(self) -> str:
        return self.output + self.errors


@dataclass
class Stack:
    """One stack. Each method runs one command of the real CLI to its end."""

    folder: Path
    engine: Path
    emulator: Server
    env: dict[str, str] = field(default_factory=dict)

    def write(self, text: str) -> None:
        """Replace the user's program."""
        (self.folder / "__main__.py").write_text(textwrap.dedent(text))

    def up(
        self, *arguments: str, text: str | None = None, env: Mapping[str, str] | None = None, expect: int | None = 0
    ) -> Result:
        """``pulumi up``; ``expect=None`` takes any exit code, as after a kill."""
        if text is not None:
            self.write(text)
        return self.pulumi("up", "--yes", "--skip-preview", *arguments, env=env, expect=expect)

    def killed_up(
        self,
        at: str,
        *arguments: str,
        victim: str = "provider",
        signal: str = "SIGKILL",
        nth: int = 1,
        text: str | None = None,
    ) -> Result:
        """An ``up`` in which ``victim`` is killed at a point that ``saboteur/sitecustomize.py`` names."""
        result = self.up(*arguments, text=text, env=sabotage(at, victim, signal, nth), expect=None)
        assert result.code != 0, f"nothing was killed at {at}:\n{result.output}"
        return result

    def preview(self, *arguments: str, text: str | None = None, expect: int | None = 0) -> Result:
        if text is not None:
            self.write(text)
        return self.pulumi("preview", *arguments, expect=expect)

    def refresh(self, *arguments: str, expect: int | None = 0) -> Result:
        return self.pulumi("refresh", "--yes", "--skip-preview", *arguments, expect=expect)

    def destroy(self, *arguments: str, env: Mapping[str, str] | None = None, expect: int | None = 0) -> Result:
        return self.pulumi("destroy", "--yes", "--skip-preview", *arguments, env=env, expect=expect)

    def pulumi(self, *arguments: str, env: Mapping[str, str] | None = None, expect: int | None = 0) -> Result:
        return self._command(
            self.engine / "pulumi", *arguments, "--non-interactive", "--color", "never", env=env, expect=expect
        )

    def emrs(self, *arguments: str, expect: int | None = 0) -> Result:
        """A command of ours; its output is what it printed on standard output."""
        program = Path(sys.executable).with_name("emrs")
        return self._command(program, *arguments, expect=expect, stderr=subprocess.PIPE)

    def _command(
        self,
        program: Path,
        *arguments: str,
        env: Mapping[str, str] | None = None,
        expect: int | None = 0,
        stderr: int = subprocess.STDOUT,
    ) -> Result:
        done = subprocess.run(
            [str(program), *arguments],
            cwd=self.folder,
            env={**self.env, **(env or {})},
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            timeout=LIMIT_SECONDS,
            check=False,
        )
        if expect is not None:
            assert done.returncode == expect, (
                f"{program.name} {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}{done.stderr or ''}"
            )
        return Result(done.returncode, done.stdout, done.stderr or "")

    def beside(self, text: str) -> Stack:
        """Another stack with a backend of its own, against the same emulator."""
        return new_stack(self.folder / "beside", self.engine, self.emulator, text)

    def held(self, operation: str, victim: str, *arguments: str) -> Result:
        """A command whose victim is killed while AWS has done an operation and the answer is still to come."""
        self.emulator.control.arm("hold", operation, at="after")
        process = subprocess.Popen(
            [str(self.engine / "pulumi"), *arguments, "--non-interactive", "--color", "never"],
            cwd=self.folder,
            env={**self.env, **watched()},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            self.emulator.control.wait_held(timeout=LIMIT_SECONDS / 3)
            (process if victim == "engine" else self.provider_of(process.pid)).kill()
            (self.folder / "struck").touch()
            if victim == "engine":
                process.wait(LIMIT_SECONDS)
            self.emulator.control.release(then="drop")
            if victim == "engine":
                # The provider has inherited the pipe and keeps it open.
                return Result(process.returncode, "")
            output, _ = process.communicate(timeout=LIMIT_SECONDS)
        finally:
            if process.poll() is None:
                process.kill()
        return Result(process.returncode, output)

    @staticmethod
    def provider_of(engine: int) -> psutil.Process:
        """The process that hosts the dynamic providers of a running engine."""
        return next(
            child for child in psutil.Process(engine).children(recursive=True) if "pulumi.dynamic" in child.cmdline()
        )

    def unlock(self) -> None:
        """Take away the lock of a killed engine, as a person has to."""
        for lock in (self.folder / "state" / ".pulumi" / "locks").rglob("*.json"):
            lock.unlink()

    def wait_for_orphaned_verb(self) -> None:
        """Until the verb that was under way in a provider whose engine was killed has ended."""
        deadline = time.monotonic() + LIMIT_SECONDS
        while not (self.folder / "verb-ended").exists() and self.has_provider():
            assert time.monotonic() < deadline, "the provider is still in its verb"
            time.sleep(0.05)

    def has_provider(self) -> bool:
        """Whether a provider process of this stack lives."""
        return any(
            process.info["cwd"] == str(self.folder) and "pulumi.dynamic" in (process.info["cmdline"] or [])
            for process in psutil.process_iter(["cwd", "cmdline"])
        )

    def end(self) -> None:
        """End the processes that a killed engine has left behind."""
        for process in psutil.process_iter(["cwd"]):
            if process.info["cwd"] == str(self.folder):
                process.kill()

    def state(self) -> dict[str, Any]:
        """The deployment that the backend holds, read from its file: no command of the engine could change it so."""
        file = self.folder / "state" / ".pulumi" / "stacks" / "test" / "dev.json"
        return dict(json.loads(file.read_text())["checkpoint"]["latest"])

    def jobs(self) -> list[dict[str, Any]]:
        """The job runs in the state."""
        return [found for found in self.state().get("resources", []) if found["type"] in RUN_TYPES]

    def run_id(self) -> str:
        """The ID of the one run that the state names."""
        (job,) = self.jobs()
        return str(job["outputs"]["jobRunId"])

    def urn(self, name: str = "nightly", type_: str = JOB_RUN_TYPE) -> str:
        return f"urn:pulumi:dev::test::{type_}::{name}"

    def runs(self) -> list[RecordedRun]:
        """Every run that the emulator has started, oldest first."""
        return self.emulator.control.runs()

    def alive(self) -> list[str]:
        """The IDs of the runs that are not terminal."""
        return [run.job_run_id for run in self.runs() if run.state not in ("SUCCESS", "FAILED", "CANCELLED")]


class YamlStack(Stack):
    """A stack of a YAML program, which is all of its project."""

    def write(self, text: str) -> None:
        (self.folder / "Pulumi.yaml").write_text(text)

    def wait_for_plugins_to_end(self) -> None:
        """Until no plugin of this stack is left: each sees by itself that its engine was killed."""
        deadline = time.monotonic() + LIMIT_SECONDS
        while self._plugins():
            assert time.monotonic() < deadline, "a plugin outlives its engine"
            time.sleep(0.1)

    def _plugins(self) -> list[psutil.Process]:
        return [
            process
            for process in psutil.process_iter(["cwd", "cmdline"])
            if process.info["cwd"] == str(self.folder)
            and any("pulumi-resource-emr-serverless" in word for word in process.info["cmdline"] or ())
        ]


def sabotage(at: str, victim: str = "provider", signal: str = "SIGKILL", nth: int = 1) -> dict[str, str]:
    """The environment in which a process is killed at a point."""
    return {"SABOTAGE": f"{at}:{victim}:{signal}:{nth}", "PYTHONPATH": _search_path(str(SABOTEUR))}


def watched() -> dict[str, str]:
    """The environment in which a provider that outlives its engine says when its verb has ended."""
    return {"SABOTAGE": "watch", "PYTHONPATH": _search_path(str(SABOTEUR))}


def _search_path(*folders: str) -> str:
    """PYTHONPATH with further folders: what a test run was given, such as a changed copy of the package, stays on it."""
    return os.pathsep.join([*folders, *filter(None, [os.environ.get("PYTHONPATH")])])


def built_engine() -> Path:
    """The folder of a whole Pulumi engine: the one that ``make`` found, else what ``tools/pulumi/ensure`` builds."""
    if folder := os.environ.get("PULUMI_EMRS_ENGINE_DIR"):
        return Path(folder)
    done = subprocess.run([sys.executable, str(ENSURE)], stdout=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 0, "no Pulumi engine: read what tools/pulumi/ensure says above"
    return Path(done.stdout.strip().splitlines()[-1])


@functools.cache
def _python() -> Path:
    """This interpreter, but that pip is asked once for the installed packages, not in each command of the engine.

    The engine wants that list to find plugins among them, and pip takes a third of a command's time for it.
    """
    folder = Path(tempfile.mkdtemp(prefix="pulumi-emr-serverless-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    asked = ("-m", "pip", "list", "-v", "--format", "json")
    (folder / "packages.json").write_text(subprocess.check_output([sys.executable, *asked], text=True))
    command, python = folder / "python", shlex.quote(sys.executable)
    command.write_text(
        f'#!/bin/sh\nif [ "$*" = "{" ".join(asked)}" ]; then exec cat {shlex.quote(str(folder))}/packages.json; fi\n'
        f'exec {python} "$@"\n'
    )
    command.chmod(0o755)
    return command


def environment(folder: Path, engine: Path, emulator: Server) -> dict[str, str]:
    """Of a person with a file backend inside ``folder``, for whom AWS is the emulator."""
    (folder / "state").mkdir(parents=True)
    return {
        "PATH": os.pathsep.join([str(engine), str(Path(sys.executable).parent), os.environ["PATH"]]),
        "HOME": str(folder),
        "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "test",
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_PYTHON_CMD": str(_python()),
        # A program that is rewritten within a second, at the same length, would run from stale bytecode.
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": _search_path(),
        "AWS_ENDPOINT_URL": emulator.endpoint,
        "AWS_ACCESS_KEY_ID": "123456789012",
        "AWS_SECRET_ACCESS_KEY": "not-a-secret",
        "AWS_REGION": "us-east-1",
    }


def new_stack(folder: Path, engine: Path, emulator: Server, text: str, kind: type[Stack] = Stack) -> Stack:
    """A stack ``dev`` of a project ``test`` with a file backend inside ``folder``."""
    env = environment(folder, engine, emulator)
    (folder / "Pulumi.yaml").write_text("name: test\nruntime: python\n")
    stack = kind(folder, engine, emulator, env)
    stack.write(text)
    stack.pulumi("stack", "init", "dev")
    return stack
