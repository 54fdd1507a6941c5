"""How many runs each way of starting a job run from CI starts, when the same things happen to it.

The same script for each: deploy; deploy again; deploy a changed definition; be killed after AWS has accepted the
request and before its answer arrives, and deploy again. Against the emulator, on this machine. Prints a Markdown table.
A launcher that is not installed is left out, by name.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from engine.harness import built_engine, new_stack, program  # noqa: E402 - the tests' own stack, so that both do the same
from pulumi_emr_serverless.emulator.server import Server, serving  # noqa: E402 - as above
from pulumi_emr_serverless.emulator.world import DEFAULT_APPLICATION_ID  # noqa: E402 - as above

LIMIT_SECONDS = 120
CLI = (
    "aws emr-serverless start-job-run"
    f" --application-id {DEFAULT_APPLICATION_ID} --execution-role-arn arn:aws:iam::123456789012:role/job-role"
    """ --job-driver '{"sparkSubmit":{"entryPoint":"s3://bucket/etl.py","entryPointArguments":["DAY"]}}'"""
)
TERRAFORM = """
resource "terraform_data" "nightly" {
  triggers_replace = ["DAY"]
  provisioner "local-exec" {
    command = <<-EOT
      COMMAND
    EOT
  }
}
"""


@dataclass(frozen=True)
class Launcher:
    """A way to start a run. ``deploy`` writes what is declared for a day and returns the command."""

    name: str
    needs: str
    folder: Path
    server: Server

    def env(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": os.environ.get("HOME", str(self.folder)),
            "AWS_ENDPOINT_URL": self.server.endpoint,
            "AWS_ACCESS_KEY_ID": "123456789012",
            "AWS_SECRET_ACCESS_KEY": "not-a-secret",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_CONFIG_FILE": os.devnull,
            "TF_CLI_CONFIG_FILE": os.devnull,
            "CHECKPOINT_DISABLE": "1",
        }

    def command(self, day: str) -> list[str]:
        raise NotImplementedError

    def deploy(self, day: str = "a") -> None:
        subprocess.run(
            self.command(day),
            cwd=self.folder,
            env=self.env(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=True,
            timeout=LIMIT_SECONDS,
        )

    def killed_deploy(self, day: str = "a") -> None:
        """A deploy that dies, with all that it has started, while AWS has accepted the request and not yet answered."""
        self.server.control.arm("hold", "StartJobRun", at="after")
        process = subprocess.Popen(
            self.command(day), cwd=self.folder, env=self.env(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.server.control.wait_held(timeout=LIMIT_SECONDS / 2)
        family = [process_ := psutil.Process(process.pid), *process_.children(recursive=True)]
        for member in family:
            member.kill()
        process.wait(LIMIT_SECONDS)
        self.server.control.release(then="drop")


class ShellStep(Launcher):
    token = ""

    def command(self, day: str) -> list[str]:
        return ["sh", "-c", CLI.replace("DAY", day) + self.token]


class ShellStepWithToken(ShellStep):
    token = " --client-token nightly"  # noqa: S105 - an argument, no password


class Terraform(Launcher):
    def command(self, day: str) -> list[str]:
        text = TERRAFORM.replace("COMMAND", CLI).replace("DAY", day)
        (self.folder / "main.tf").write_text(text)
        return ["sh", "-c", "terraform init -input=false -no-color && terraform apply -auto-approve -no-color"]


class Package(Launcher):
    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        object.__setattr__(self, "stack", new_stack(self.folder / "stack", built_engine(), self.server, ""))

    stack: Any = None

    def deploy(self, day: str = "a") -> None:
        self.stack.up(text=program(arguments=(day,)))

    def killed_deploy(self, day: str = "a") -> None:
        self.stack.write(program(arguments=(day,)))
        self.stack.held("StartJobRun", "engine", "up", "--yes", "--skip-preview")
        self.stack.end()
        self.stack.unlock()


LAUNCHERS: tuple[tuple[type[Launcher], str, str], ...] = (
    (ShellStep, "AWS CLI in a shell step", "aws"),
    (ShellStepWithToken, "AWS CLI with a fixed `--client-token`", "aws"),
    (Terraform, "Terraform `terraform_data` + `local-exec`", "terraform"),
    (Package, "pulumi-emr-serverless", "pulumi"),
)


def killed_and_retried(launcher: Launcher) -> None:
    launcher.killed_deploy()
    launcher.deploy()


def twice(launcher: Launcher) -> None:
    launcher.deploy()
    launcher.deploy()


def changed(launcher: Launcher) -> None:
    launcher.deploy()
    launcher.deploy("b")


def killed_then_changed(launcher: Launcher) -> None:
    launcher.killed_deploy()
    launcher.deploy("b")


STORIES = (
    ("killed after AWS accepted, deployed again", killed_and_retried, "1, 1 alive"),
    ("deployed twice, nothing changed", twice, "1, 1 alive"),
    ("deployed, changed, deployed", changed, "2, 1 alive"),
    ("killed after AWS accepted, changed, deployed", killed_then_changed, "2, 1 alive"),
)


def rows() -> Iterator[tuple[str, ...]]:
    yield ("what happens", "wanted", *(name for _, name, _ in LAUNCHERS))
    yield ("---",) * (2 + len(LAUNCHERS))
    for story, play, wanted in STORIES:
        yield (story, wanted, *(outcome(kind, name, needs, play) for kind, name, needs in LAUNCHERS))


def outcome(kind: type[Launcher], name: str, needs: str, play: Any) -> str:
    """Runs started and runs alive, on an emulator and in a folder of their own."""
    if needs != "pulumi" and shutil.which(needs) is None:
        return f"no {needs} here"
    with tempfile.TemporaryDirectory() as folder, serving() as server:
        server.control.set_fate(stay_in="RUNNING", seconds={"CANCELLING": 0.05})
        launcher = kind(name, needs, Path(folder), server)
        try:
            play(launcher)
        except subprocess.CalledProcessError:
            failed = ", and the deploy fails"
        else:
            failed = ""
        runs = server.control.runs()
        alive = [run for run in runs if run.state not in ("SUCCESS", "FAILED", "CANCELLED")]
        if isinstance(launcher, Package):
            launcher.stack.end()
        return f"{len(runs)}, {len(alive)} alive{failed}"


if __name__ == "__main__":
    for row in rows():
        print(f"| {' | '.join(row)} |", flush=True)
