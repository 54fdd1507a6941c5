"""Writes the states that every later version must still be able to work with: ``tests/states/<version>/``.

Run it once for each release, before the release. For each scenario it brings a stack up on the real engine, against the
emulator, and keeps three things: ``NAME.json``, the export of the stack; ``NAME.made.json``, its program and the runs that AWS
knew then. ``tests/engine/test_upgrades.py`` reads them.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from engine.every_member import EVERYTHING  # noqa: E402 - the tests' own program
from engine.harness import APPLICATION, ROLE, Stack, built_engine, new_stack, program  # noqa: E402 - the tests' own stack
from pulumi_emr_serverless._version import __version__  # noqa: E402 - as above
from pulumi_emr_serverless.emulator.server import serving  # noqa: E402 - as above

HEAD = f"""
import pulumi
from pulumi_emr_serverless import JobRun, spark_submit

common = dict(application_id={APPLICATION!r}, execution_role_arn={ROLE!r})
"""
SECRETS = f"""{HEAD}
JobRun("nightly", **common,
    job_driver=spark_submit("s3://bucket/etl.py",
        arguments=["--password", pulumi.Output.secret("hunter2")],
        conf={{"spark.hadoop.secret": pulumi.Output.secret("hunter3")}}))
"""
COMPONENT = f"""{HEAD}
class Etl(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("test:index:Etl", name)
        opts = pulumi.ResourceOptions(parent=self)
        first = JobRun(f"{{name}}-load", opts, **common, job_driver=spark_submit("s3://bucket/load.py"))
        JobRun(f"{{name}}-sum", opts, **common, job_driver=spark_submit("s3://bucket/sum.py"),
            triggers=[first.job_run_id])
        self.register_outputs({{}})

Etl("etl")
"""
RENAMED = f"""{HEAD}
JobRun("daily", pulumi.ResourceOptions(aliases=[pulumi.Alias(name="nightly")]), **common,
    job_driver=spark_submit("s3://bucket/etl.py", arguments=["--day", "2026-01-01"]),
    execution_timeout_minutes=60)
"""


def up(stack: Stack) -> None:
    stack.up()


def renamed(stack: Stack) -> None:
    """The state of a stack whose job has just got another name."""
    stack.up(text=program())
    stack.up(text=RENAMED)


def pending_replacement(stack: Stack) -> None:
    """The provider was killed with the new run started; the engine has recorded that the old one is deleted."""
    stack.up()
    stack.killed_up("StartJobRun.answered", text=program(name="other"))


def pending_create(stack: Stack) -> None:
    """The engine was killed with the first run started: the state has a pending operation and no run."""
    stack.killed_up("StartJobRun.answered", victim="engine")
    stack.wait_for_orphaned_verb()
    stack.unlock()


SCENARIOS: Mapping[str, tuple[str, Callable[[Stack], None]]] = {
    "secrets": (SECRETS, up),
    "component": (COMPONENT, up),
    "alias": (RENAMED, renamed),
    "each-member": (EVERYTHING, up),
    "pending-replacement": (program(), pending_replacement),
    "pending-create": (program(), pending_create),
}


def make(name: str, target: Path, engine: Path) -> None:
    text, play = SCENARIOS[name]
    with tempfile.TemporaryDirectory() as folder, serving() as server:
        server.control.set_fate(stay_in="RUNNING", seconds={"CANCELLING": 0.05})
        stack = new_stack(Path(folder) / "stack", engine, server, text)
        try:
            play(stack)
            exported = without_sources(json.loads(stack.pulumi("stack", "export").output))
        finally:
            stack.end()
        made: dict[str, Any] = {
            "program": (stack.folder / "__main__.py").read_text(),
            "runs": [{**asdict(run), "history": []} for run in stack.runs()],
        }
    for file, content in ((f"{name}.json", exported), (f"{name}.made.json", made)):
        (target / file).write_text(json.dumps(content, indent=1, sort_keys=True) + "\n")


def without_sources(exported: dict[str, Any]) -> dict[str, Any]:
    """Without the places in a program's source: they are of the machine that this runs on, and of no consequence."""
    for resource in exported["deployment"]["resources"]:
        for name in ("sourcePosition", "stackTrace"):
            resource.pop(name, None)
    for operation in exported["deployment"].get("pending_operations") or []:
        for name in ("sourcePosition", "stackTrace"):
            operation["resource"].pop(name, None)
    return exported


def main() -> None:
    target = ROOT / "tests" / "states" / __version__
    if target.exists():
        if "--again" not in sys.argv:
            sys.exit(
                f"{target.relative_to(ROOT)} is there: a released state is never changed. (--again before a release)"
            )
        shutil.rmtree(target)
    target.mkdir(parents=True)
    engine = built_engine()
    for name in SCENARIOS:
        make(name, target, engine)
        print(name)


if __name__ == "__main__":
    main()
