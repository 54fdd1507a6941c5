"""Random walks: what people and machines do to one stack, and to the AWS that it sees, as data.

A walk is a list of steps. Commands are typed, and may be cut off at a point; between them runs end, time passes, views of
AWS fall behind, calls fail, the clock of the machine is wrong. `Walker` plays them and keeps the books: how many runs each
wish may have had, and from which run on the last wish may be answered.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

from hypothesis import strategies as st

from engineless import EnginelessStack, failure_of, inputs, new_process
from pulumi_emr_serverless import provider
from pulumi_emr_serverless.emulator.world import DEFAULT_APPLICATION_ID
from pulumi_emr_serverless.launching import KnownLaunches, sort_orphans, unfinished
from pulumi_emr_serverless.launching.tags import CLOSED_TAG
from pulumi_emr_serverless.persisted import LAUNCH
from pulumi_emr_serverless.verbs import JobRunVerbs

DEFINITIONS = ("a", "b", "c")
POINTS = (
    "StartJobRun.before_send",
    "StartJobRun.answered",
    "create.returned",
    "CancelJobRun.before_send",
    "CancelJobRun.answered",
    "TagResource.before_send",
    "TagResource.answered",
    "GetJobRun.answered",
    "ListJobRuns.answered",
    "delete.returned",
)
OPERATIONS = ("StartJobRun", "GetJobRun", "ListJobRuns", "CancelJobRun", "TagResource", "GetApplication")
VIEWS: tuple[tuple[str | None, Any], ...] = (
    (None, "all"),
    ("GetJobRun", "existence"),
    ("GetJobRun", "tags"),
    ("GetJobRun", "state"),
    ("GetJobRun", "all"),
    ("ListJobRuns", "existence"),
    ("ListJobRuns", "all"),
    ("ListTagsForResource", "all"),
    ("TagResource", "existence"),
    ("CancelJobRun", "existence"),
)
"""Operations, and what they see late."""

LONGER_THAN_ANY_TROUBLE = 400.0

Verb = Literal["up", "replace job", "replace both", "destroy", "destroy job", "refresh"]


@dataclass(frozen=True)
class Command:
    """Something that is typed. ``definition`` is what the program declares then; ``cut`` where the provider dies."""

    verb: Verb
    definition: str = "a"
    tag: str = ""
    cut: str = ""


@dataclass(frozen=True)
class Ends:
    """The youngest living run ends by itself."""

    outcome: Literal["SUCCESS", "FAILED"]


@dataclass(frozen=True)
class Passes:
    """Time passes at AWS."""

    seconds: float


@dataclass(frozen=True)
class Lags:
    """What an operation sees is late from now on; all of them, where none is named."""

    operation: str | None
    seconds: float
    what: Literal["existence", "tags", "state", "all"]


@dataclass(frozen=True)
class Outage:
    """Every run is unknown for a while."""

    seconds: float


@dataclass(frozen=True)
class Fails:
    """A fault of the next calls of an operation."""

    kind: Literal["drop_before", "drop_after", "internal_error", "throttle", "duplicate", "truncate"]
    operation: str
    times: int


Step = Command | Ends | Passes | Lags | Outage | Fails

_COMMANDS = st.builds(
    Command,
    verb=st.sampled_from(("up", "up", "up", "up", "replace job", "replace both", "destroy", "destroy job", "refresh")),
    definition=st.sampled_from(DEFINITIONS),
    tag=st.sampled_from(("", "1", "2")),
    cut=st.one_of(st.just(""), st.sampled_from(POINTS)),
)
_WORLD: st.SearchStrategy[Step] = st.one_of(
    st.builds(Ends, st.sampled_from(("SUCCESS", "FAILED"))),
    st.builds(Passes, st.sampled_from((1.0, 15.0, 70.0, 700.0))),
    st.builds(
        lambda view, seconds: Lags(view[0], seconds, view[1]),
        st.sampled_from(VIEWS),
        st.sampled_from((5.0, 20.0, 60.0)),
    ),
    st.builds(Outage, st.sampled_from((5.0, 30.0, 120.0))),
    st.builds(
        Fails,
        st.sampled_from(("drop_before", "drop_after", "internal_error", "throttle", "duplicate", "truncate")),
        st.sampled_from(OPERATIONS),
        st.integers(1, 3),
    ),
)
WALKS = st.lists(st.one_of(_COMMANDS, _COMMANDS, _WORLD), min_size=2, max_size=14)


@dataclass
class Walker:
    """Plays a walk on a stack without an engine, and knows what was wished for."""

    stack: EnginelessStack
    wish: str = ""
    """What the last wish was for; empty where no run is wanted."""
    wished_at: int = 0
    """How many runs there were when the last wish was made: its run is none of them."""
    cut_off: Command | None = None
    """The last command, if it did not come to its end: whoever wants it fulfilled types it again."""
    shaken: bool = False
    """Something was cut off since the last refresh: in the midst of a delete, the state does not say so."""
    destroyed: bool = False
    """The whole stack was destroyed once: nothing comes back to what a killed update had left behind before."""
    told: list[str] = field(default_factory=list)

    def play(self, step: Step) -> None:
        control = self.stack.server.control
        if isinstance(step, Command):
            self.type(step)
        elif isinstance(step, Ends):
            for run in self.stack.alive()[-1:]:
                control.settle(run, step.outcome)
        elif isinstance(step, Passes):
            control.advance(step.seconds)
        elif isinstance(step, Lags):
            control.lag(step.operation, step.seconds, what=step.what)
        elif isinstance(step, Outage):
            control.outage(step.seconds, ["GetJobRun", "CancelJobRun", "TagResource"])
        else:
            control.arm(step.kind, step.operation, times=step.times)

    def type(self, command: Command) -> None:
        """A command. A wish that stood in a command alone, and was cut off, is uttered again first, as a person would."""
        before = self.cut_off
        if before is not None and before.verb not in ("up", "refresh") and before.verb != command.verb:
            self._typed(replace(before, cut=""))
        self._typed(command)

    def _typed(self, command: Command) -> None:
        runs, job = len(self.stack.runs()), self.stack.job
        self._make_wish(command, runs)
        failure = failure_of(lambda _: self._run(command), self.stack)
        done = failure is None and not self.stack.was_killed
        self.told.append(f"{command} -> {'done' if done else failure or 'killed'}")
        started = len(self.stack.runs()) - runs
        assert started <= 1, f"{command} started {started} runs"
        self.cut_off = None if done else command
        self.shaken = self.shaken or not done
        if done and command.verb == "refresh":
            self.shaken = False
        # Of a job that is in no state, a destroy of the job alone finds nothing to do.
        if done and (command.verb == "destroy" or (command.verb == "destroy job" and job is not None)):
            self.wish = ""
            self.destroyed = self.destroyed or command.verb == "destroy"

    def _make_wish(self, command: Command, runs: int) -> None:
        """A new wish: another definition than the last, a replacement that is asked for, a run where none was wanted."""
        before = self.cut_off
        is_repeated = before is not None and (before.verb, before.definition) == (command.verb, command.definition)
        # Of a job that is in no state the engine is asked for a first run, whatever the command says.
        asks = command.verb.startswith("replace") and not is_repeated and self.stack.job is not None
        wants_a_run = command.verb == "up" or command.verb.startswith("replace")
        if not wants_a_run or (self.wish == command.definition and not asks):
            return
        self.wish, self.wished_at = command.definition, runs
        if not asks and (kept := self._untouched_run_of(command.definition)) is not None:
            self.wished_at = kept  # The wish in between came to nothing, and was taken back.

    def _untouched_run_of(self, definition: str) -> int | None:
        """The number of the run in the state, if it is of this definition and nobody has begun to end it."""
        if self.stack.job is None:
            return None
        for number, run in enumerate(self.stack.runs()):
            if (
                run.job_run_id == self.stack.run_id()
                and run.request["name"] == definition
                and CLOSED_TAG not in run.tags
            ):
                return number
        return None

    def _run(self, command: Command) -> None:
        if command.verb == "refresh":
            self.stack.refresh()
        elif command.verb.startswith("destroy"):
            self.stack.destroy(job_alone=command.verb == "destroy job", kill=command.cut, may_miss=True)
        else:
            which = {"replace job": "job", "replace both": "both"}.get(command.verb, "")
            self.stack.up(declared(command), replace=which, kill=command.cut, may_miss=True)

    def settle(self) -> None:
        """The world is honest again, what was cut off is typed again, and `up` until there is nothing to do."""
        control = self.stack.server.control
        control.disarm()
        control.lag(None, 0)
        control.advance(LONGER_THAN_ANY_TROUBLE)
        if self.cut_off is not None and self.cut_off.verb not in ("up", "refresh"):
            self.type(replace(self.cut_off, cut=""))
        if self.shaken:
            self.type(Command("refresh"))
        self.type(Command("up", self.wish or "a"))
        self.stack.up_until_clean()
        assert self.cut_off is None, self.told[-1]
        if self.destroyed:
            self._end_orphans()

    def _end_orphans(self) -> None:
        """``emrs orphans --cancel``: a crash and then a destroy leave a run whose launch is in no state."""
        assert self.stack.companion is not None
        known = KnownLaunches(
            launches=frozenset({self.stack.companion.outputs[LAUNCH]}),
            job_run_ids=frozenset({self.stack.run_id()}),
        )
        with new_process(self.stack.config):
            process = provider._process()
            aws = JobRunVerbs(process)._aws(inputs())
            living = [aws.get(run.application_id, run.job_run_id) for run in unfinished(aws, DEFAULT_APPLICATION_ID)]
            for run in sort_orphans(living, known).orphans:
                process.stopper(aws).stop(run)

    def check(self) -> None:
        """Exactly the wanted run: in the state, the only one alive, none of an earlier wish, not one that was ended."""
        runs = self.stack.runs()
        number, run = next((at, run) for at, run in enumerate(runs) if run.job_run_id == self.stack.run_id())
        assert set(self.stack.alive()) <= {run.job_run_id}, "another run is alive"
        assert run.state != "CANCELLED", "the state names a run that was cancelled"
        assert CLOSED_TAG not in run.tags, "the state names a run that its stack is done with"
        assert run.request["name"] == self.wish, "the state names a run of another definition"
        assert number >= self.wished_at, "an old run answers the last wish"
        assert len(runs) - self.wished_at == 1, "the last wish has had more than one run"


def declared(command: Command) -> dict[str, Any]:
    return inputs(name=command.definition, tags={"t": command.tag} if command.tag else None)
