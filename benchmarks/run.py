"""What this package costs, as ratios of figures that are measured side by side in one run.

Seconds of another machine say little; how much slower an `up` with N jobs is than the same `up` of an empty stack says
what the jobs cost. Prints a Markdown table. Nothing is asserted: a busy machine is no defect.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from engine.harness import APPLICATION, ROLE, new_stack  # noqa: E402 - the tests' own stack
from pulumi_emr_serverless.emulator.server import serving  # noqa: E402 - as above

EMPTY = "import pulumi\n"
JOBS = f"""
from pulumi_emr_serverless import JobRun, spark_submit

for number in range(NUMBER):
    JobRun(f"job-{{number}}", application_id={APPLICATION!r}, execution_role_arn={ROLE!r},
        job_driver=spark_submit("s3://bucket/etl.py"), triggers=[DAY])
"""


def seconds(command: Callable[[], object]) -> float:
    begun = time.perf_counter()
    command()
    return time.perf_counter() - begun


def median(command: Callable[[], object], times: int) -> float:
    return statistics.median(seconds(command) for _ in range(times))


def of_stacks(engine: Path, folder: Path, number: int, times: int) -> list[tuple[str, float, str, float]]:
    with serving() as server:
        server.control.set_fate(stay_in="RUNNING", seconds={"CANCELLING": 0.0})
        empty = new_stack(folder / "empty", engine, server, EMPTY)
        empty.up()
        jobs = JOBS.replace("NUMBER", str(number))
        full = new_stack(folder / "full", engine, server, jobs.replace("DAY", "1"))
        base, against = median(empty.up, times), "up of an empty stack"
        started = seconds(full.up)
        idle = median(lambda: full.up("--expect-no-changes"), times)
        refreshed = seconds(full.refresh)
        replaced = seconds(lambda: full.up(text=jobs.replace("DAY", "2")))
        destroyed = seconds(full.destroy)
    figures = {
        f"up, {number} jobs started": started,
        f"up, {number} jobs, no change": idle,
        f"refresh, {number} jobs": refreshed,
        f"up, {number} jobs replaced": replaced,
        f"destroy, {number} jobs": destroyed,
    }
    return [(what, figure, against, base) for what, figure in figures.items()]


def of_processes(times: int) -> list[tuple[str, float, str, float]]:
    def python(*arguments: str) -> Callable[[], object]:
        command = [sys.executable, *arguments]
        return lambda: subprocess.run(command, stdout=subprocess.DEVNULL, check=True)

    bare, pulumi = median(python("-c", ""), times), median(python("-c", "import pulumi"), times)
    emrs = ("-c", "from pulumi_emr_serverless.cli import main; main()", "--help")
    package = median(python("-c", "from pulumi_emr_serverless import JobRun, spark_submit"), times)
    return [
        ("from pulumi_emr_serverless import JobRun", package, "import pulumi", pulumi),
        ("emrs --help", median(python(*emrs), times), "python -c ''", bare),
    ]


def built_engine() -> Path:
    if folder := os.environ.get("PULUMI_EMRS_ENGINE_DIR"):
        return Path(folder)
    ensure = [sys.executable, str(ROOT / "tools" / "pulumi" / "ensure")]
    return Path(subprocess.run(ensure, stdout=subprocess.PIPE, text=True, check=True).stdout.split()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=100, help="how many job runs the measured stack has")
    parser.add_argument("--times", type=int, default=3, help="how often a cheap command is measured; the median counts")
    options = parser.parse_args()
    rows = of_processes(options.times)
    with tempfile.TemporaryDirectory() as folder:
        rows += of_stacks(built_engine(), Path(folder), options.jobs, options.times)
    print("| what | seconds | against | seconds | ratio |\n| --- | --- | --- | --- | --- |")
    for what, figure, against, base in rows:
        print(f"| {what} | {figure:.2f} | {against} | {base:.2f} | {figure / base:.1f} |")


if __name__ == "__main__":
    main()
