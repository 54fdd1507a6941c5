"""What tests share: an event loop for outputs, a stack without an engine, how many examples are drawn, and the table of the kill matrix."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from engineless import EnginelessStack, stack_on
from program_loop import program_loop
from pulumi_emr_serverless.emulator.server import Server, serving

EXHAUSTIVE = bool(os.environ.get("PULUMI_EMRS_EXHAUSTIVE"))

# `make test` draws the same examples each time, so that what fails fails again; `make test-exhaustive` draws new ones.
settings.register_profile("usual", deadline=None, derandomize=True)
settings.register_profile("exhaustive", deadline=None, max_examples=2000)
settings.load_profile("exhaustive" if EXHAUSTIVE else "usual")

COLUMNS = ("flow", "point", "signal", "recovery", "runs wanted", "runs started")


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """The loop of a Pulumi program: outputs are born on one."""
    with program_loop() as running:
        yield running


@pytest.fixture(scope="module")
def _running() -> Iterator[Server]:
    with serving() as server:
        yield server


@pytest.fixture
def stack(_running: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[EnginelessStack]:
    """A stack without an engine; the tests on the engine have one of their own under this name."""
    with stack_on(_running, monkeypatch) as made:
        yield made


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Printed with PULUMI_EMRS_EXHAUSTIVE=1, and written to the file that PULUMI_EMRS_MATRIX_TABLE names."""
    rows = matrix_rows(terminalreporter)
    target = os.environ.get("PULUMI_EMRS_MATRIX_TABLE")
    if not rows or not (target or EXHAUSTIVE):
        return
    lines = [f"| {' | '.join(row)} |" for row in (COLUMNS, ("---",) * len(COLUMNS), *sorted(rows))]
    differ = sum(row[4] != row[5] for row in rows)
    lines += ["", f"{len(rows)} cells played, {differ} of them with another number of runs than wanted."]
    terminalreporter.write_line("\n".join(lines))
    if target:
        Path(target).write_text("\n".join(lines) + "\n")


def matrix_rows(terminalreporter: pytest.TerminalReporter) -> list[tuple[str, ...]]:
    """What each played cell has recorded last; a cell that came to no end has started "?" runs."""
    rows = []
    for report in [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]:
        cells = [value for name, value in report.user_properties if name == "matrix" and report.when == "call"]
        if cells:
            rows.append(tuple("?" if value == -1 else str(value) for value in cells[-1]))
    return rows
