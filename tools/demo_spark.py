"""A Spark job on this machine: from `pulumi up` to its result and its log, and what a failing one looks like.

Everything is real but the cloud: the Pulumi engine, Spark, and a job that reads and writes S3, which is the emulator's.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo import ENGINE_VARIABLE, copy_project, emulator, environment

PROJECT = Path(__file__).with_suffix("")
BUCKET = "word-count"
TEXT = "to be or not to be that is the question\n"
EXPECTED = "be,2\nto,2\nis,1\nnot,1\nor,1\nquestion,1\nthat,1\nthe,1\n"
TRACEBACK_ENDS = "Path does not exist: s3://word-count/no-texts"


@dataclass(frozen=True)
class Demo:
    """One run of the demonstration, in a workspace of its own."""

    workspace: Path
    env: Mapping[str, str]
    s3: Any

    def play(self, local: Mapping[str, Any]) -> None:
        """The whole story. A SystemExit where it does not go as it should."""
        self._fill()
        self._run("pulumi", "stack", "init", "demo")
        for key, value in (
            ("applicationId", local["applicationId"]),
            ("executionRoleArn", local["executionRoleArn"]),
            ("bucket", BUCKET),
            ("texts", "texts"),
        ):
            self._run("pulumi", "config", "set", key, value)
        self._scene("Run the job, and wait for it.", "pulumi", "up", "--yes", "--skip-preview", "--non-interactive")
        self._must_have_counted()
        self._scene("What its driver printed.", "emrs", "logs", "word-count", "--stdout")
        self._run("pulumi", "config", "set", "texts", "no-texts")
        failing = ("pulumi", "up", "--yes", "--skip-preview", "--non-interactive")
        said = self._scene("A job that fails: its texts are not there.", *failing, fails=True)
        if TRACEBACK_ENDS not in said:
            raise SystemExit(f"pulumi up failed without the end of the job's traceback: {TRACEBACK_ENDS}")
        self._scene("Clean up.", "pulumi", "destroy", "--yes", "--skip-preview", "--non-interactive")

    def _fill(self) -> None:
        self.s3.create_bucket(Bucket=BUCKET)
        self.s3.put_object(Bucket=BUCKET, Key="texts/hamlet.txt", Body=TEXT.encode())
        self.s3.upload_file(str(PROJECT / "word_count.py"), BUCKET, "word_count.py")

    def _must_have_counted(self) -> None:
        keys = [one["Key"] for one in self.s3.list_objects_v2(Bucket=BUCKET, Prefix="counts/")["Contents"]]
        (key,) = [one for one in keys if one.endswith(".csv")]
        counts = self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode()
        print(f"\n\033[1m# The result\033[0m\ns3://{BUCKET}/{key}\n{counts}", end="", flush=True)
        if counts != EXPECTED:
            raise SystemExit(f"The words were counted wrong: {EXPECTED!r} was expected.")

    def _scene(self, title: str, *command: str, fails: bool = False) -> str:
        print(f"\n\033[1m# {title}\033[0m\n$ {' '.join(command)}", flush=True)
        said = self._run(*command, fails=fails)
        print(said, end="", flush=True)
        return said

    def _run(self, *command: str, fails: bool = False) -> str:
        done = subprocess.run(
            command,
            cwd=self.workspace,
            env=self.env,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if (done.returncode != 0) is not fails:
            raise SystemExit(f"{' '.join(command)} ended with {done.returncode}.\n{done.stdout}")
        return done.stdout


def s3_client(env: Mapping[str, str]) -> Any:
    import boto3  # noqa: PLC0415 - so that what is missing of Spark is said first

    return boto3.session.Session().client(
        "s3",
        endpoint_url=env["AWS_ENDPOINT_URL"],
        region_name=env["AWS_REGION"],
        aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
    )


def main() -> None:
    """Play the demonstration."""
    engine = Path(os.environ[ENGINE_VARIABLE])
    with tempfile.TemporaryDirectory(prefix="emr-serverless-demo-") as folder, emulator("--spark") as local:
        workspace = Path(folder)
        copy_project(workspace, PROJECT)
        env = environment(engine, workspace, local["env"])
        Demo(workspace, env, s3_client(local["env"])).play(local)


if __name__ == "__main__":
    main()
