"""Fixtures of the tests on the real engine. A missing engine is a failure that says what to install, never a skip."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.harness import Stack, new_stack, program
from pulumi_emr_serverless.emulator.server import Server, serving

ENSURE = Path(__file__).parents[2] / "tools" / "pulumi" / "ensure"


@pytest.fixture(scope="session")
def engine() -> Path:
    """The folder of a whole Pulumi engine: the one that ``make`` found, else what ``tools/pulumi/ensure`` builds."""
    if folder := os.environ.get("PULUMI_EMRS_ENGINE_DIR"):
        return Path(folder)
    done = subprocess.run([sys.executable, str(ENSURE)], stdout=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 0, "no Pulumi engine: read what tools/pulumi/ensure says above"
    return Path(done.stdout.strip().splitlines()[-1])


@pytest.fixture
def emulator() -> Iterator[Server]:
    """EMR Serverless on a port of its own; its runs stay RUNNING until a test or a cancellation ends them."""
    with serving(port=0) as server:
        server.control.set_fate(stay_in="RUNNING", seconds={"CANCELLING": 0.05})
        yield server
        problems = server.control.health()["violations"]
        assert not problems, f"the emulator gave answers that AWS's model does not allow: {problems}"


@pytest.fixture
def new(tmp_path: Path, engine: Path, emulator: Server) -> Iterator[Callable[[str], Stack]]:
    """Makes further stacks beside ``stack``, each on a backend of its own."""
    made: list[Stack] = []

    def make(text: str) -> Stack:
        made.append(new_stack(tmp_path / f"stack{len(made)}", engine, emulator, text))
        return made[-1]

    yield make
    for stack in made:
        stack.end()


@pytest.fixture
def stack(new: Callable[[str], Stack]) -> Stack:
    """A stack with one job run that is not up yet."""
    return new(program())
