"""The table of the kill matrix, at the end of a run in which cells of it were played."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

COLUMNS = ("flow", "point", "signal", "recovery", "runs wanted", "runs started")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Printed with PULUMI_EMRS_EXHAUSTIVE=1, and written to the file that PULUMI_EMRS_MATRIX_TABLE names."""
    rows = matrix_rows(terminalreporter)
    target = os.environ.get("PULUMI_EMRS_MATRIX_TABLE")
    if not rows or not (target or os.environ.get("PULUMI_EMRS_EXHAUSTIVE")):
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
