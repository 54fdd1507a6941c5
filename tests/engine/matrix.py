"""The kill matrix as data: flows x points x blows x recoveries, and what each cell promises.

A cell is one story: a stack is brought up, a command of it is struck at a point, somebody recovers in one of the usual
ways, and types `pulumi up` until there is nothing to do. `play` tells it and `expected` says how it must end, in the
words of the design: one intent, one run.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Victim = Literal["provider", "program", "engine"]
Recovery = Literal["plain up", "same command", "another definition", "destroy and up"]
RECOVERIES: tuple[Recovery, ...] = ("plain up", "same command", "another definition", "destroy and up")


@dataclass(frozen=True)
class Program:
    """What is declared: one job run, or several, and how."""

    jobs: tuple[str, ...] = ("nightly",)
    day: str = "a"
    tags: tuple[tuple[str, str], ...] = ()
    triggers: str = ""
    alias: str = ""
    """The name that the one job had before."""
    component: bool = False
    chained: bool = False
    """The second job is triggered by the first one's run."""

    def text(self) -> str:
        lines = ["import pulumi", "from pulumi_emr_serverless import JobRun, spark_submit", "parent = None"]
        if self.component:
            lines.append('parent = pulumi.ComponentResource("test:index:Etl", "etl")')
        for number, name in enumerate(self.jobs):
            triggers = "[jobs[0].job_run_id]" if self.chained and number else repr([self.triggers])
            aliases = f"[pulumi.Alias(name={self.alias!r})]" if self.alias else "None"
            lines += [
                "jobs = []" if not number else "",
                f"jobs.append(JobRun({name!r}, pulumi.ResourceOptions(parent=parent, aliases={aliases}),",
                "    application_id='00emrslocalspark', execution_role_arn='arn:aws:iam::123456789012:role/job-role',",
                f"    job_driver=spark_submit('s3://bucket/etl.py', arguments=['--day', {self.day!r}]),",
                f"    tags={dict(self.tags)!r}, triggers={triggers}))",
            ]
        return "\n".join(lines) + "\n"


A = Program()


@dataclass(frozen=True)
class Flow:
    """The command that is struck.

    Args:
        name: as the issue and the table call it.
        before: what is up before; None is nothing.
        program: what is declared when the command is typed.
        command: ``up`` or ``destroy``.
        arguments: of the command; ``{job}`` is the URN of the first job.
        starts: how many runs the command wants.
        ends: whether it ends a run first.
        asks_once: the wish is in the command alone, not in the program or the state.
        tags_only: it changes tags of a living run and nothing else.
        taint: the job is tainted before the command.
    """

    name: str
    before: Program | None
    program: Program
    command: Literal["up", "destroy"] = "up"
    arguments: tuple[str, ...] = ()
    starts: int = 1
    ends: bool = True
    asks_once: bool = False
    tags_only: bool = False
    taint: bool = False


_PAIR = Program(("nightly", "weekly"))
_CHAIN = Program(("nightly", "report"), chained=True)
_THREE = Program(("nightly", "weekly", "yearly"))
_INSIDE = Program(component=True)

FLOWS: tuple[Flow, ...] = (
    Flow("first create", None, A, ends=False),
    Flow("replacement", A, Program(day="b")),
    Flow("--replace", A, A, arguments=("--replace", "{job}"), asks_once=True),
    Flow("--replace, job and companion", A, A, arguments=("--replace", "**nightly"), asks_once=True),
    Flow("taint", A, A, taint=True),
    Flow("trigger change", A, Program(triggers="v2")),
    Flow("a dependent job", _CHAIN, Program(("nightly", "report"), day="b", chained=True), starts=2),
    Flow("destroy", A, A, command="destroy", starts=0, asks_once=True),
    Flow(
        "destroy of the job alone", A, A, command="destroy", arguments=("--target", "{job}"), starts=0, asks_once=True
    ),
    Flow("rename with alias, and a change", A, Program(("daily",), day="b", alias="nightly")),
    Flow("several jobs at once", None, _THREE, starts=3, ends=False),
    Flow("several jobs replaced", _PAIR, Program(("nightly", "weekly"), day="b"), starts=2),
    Flow("job in a component", None, _INSIDE, ends=False),
    Flow("job in a component, replaced", _INSIDE, Program(component=True, day="b")),
    Flow("tag change", Program(tags=(("a", "1"), ("b", "2"))), Program(tags=(("a", "2"),)), starts=0, tags_only=True),
)


@dataclass(frozen=True)
class Point:
    """Where the blow falls; ``at`` is a point of the saboteur, or a call that the emulator holds back."""

    name: str
    at: str
    held: bool = False
    starting: bool = False
    """It is around StartJobRun."""
    ending: bool = False
    """It is in a delete, so before the engine has recorded that."""
    tagging: bool = False
    """It is in an update of tags."""


POINTS: tuple[Point, ...] = (
    Point("before StartJobRun is sent", "StartJobRun.before_send", starting=True),
    Point("sent, no answer", "StartJobRun", held=True, starting=True),
    Point("answered", "StartJobRun.answered", starting=True),
    Point("before the checkpoint", "create.returned", starting=True),
    Point("between delete and create", "create.called", starting=True, ending=False),
    Point("before the run is closed", "TagResource.before_send", ending=True),
    Point("before the cancellation", "CancelJobRun.before_send", ending=True),
    Point("cancelled, no answer", "CancelJobRun", held=True, ending=True),
    Point("after the cancellation", "CancelJobRun.answered", ending=True),
    Point("before the delete's checkpoint", "delete.returned", ending=True),
    Point("before the tags are put", "TagResource.before_send", tagging=True),
    Point("between put and removed", "TagResource.answered", tagging=True),
    Point("before the tags' checkpoint", "update.returned", tagging=True),
)


@dataclass(frozen=True)
class Blow:
    """Who is struck, and with what."""

    victim: Victim
    signal: str

    @property
    def name(self) -> str:
        return f"{self.signal} {self.victim}"

    @property
    def deadly(self) -> bool:
        """Whether the verb under way may be lost. After the others the engine ends it and records it."""
        return self.victim == "provider" or self.name in ("SIGKILL engine", "SIGINT twice engine")


BLOWS: tuple[Blow, ...] = (
    Blow("provider", "SIGKILL"),
    Blow("program", "SIGKILL"),
    Blow("engine", "SIGKILL"),
    Blow("engine", "SIGINT"),
    Blow("engine", "SIGINT twice"),
)


@dataclass(frozen=True)
class Cell:
    flow: Flow
    point: Point
    blow: Blow
    recovery: Recovery

    @property
    def name(self) -> str:
        return f"{self.flow.name} / {self.point.name} / {self.blow.name} / {self.recovery}"


def pruned(cell: Cell) -> str | None:
    """Why a cell is left out; None for one that is played."""
    flow, point, blow, recovery = cell.flow, cell.point, cell.blow, cell.recovery
    rules = (
        (point.starting and not flow.starts, "nothing is started"),
        (point.ending and not flow.ends, "nothing is ended"),
        (point.tagging != flow.tags_only, "tags are updated in the flow of that name, and nothing else is there"),
        (point.ending and flow.tags_only, "nothing is ended"),
        (point.name == "between delete and create" and not flow.ends, "there is no delete before"),
        (
            flow.arguments == () and recovery == "same command" and not flow.taint,
            "the same command is a plain up",
        ),
        (flow.taint and recovery == "same command", "a taint is in the state: the same command is a plain up"),
        (
            flow.command == "destroy" and recovery == "destroy and up",
            "that is the same command again, and an up",
        ),
        (
            point.held and blow.name not in ("SIGKILL provider", "SIGKILL engine"),
            "a request that AWS holds is cut off only with its sender, or with who waits for it",
        ),
        (
            not blow.deadly and recovery in ("another definition", "destroy and up"),
            "the verb was recorded: what follows is an ordinary update",
        ),
        (
            blow.name == "SIGINT twice engine" and recovery in ("another definition", "destroy and up"),
            "the state is that after SIGKILL of the engine, which is played",
        ),
        (
            blow.victim == "program" and flow.command == "destroy",
            "a destroy runs no program",
        ),
        (
            blow.name == "SIGKILL engine"
            and recovery in ("another definition", "destroy and up")
            and flow.name not in ("first create", "replacement"),
            "the state is that after SIGKILL of the provider but for a pending create, which two flows play",
        ),
        (
            not blow.deadly and point.name not in ("answered", "after the cancellation", "between put and removed"),
            "the engine ends the verb: one point in each verb is enough",
        ),
        (
            blow.name == "SIGINT twice engine"
            and point.name in ("between delete and create", "before the cancellation"),
            "the point before it and the one after it are played",
        ),
        (
            point.ending and recovery == "destroy and up" and point.name != "after the cancellation",
            "the destroy repeats the delete, wherever that was cut off",
        ),
    )
    return next((reason for holds, reason in rules if holds), None)


def cells() -> Iterator[Cell]:
    """Every cell that is played."""
    for flow, point, blow, recovery in itertools.product(FLOWS, POINTS, BLOWS, RECOVERIES):
        cell = Cell(flow, point, blow, recovery)
        if pruned(cell) is None:
            yield cell


def left_out() -> dict[str, int]:
    """How many cells each rule leaves out."""
    found: dict[str, int] = {}
    for flow, point, blow, recovery in itertools.product(FLOWS, POINTS, BLOWS, RECOVERIES):
        reason = pruned(Cell(flow, point, blow, recovery))
        if reason is not None:
            found[reason] = found.get(reason, 0) + 1
    return found


CORE: tuple[str, ...] = (
    "first create / sent, no answer / SIGKILL provider / plain up",
    "first create / answered / SIGKILL provider / another definition",
    "first create / before the checkpoint / SIGINT twice engine / plain up",
    "--replace / before the cancellation / SIGKILL provider / same command",
    "--replace, job and companion / between delete and create / SIGKILL provider / same command",
    "taint / answered / SIGKILL provider / plain up",
    "replacement / answered / SIGKILL engine / another definition",
    "a dependent job / answered / SIGKILL provider / plain up",
    "destroy of the job alone / after the cancellation / SIGKILL provider / plain up",
    "rename with alias, and a change / answered / SIGKILL provider / plain up",
    "several jobs at once / answered / SIGKILL provider / another definition",
    "job in a component, replaced / answered / SIGINT engine / plain up",
)
"""The cells that every `make test` plays: each flow and each kind of blow, and what `test_kills` does not have."""

CORE_LATE: tuple[str, ...] = ("replacement / answered / SIGKILL engine / another definition",)
"""Those of them that it plays with late views as well, which is waiting most of the time."""


def core() -> list[Cell]:
    known = {cell.name: cell for cell in cells()}
    return [known[name] for name in CORE]
