"""The kill matrix, played on the real engine. The cells and what they promise are in ``matrix``."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from engine.harness import APPLICATION, Stack, new_stack, sabotage
from engine.matrix import CORE_LATE, Cell, Program, cells, core
from pulumi_emr_serverless.emulator.server import Server
from pulumi_emr_serverless.launching.tags import CLOSED_TAG, LAUNCH_TAG


def played() -> list[Cell]:
    """The core; all with PULUMI_EMRS_EXHAUSTIVE=1, of which PULUMI_EMRS_MATRIX_SHARE=2/5 is the second fifth."""
    if not os.environ.get("PULUMI_EMRS_EXHAUSTIVE"):
        return core()
    part, _, parts = os.environ.get("PULUMI_EMRS_MATRIX_SHARE", "1/1").partition("/")
    return list(cells())[int(part) - 1 :: int(parts)]


def late() -> list[Cell]:
    """Those that are played with late views: one, and with PULUMI_EMRS_EXHAUSTIVE=1 the core.

    All of them, as above, with PULUMI_EMRS_MATRIX_LATE=1 too: that is waiting for hours.
    """
    if os.environ.get("PULUMI_EMRS_EXHAUSTIVE"):
        return played() if os.environ.get("PULUMI_EMRS_MATRIX_LATE") else core()
    return [cell for cell in core() if cell.name in CORE_LATE]


UPS_UNTIL_CLEAN = 3
LATE_SECONDS = 20.0
"""How long the emulator hides a new run, and what became of a run, in the cells with late views."""


@dataclass(frozen=True)
class Crash:
    """What there was right after the blow."""

    before: tuple[str, ...]
    """The IDs of the runs that were there before the command."""
    started: tuple[str, ...]
    """Those that the struck command has started."""
    recorded: tuple[str, ...]
    """Those that the state names; not a pending replacement's."""
    unowned: frozenset[str]
    """Those alive that the state does not name."""


@pytest.fixture
def bare(tmp_path: Path, engine: Path, emulator: Server) -> Callable[[], Stack]:
    def make() -> Stack:
        return new_stack(tmp_path / "stack", engine, emulator, "")

    return make


@pytest.mark.parametrize("cell", played(), ids=lambda cell: cell.name)
def test_one_intent_is_one_run(
    bare: Callable[[], Stack], cell: Cell, record_property: Callable[[str, object], None]
) -> None:
    """Whoever is killed, wherever, and whatever is typed next: the wanted runs, in the state, and no other alive."""
    stack = bare()
    try:
        crash = strike(stack, cell)
        wanted = expected(cell, crash)
        record_property("matrix", [cell.flow.name, cell.point.name, cell.blow.name, cell.recovery, wanted, -1])
        final = recover(stack, cell, crash)
        started = len(stack.runs())
        record_property("matrix", [cell.flow.name, cell.point.name, cell.blow.name, cell.recovery, wanted, started])
        assert started == wanted, story(stack, crash)
        assert_state_is_what_lives(stack, cell, crash, final)
    finally:
        stack.end()


@pytest.mark.parametrize("cell", late(), ids=lambda cell: cell.name)
def test_one_intent_is_one_run_though_aws_shows_everything_late(bare: Callable[[], Stack], cell: Cell) -> None:
    """The same with GetJobRun, ListJobRuns and the tags 20 s behind, until everything was typed.

    A run that is not shown in time may end a command with a sentence. Then the same command is typed again.
    """
    stack = bare()
    try:
        for what in ("existence", "state", "tags"):
            stack.emulator.control.lag(None, LATE_SECONDS, what=what)
        crash = strike(stack, cell)
        final = recover(stack, cell, crash)
        assert len(stack.runs()) == expected(cell, crash), story(stack, crash)
        assert_state_is_what_lives(stack, cell, crash, final)
    finally:
        stack.end()


def strike(stack: Stack, cell: Cell) -> Crash:
    """Bring the stack up, and strike the command at the point."""
    flow = cell.flow
    if flow.before is not None:
        stack.up(text=flow.before.text())
    if flow.taint:
        stack.pulumi("state", "taint", urn(stack, flow.program), "--yes")
    stack.write(flow.program.text())
    before = tuple(run.job_run_id for run in stack.runs())
    if cell.point.held:
        stack.held(cell.point.at, cell.blow.victim, *command(stack, cell))
    else:
        env = sabotage(cell.point.at, cell.blow.victim, cell.blow.signal)
        stack.pulumi(*command(stack, cell), env=env, expect=None)
    assert (stack.folder / "struck").exists(), "the command never came to this point"
    if cell.blow.victim == "engine":
        stack.wait_for_orphaned_verb()
        stack.unlock()
    runs = [run.job_run_id for run in stack.runs()]
    recorded = tuple(ids_in_state(stack))
    return Crash(
        before,
        tuple(one for one in runs if one not in before),
        recorded,
        frozenset(stack.alive()) - set(recorded),
    )


def command(stack: Stack, cell: Cell) -> list[str]:
    arguments = [word.format(job=urn(stack, cell.flow.program)) for word in cell.flow.arguments]
    return [cell.flow.command, "--yes", "--skip-preview", *arguments]


def urn(stack: Stack, program: Program) -> str:
    return stack.urn(program.jobs[0])


def ids_in_state(stack: Stack) -> list[str]:
    return [str(job["outputs"]["jobRunId"]) for job in stack.jobs() if not job.get("pendingReplacement")]


def is_wish_lost(cell: Cell, crash: Crash) -> bool:
    """A wish that stood in the command alone, and whose delete the engine has not recorded, must be uttered again."""
    return cell.flow.asks_once and set(crash.recorded) >= set(crash.before[-1:])


def expected(cell: Cell, crash: Crash) -> int:
    """How many runs there must be in the end: an intent that was cut off and given up has its run too."""
    flow, jobs = cell.flow, len(cell.flow.program.jobs)
    if cell.recovery in ("another definition", "destroy and up"):
        return len(crash.before) + len(crash.started) + jobs
    wanted = len(crash.before) + (1 if flow.command == "destroy" else flow.starts)
    asked_again = cell.recovery == "same command" and flow.asks_once and flow.command == "up"
    if asked_again and set(crash.started) & set(crash.recorded):
        wanted += flow.starts  # the first wish was fulfilled and recorded: this is another one
    return wanted


def recover(stack: Stack, cell: Cell, crash: Crash) -> Program:
    """What somebody does next, and then `pulumi up` until there is nothing to do. Returns what is declared then."""
    flow, final = cell.flow, cell.flow.program
    if cell.recovery == "another definition":
        final = replace(final, day="c")
        stack.up(text=final.text())
    elif cell.recovery == "destroy and up":
        stack.destroy()
        stack.up()
    elif cell.recovery == "same command":
        is_done = flow.command == "destroy" and not stack.jobs()
        # Of a job that is in the state no more, Pulumi says that there is no resource of that name.
        stack.pulumi(*command(stack, cell), expect=1 if is_done and flow.arguments else 0)
    else:
        stack.up()
        if is_wish_lost(cell, crash):
            assert len(stack.runs()) == len(crash.before)
            stack.pulumi(*command(stack, cell))
    if flow.command == "destroy":
        stack.up()
    stack.emulator.control.advance(LATE_SECONDS)
    for _ in range(UPS_UNTIL_CLEAN):
        if stack.up("--expect-no-changes", expect=None).code == 0:
            return final
    pytest.fail(f"not clean after {UPS_UNTIL_CLEAN} ups")


def assert_state_is_what_lives(stack: Stack, cell: Cell, crash: Crash, final: Program) -> None:
    """Each declared job has one living run that the state names; what a destroy cannot reach, `emrs orphans` can."""
    state, runs = ids_in_state(stack), {run.job_run_id: run for run in stack.runs()}
    assert len(set(state)) == len(final.jobs), story(stack, crash)
    beyond_reach = crash.unowned - set(state) if cell.recovery == "destroy and up" else frozenset()
    assert set(stack.alive()) == set(state) | beyond_reach, story(stack, crash)
    assert all(CLOSED_TAG not in runs[one].tags for one in state), story(stack, crash)
    if beyond_reach:
        assert cancelled_orphans(stack) == beyond_reach, story(stack, crash)
        assert set(stack.alive()) == set(state), story(stack, crash)
    for one in state:
        assert {key: value for key, value in runs[one].tags.items() if key != LAUNCH_TAG} == dict(final.tags)


def cancelled_orphans(stack: Stack) -> set[str]:
    """The runs that `emrs orphans` finds, and cancels."""
    export = stack.folder / "export.json"
    export.write_text(stack.pulumi("stack", "export").output)
    found = stack.emrs("orphans", APPLICATION, "--state", str(export), "--cancel", "--min-age", "0", "--yes", "--json")
    return {one["jobRunId"] for one in json.loads(found.output)["orphans"]}


def story(stack: Stack, crash: Crash) -> str:
    lines = [f"{run.job_run_id} {run.state} {dict(run.tags)}" for run in stack.runs()]
    return "\n".join([f"{crash}", f"state: {ids_in_state(stack)}", *lines])
