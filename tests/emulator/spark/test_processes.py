"""A driver must never outlive the emulator, nor what it started outlive it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from pulumi_emr_serverless.emulator.spark.process import Process

Start = Callable[..., Process]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    def begin(script: str) -> Process:
        return Process(
            ["/bin/sh", "-c", script],
            folder=tmp_path,
            environment={"PATH": os.environ["PATH"]},
            stdout=tmp_path / "stdout",
            stderr=tmp_path / "stderr",
        )

    return begin


def eventually(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


@pytest.mark.parametrize(
    ("script", "code"),
    [("exit 0", 0), ("exit 3", 3), ("kill -KILL $$", 137), ("kill -TERM $$", 143)],
    ids=["fine", "its own code", "killed, as for its memory", "ended"],
)
def test_exit_codes(start: Start, script: str, code: int) -> None:
    """AWS tells a driver's exit code, 137 for one that was killed; people look that number up."""
    assert start(script).wait(60) == code


def test_what_it_writes_is_in_files(start: Start, tmp_path: Path) -> None:
    """Logs are read while it runs."""
    assert start("echo out; echo err >&2").wait(60) == 0
    assert (tmp_path / "stdout").read_text() == "out\n"
    assert (tmp_path / "stderr").read_text() == "err\n"


def test_a_gentle_end_lets_it_finish(start: Start, tmp_path: Path) -> None:
    """The grace period of a cancellation is worth something only if the driver hears of it."""
    process = start("trap 'echo stopping; exit 5' TERM; echo ready; while :; do sleep 0.05; done")
    eventually(lambda: (tmp_path / "stdout").read_text() == "ready\n")
    assert process.wait(0) is None
    process.end()
    assert process.wait(60) == 5
    assert (tmp_path / "stdout").read_text() == "ready\nstopping\n"


def test_a_kill_takes_what_it_started(start: Start, tmp_path: Path) -> None:
    """Spark's driver starts Python, and that starts workers: none of them may stay."""
    process = start("trap '' TERM; sleep 1000 & echo $!; wait; sleep 1000")
    eventually(lambda: (tmp_path / "stdout").read_text().endswith("\n"))
    child = int((tmp_path / "stdout").read_text())
    process.end()
    process.kill()
    assert process.wait(60) == 137
    eventually(lambda: gone(child))


def test_what_it_leaves_behind_goes_with_it(start: Start, tmp_path: Path) -> None:
    """A driver that ends well may leave a child that nobody would ever end."""
    assert start("sleep 1000 & echo $!").wait(60) == 0
    eventually(lambda: gone(int((tmp_path / "stdout").read_text())))


def test_a_killed_emulator_leaves_no_driver(tmp_path: Path) -> None:
    """SIGKILL asks nobody: the driver's keeper notices that its emulator is gone."""
    program = (
        "import sys, time; from pathlib import Path\n"
        "from pulumi_emr_serverless.emulator.spark.process import Process\n"
        f"here = Path({str(tmp_path)!r})\n"
        "Process(['/bin/sh', '-c', 'echo $$; exec sleep 1000'], folder=here, environment={'PATH': '/bin:/usr/bin'},"
        " stdout=here / 'stdout', stderr=here / 'stderr')\n"
        "time.sleep(1000)\n"
    )
    emulator = subprocess.Popen([sys.executable, "-c", program])
    try:
        eventually(lambda: (tmp_path / "stdout").exists() and (tmp_path / "stdout").read_text().endswith("\n"))
        driver = int((tmp_path / "stdout").read_text())
        assert not gone(driver)
    finally:
        emulator.send_signal(signal.SIGKILL)
        emulator.wait(60)
    eventually(lambda: gone(driver))
