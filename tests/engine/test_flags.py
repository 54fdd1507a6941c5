"""The engine's own flags and environment: what an empty dynamic resource does under each of them, a job run does too.

Some of them add arguments in front of a provider's own, some change who listens where, and a person's terminal may
stop the engine.
"""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from engine.harness import LIMIT_SECONDS, Stack, program, sabotage

NEXT_DAY = program(arguments=("--day", "2026-01-02"))
DEAD_PROXY = "http://127.0.0.1:9"
STOPPED_SECONDS = 8.0
"""Longer than the provider waits for one answer of the engine."""

FLAGS: tuple[tuple[str, ...], ...] = (
    ("--tracing", "file:./trace"),
    ("--otel-traces", "file:./otel.json"),
    ("--logflow", "--logtostderr", "-v=3"),
    ("-v=9", "--logtostderr", "--logflow"),
    ("--profiling", "./profile", "--memprofilerate", "1"),
    ("--emoji", "--fully-qualify-stack-names", "--disable-integrity-checking", "--debug"),
    ("--json", "--parallel", "1"),
)

ENVIRONMENTS: tuple[Mapping[str, str], ...] = (
    {
        "PULUMI_DEBUG_GRPC": "grpc.json",
        "PULUMI_EXPERIMENTAL": "true",
        "PULUMI_OPTIMIZED_CHECKPOINT_PATCH": "true",
        "PULUMI_ENABLE_JOURNALING": "true",
        "PULUMI_DISABLE_OUTPUT_VALUES": "true",
        "PULUMI_DISABLE_RESOURCE_REFERENCES": "true",
        "PULUMI_PARALLEL": "1",
    },
    {
        "PYTHONOPTIMIZE": "2",
        "PYTHONDEVMODE": "1",
        "PYTHONSAFEPATH": "1",
        "LC_ALL": "C",
        "TZ": "Pacific/Kiritimati",
        "HTTP_PROXY": DEAD_PROXY,
        "http_proxy": DEAD_PROXY,
        "no_proxy": "127.0.0.1",
    },
)


@pytest.mark.parametrize("flags", FLAGS, ids=" ".join)
def test_a_flag_of_the_engine(stack: Stack, flags: tuple[str, ...]) -> None:
    """A run is started, and another in its place."""
    assert_starts_and_replaces(stack, *flags)


@pytest.mark.parametrize("env", ENVIRONMENTS, ids=["engine", "Python"])
def test_a_variable_of_the_environment(stack: Stack, env: Mapping[str, str]) -> None:
    stack.env.update(env)
    assert_starts_and_replaces(stack)


def assert_starts_and_replaces(stack: Stack, *flags: str) -> None:
    stack.up(*flags)
    (first,) = stack.alive()
    stack.up(*flags, text=NEXT_DAY)
    (second,) = stack.alive()
    assert second == stack.run_id() != first
    assert len(stack.runs()) == 2


@pytest.mark.parametrize("point", ["create.called", "TagResource.before_send"])
def test_an_engine_that_is_stopped_goes_on(stack: Stack, point: str) -> None:
    """Ctrl-Z and `fg`: it cannot answer meanwhile, and nothing is given up or started twice."""
    stack.up()
    stack.write(NEXT_DAY)
    (stack.folder / "struck").unlink(missing_ok=True)
    process = subprocess.Popen(
        [stack.engine / "pulumi", "up", "--yes", "--skip-preview", "--non-interactive", "--color", "never"],
        cwd=stack.folder,
        env={**stack.env, **sabotage(point, "engine", "SIGSTOP")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        await_file(stack.folder / "struck")
        time.sleep(STOPPED_SECONDS)
        assert len(stack.runs()) == 1, "it was started while nobody could record it"
        process.send_signal(signal.SIGCONT)
        output, _ = process.communicate(timeout=LIMIT_SECONDS)
    finally:
        if process.poll() is None:
            process.kill()
    assert process.returncode == 0, output
    assert stack.alive() == [stack.run_id()]
    assert len(stack.runs()) == 2


def await_file(path: Path) -> None:
    deadline = time.monotonic() + LIMIT_SECONDS
    while not path.exists():
        assert time.monotonic() < deadline, f"{path.name} does not come"
        time.sleep(0.05)
