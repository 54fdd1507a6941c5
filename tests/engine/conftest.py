"""Fixtures of the tests on the real engine. A missing engine is a failure that says what to install, never a skip."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.harness import Stack, built_engine, new_stack, program
from pulumi_emr_serverless.emulator.server import Server, serving


@pytest.fixture(scope="session")
def engine() -> Path:
    """The folder of a whole Pulumi engine."""
    return built_engine()


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
