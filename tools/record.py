"""Record what `pulumi up` shows of examples/dag, when all is well and when a job fails, into docs/recordings/."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from demo import ENGINE_VARIABLE, ROOT, copy_project, emulator, environment

from pulumi_emr_serverless.emulator.control import Control

EXAMPLE = ROOT / "examples" / "dag"
RECORDINGS = ROOT / "docs" / "recordings"
CONFIG = {"bucket": "my-bucket", "day": "2026-01-01"}
REASON = "Job failed, please check complete logs in configured logging destination. ExitCode: 1."
VARYING = ((re.compile(r"00f[0-9a-z]{13}"), "00f..."), (re.compile(r"@ updating\.+\n+"), ""))
"""What another recording would show otherwise, for no reason that a reader cares about."""


def record(name: str, engine: Path, failing: str | None) -> None:
    """One `up` of the example on an emulator of its own; a run named ``failing`` fails."""
    with tempfile.TemporaryDirectory(prefix="emr-serverless-recording-") as folder, emulator() as local:
        workspace = Path(folder)
        copy_project(workspace, EXAMPLE)
        env = environment(engine, workspace, local["env"])
        control = Control(local["endpoint"])
        control.set_fate(seconds={"SUBMITTED": 0.5, "PENDING": 0.5, "SCHEDULED": 0.5, "RUNNING": 3})
        if failing:
            control.set_fate(failing, outcome="FAILED", details=REASON, seconds={"RUNNING": 2})
        pulumi(workspace, env, "stack", "init", "prod")
        known = {"applicationId": local["applicationId"], "executionRoleArn": local["executionRoleArn"]}
        for key, value in {**CONFIG, **known}.items():
            pulumi(workspace, env, "config", "set", key, value)
        shown = pulumi(workspace, env, "up", "--yes", "--skip-preview")
    for pattern, replacement in VARYING:
        shown = pattern.sub(replacement, shown)
    RECORDINGS.mkdir(exist_ok=True)
    (RECORDINGS / f"{name}.txt").write_text(f"$ pulumi up --yes --skip-preview\n{shown.rstrip()}\n")


def pulumi(workspace: Path, env: Mapping[str, str], *arguments: str) -> str:
    """What a command printed, whether it succeeded or not: a failing update is one of the recordings."""
    command = ["pulumi", *arguments, "--non-interactive", "--color", "never"]
    done = subprocess.run(
        command, cwd=workspace, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    return done.stdout


def main() -> None:
    """Record both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--engine", type=Path, default=os.environ.get(ENGINE_VARIABLE), help="folder of a Pulumi engine"
    )
    engine = parser.parse_args().engine
    record("chain", engine, failing=None)
    record("chain-failing", engine, failing="transform")


if __name__ == "__main__":
    main()
