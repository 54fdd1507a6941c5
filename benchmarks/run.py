"""What this package costs, as ratios of figures that are measured side by side in one run.

Seconds of another machine say little; how much slower an `up` with N jobs is than the same `up` of an empty stack says
what the jobs cost. Prints a Markdown table. Nothing is asserted: a busy machine is no defect.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from engine.harness import APPLICATION, ROLE, built_engine, new_stack  # noqa: E402 - the tests' own stack
from pulumi_emr_serverless.aws import EmrServerless  # noqa: E402 - as above
from pulumi_emr_serverless.aws.configuration import Connection  # noqa: E402 - as above
from pulumi_emr_serverless.emulator.server import serving  # noqa: E402 - as above
from pulumi_emr_serverless.watching.poller import (  # noqa: E402 - as above
    Budget,
    Following,
    RealTime,
    RunPoller,
    Threads,
)

REQUEST = {
    "applicationId": APPLICATION,
    "executionRoleArn": ROLE,
    "jobDriver": {"sparkSubmit": {"entryPoint": "s3://bucket/etl.py"}},
}
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


def of_waiting(runs: int, minutes: float) -> str:
    """So many runs of one application, waited on for a while with AWS's quotas enforced: which calls that makes."""
    with serving() as server:
        server.control.set_fate(stay_in="RUNNING")
        aws = EmrServerless(
            Connection("us-east-1", server.endpoint, access_key="123456789012", secret_key="x"),  # noqa: S106 - the emulator takes any
            patient=False,
        )
        started = [aws.start(REQUEST, f"token-{number}")[0] for number in range(runs)]
        server.control.set_quotas(enabled=True)
        already = len(server.control.calls())
        asyncio.run(watch(aws, started, minutes * 60))
        calls = server.control.calls()[already:]
    made = Counter(call.operation for call in calls)
    throttled = sum(call.http_status == 429 for call in calls)
    pages = math.ceil(runs / 50)
    return (
        f"{runs} runs waited on for {minutes:g} min: {made['ListJobRuns']} ListJobRuns ({pages} pages a round), "
        f"{made['GetJobRun']} GetJobRun, {throttled} throttled"
    )


async def watch(aws: EmrServerless, runs: list[str], seconds: float) -> None:
    time_ = RealTime()
    poller = RunPoller(aws, APPLICATION, Budget(time_), time_, Threads())
    waits = [asyncio.create_task(see(poller.follow(run))) for run in runs]
    await asyncio.sleep(seconds)
    for wait in waits:
        wait.cancel()
    await asyncio.gather(*waits, return_exceptions=True)


async def see(following: Following) -> None:
    while True:
        await following.next()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=100, help="how many job runs the measured stack has")
    parser.add_argument("--waits", type=int, default=300, help="how many runs are waited on")
    parser.add_argument("--minutes", type=float, default=1.0, help="for how long")
    parser.add_argument("--times", type=int, default=3, help="how often a cheap command is measured; the median counts")
    options = parser.parse_args()
    print(of_waiting(options.waits, options.minutes) + "\n", flush=True)
    rows = of_processes(options.times)
    with tempfile.TemporaryDirectory() as folder:
        rows += of_stacks(built_engine(), Path(folder), options.jobs, options.times)
    print("| what | seconds | against | seconds | ratio |\n| --- | --- | --- | --- | --- |")
    for what, figure, against, base in rows:
        print(f"| {what} | {figure:.2f} | {against} | {base:.2f} | {figure / base:.1f} |")


if __name__ == "__main__":
    main()
