"""The main job, on the embedded emulator: preview, up, no change, a tag change, a replacement, destroy.

Every screen is what the real Pulumi engine prints. State, configuration and the engine's own folder are in a
temporary folder that is removed at the end. No AWS account is used.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
STOP_SECONDS = 10
ENGINE_VARIABLE = "PULUMI_EMRS_ENGINE_DIR"


@dataclass(frozen=True)
class Demo:
    """One run of the demonstration, in a workspace of its own."""

    workspace: Path
    env: Mapping[str, str]
    application_id: str
    execution_role_arn: str

    def play(self) -> None:
        """The whole story. Any command that fails ends it."""
        self._quietly("stack", "init", "demo")
        self._set("applicationId", self.application_id)
        self._set("executionRoleArn", self.execution_role_arn)
        self._scene("What would happen? Nothing is started yet.", "preview")
        self._scene("Start the run.", "up", "--yes", "--skip-preview")
        first = self._outputs()
        self._scene("The same again: no change, no second run.", "up", "--yes", "--skip-preview")
        self._must_be_the_same_run(first)
        self._set("team", "analytics")
        self._scene("Another tag: changed in place, on the same run.", "up", "--yes", "--skip-preview", "--diff")
        self._must_be_the_same_run(first)
        self._set("partitions", "20")
        self._scene(
            "Another argument is another run: the old one is ended, a new one started.", "up", "--yes", "--skip-preview"
        )
        second = self._outputs()
        if second == first:
            raise SystemExit("The replacement did not start a new run.")
        self._scene("Clean up.", "destroy", "--yes", "--skip-preview")
        print("\nTwo runs were started, one for each intent:")
        for outputs in (first, second):
            print(f"  jobRunId  {outputs['jobRunId']}\n  arn       {outputs['arn']}")

    def _must_be_the_same_run(self, expected: Mapping[str, Any]) -> None:
        if self._outputs() != expected:
            raise SystemExit(f"Another run was started: {self._outputs()}, not {expected}.")

    def _scene(self, title: str, *arguments: str) -> None:
        print(f"\n\033[1m# {title}\033[0m\n$ pulumi {' '.join(arguments)}", flush=True)
        self._pulumi(*arguments, capture=False)

    def _set(self, key: str, value: str) -> None:
        self._quietly("config", "set", key, value)

    def _outputs(self) -> dict[str, Any]:
        return dict(json.loads(self._quietly("stack", "output", "--json")))

    def _quietly(self, *arguments: str) -> str:
        return self._pulumi(*arguments, capture=True)

    def _pulumi(self, *arguments: str, capture: bool) -> str:
        command = ["pulumi", *arguments, "--non-interactive"]
        done = subprocess.run(
            command,
            cwd=self.workspace,
            env=self.env,
            text=True,
            stdout=subprocess.PIPE if capture else None,
            check=False,
        )
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(command)} ended with {done.returncode}.\n{done.stdout or ''}")
        return done.stdout or ""


@contextmanager
def emulator(*options: str) -> Iterator[dict[str, Any]]:
    """``emrs local`` on a free port; yields what it says of itself."""
    command = [str(BIN / "emrs"), "local", "--port", "0", "--json", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            raise SystemExit("`emrs local` did not start; its message is above.")
        yield json.loads(line)
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)


def environment(engine: Path, workspace: Path, aws: Mapping[str, str]) -> dict[str, str]:
    """This process's environment, with a Pulumi of its own and no way to a real AWS account."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PULUMI_"))}
    return {
        **kept,
        **aws,
        "PATH": os.pathsep.join([str(engine), str(BIN), os.environ["PATH"]]),
        "PULUMI_BACKEND_URL": (workspace / "state").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "demo",
        "PULUMI_HOME": str(workspace / "home"),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_PYTHON_CMD": sys.executable,
    }


def copy_project(workspace: Path, project: Path = ROOT) -> None:
    """A project's settings, with its program where it is and no virtual environment but this one."""
    import yaml  # noqa: PLC0415 - so that --help works before the environment is set up

    settings = yaml.safe_load((project / "Pulumi.yaml").read_text())
    settings["main"] = str(project / settings.get("main", "."))
    settings["runtime"] = "python"
    (workspace / "Pulumi.yaml").write_text(yaml.safe_dump(settings))
    (workspace / "state").mkdir()


def main() -> None:
    """Parse the arguments and play the demonstration."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--engine",
        type=Path,
        required=ENGINE_VARIABLE not in os.environ,
        default=os.environ.get(ENGINE_VARIABLE),
        help=f"folder of a Pulumi engine, as tools/pulumi/ensure prints it; default: ${ENGINE_VARIABLE}",
    )
    engine = parser.parse_args().engine
    with tempfile.TemporaryDirectory(prefix="emr-serverless-demo-") as folder, emulator() as local:
        workspace = Path(folder)
        copy_project(workspace)
        env = environment(engine, workspace, local["env"])
        Demo(workspace, env, local["applicationId"], local["executionRoleArn"]).play()


if __name__ == "__main__":
    main()
