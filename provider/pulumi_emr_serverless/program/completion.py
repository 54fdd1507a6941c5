"""``run.completion``: what became of a run, as outputs. Using it makes the program wait."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any, TypeVar

import pulumi

from pulumi_emr_serverless.persisted import STARTED_AT
from pulumi_emr_serverless.program.declaring import shown_to_people
from pulumi_emr_serverless.program.failing import Told
from pulumi_emr_serverless.program.pricing import cost, prices
from pulumi_emr_serverless.program.secrets import redactor_of
from pulumi_emr_serverless.program.waits import Ended, Waiting, WaitOptions
from pulumi_emr_serverless.watching import UNKNOWN_STATE, Outcome, Resources, total

T = TypeVar("T")

_AGE = ("executionTimeoutMinutes", "retryPolicy", "mode")
"""The inputs that tell how old a run can become."""


@dataclass(frozen=True)
class Utilization:
    """Resources over time, as outputs. None while AWS has not said."""

    vcpu_hours: pulumi.Output[float | None]
    memory_gb_hours: pulumi.Output[float | None]
    storage_gb_hours: pulumi.Output[float | None]


@dataclass(frozen=True)
class TotalBilled(Utilization):
    """What several runs billed together, as outputs."""

    cost: pulumi.Output[float | None]
    """At the prices of the configuration ``emrServerless:prices``; None without them."""
    currency: pulumi.Output[str | None]
    not_billed_yet: pulumi.Output[int]
    """How many of the runs are not in it, as AWS has not said in time what they billed."""


class Completion:
    """What became of a run, as outputs that are known once it has ended.

    For a streaming run they are known once it is healthy. In a preview they are unknown, unless the run is seen to have
    ended well. They fail, and with them the update, when the run fails: but not before everything else in the program
    that does not depend on the run has come as far as it can, and the stack's outputs tell what became of it.

    What a run used and billed, AWS says a while after its end. ``billed``, ``total`` and ``cost`` wait for that, up to
    ``billed_timeout``; nothing else does.

    What a program has made secret is in none of them but ``logs``, which is secret where it holds some.

    In unit tests with Pulumi's mocks nothing is waited for: ``observed`` of the mocked resource is the outcome.
    """

    def __init__(
        self,
        run: pulumi.Resource,
        waiting: Waiting,
        ended: pulumi.Output[Ended],
        logs: pulumi.Output[Mapping[str, str] | None],
    ) -> None:
        self._run, self._waiting, self._ended = run, waiting, ended
        self._outcome: pulumi.Output[Outcome] = ended.apply(waiting.required)
        self.state = Told(
            self._outcome.apply(lambda it: it.state), ended.apply(lambda it: it.outcome.state), UNKNOWN_STATE
        )
        """SUCCESS; with ``allow_failure`` FAILED or CANCELLED too; RUNNING of a streaming run; UNKNOWN of a run that
        AWS has aged out. As a stack's output it says FAILED or CANCELLED of any run, and UNKNOWN of one that was not
        started, as what it depends on has failed."""
        self.state_details = self._told(lambda it: it.state_details)
        """AWS's words on the state, with ``[secret]`` where they repeat one."""
        self.attempt = self._told(lambda it: it.attempt)
        """The number of the last attempt, from 1."""
        self.created_at = self._told(lambda it: _text(it.created_at))
        """ISO 8601, UTC; so are the next two."""
        self.started_at = self._told(lambda it: _text(it.started_at))
        self.ended_at = self._told(lambda it: _text(it.ended_at))
        self.queued = self._told(lambda it: it.queued)
        """Seconds that the run was QUEUED."""
        self.duration = self._told(lambda it: it.duration)
        """Seconds of execution, as AWS counts them."""
        self.logs = Told(
            pulumi.Output.all(self._outcome, logs).apply(lambda both: dict(both[0].logs)),
            pulumi.Output.all(ended, logs).apply(lambda both: dict(both[0].outcome.logs)),
        )
        """As ``JobRun.logs``."""

    @cached_property
    def billed(self) -> Utilization:
        """What AWS bills: at least a minute of each worker, and storage beyond 20 GB a worker."""
        return self._utilization(lambda it: it.billed)

    @cached_property
    def total(self) -> Utilization:
        """What the run used."""
        return self._utilization(lambda it: it.total)

    @cached_property
    def cost(self) -> pulumi.Output[float | None]:
        """What ``billed`` costs at the prices of the configuration ``emrServerless:prices``; None without them."""
        return self.figure(lambda it: cost(it.billed))

    def __await__(self) -> Generator[Any, None, pulumi.Resource]:
        """So that ``depends_on=[run.completion]`` is what it says. In a preview it waits for nothing."""

        async def completed() -> pulumi.Resource:
            await self._outcome.future()
            return self._run

        return completed().__await__()

    @property
    def completed(self) -> pulumi.Output[pulumi.Resource]:
        """The run itself, known when it has ended: for ``depends_on``."""
        return self._outcome.apply(lambda _: self._run)

    @cached_property
    def figures(self) -> pulumi.Output[Outcome]:
        """The outcome once AWS has said what the run used and billed, or has not in time; of a failed run as it ended."""
        self._waiting.figures_wanted = True
        return self._ended.apply(self._waiting.figures)

    def figure(self, read: Callable[[Outcome], T]) -> pulumi.Output[T]:
        figures = self.figures
        required: pulumi.Output[Outcome] = self._outcome.apply(lambda _: figures)
        return Told(required.apply(read), figures.apply(read))

    def _told(self, read: Callable[[Outcome], T]) -> pulumi.Output[T]:
        return Told(self._outcome.apply(read), self._ended.apply(lambda it: read(it.outcome)))

    def _utilization(self, resources: Callable[[Outcome], Resources | None]) -> Utilization:
        def member(read: Callable[[Resources], float]) -> pulumi.Output[float | None]:
            def found(outcome: Outcome) -> float | None:
                known = resources(outcome)
                return None if known is None else read(known)

            return self.figure(found)

        return Utilization(
            vcpu_hours=member(lambda it: it.vcpu_hours),
            memory_gb_hours=member(lambda it: it.memory_gb_hours),
            storage_gb_hours=member(lambda it: it.storage_gb_hours),
        )


def completion_of(
    run: pulumi.Resource, options: WaitOptions | None = None, inputs: Mapping[str, Any] = MappingProxyType({})
) -> Completion:
    """Wait for a run, together with all others that this program waits for.

    Args:
        run: the run.
        options: how to wait.
        inputs: what the program says of the run; what is secret in it is in nothing that the wait shows.

    Raises:
        DeclarationError: ``emrServerless:prices`` is not a set of prices.
    """
    with shown_to_people():
        prices()  # a mistake is better found before hours of waiting
    # `id` brings the run itself along as what the outputs depend on; what is not declared is not there.
    wanted = _outputs(run, ("jobRunId", "arn", "applicationId", "logs", "observed", "endpoint"))
    values = pulumi.Output.all(**wanted, redactor=redactor_of(inputs))
    # Apart: a preview does not know of an output what an early version did not write, and needs none of these.
    waiting = Waiting(run, options or WaitOptions(), pulumi.Output.all(**_outputs(run, (STARTED_AT, *_AGE))))
    # A state or a time is no secret because the location of the logs is one.
    return Completion(run, waiting, pulumi.Output.unsecret(values).apply(waiting.begin), wanted["logs"])


def _outputs(run: pulumi.Resource, names: Iterable[str]) -> dict[str, pulumi.Output[Any]]:
    return {name: output for name in names if (output := pulumi.get(run, name)) is not None}


def total_billed(completions: Iterable[Completion]) -> TotalBilled:
    """What several runs billed together, waiting for each as its ``billed`` does."""
    every = list(completions)
    required = pulumi.Output.all(*(each.figure(lambda it: it) for each in every))
    found = pulumi.Output.all(*(each.figures for each in every))

    def told(read: Callable[[list[Outcome]], T]) -> pulumi.Output[T]:
        return Told(required.apply(read), found.apply(read))

    def hours(read: Callable[[Resources], float]) -> pulumi.Output[float | None]:
        return told(lambda outcomes: read(_sum(outcomes)))

    def currency(_: list[Outcome]) -> str | None:
        known = prices()
        return None if known is None else known.currency

    return TotalBilled(
        vcpu_hours=hours(lambda it: it.vcpu_hours),
        memory_gb_hours=hours(lambda it: it.memory_gb_hours),
        storage_gb_hours=hours(lambda it: it.storage_gb_hours),
        cost=told(lambda outcomes: cost(_sum(outcomes))),
        currency=told(currency),
        not_billed_yet=told(lambda outcomes: sum(each.billed is None for each in outcomes)),
    )


def _sum(outcomes: Iterable[Outcome]) -> Resources:
    return total(each.billed for each in outcomes)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
