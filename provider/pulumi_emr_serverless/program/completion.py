"""``run.completion``: what became of a run, as outputs. Using it makes the program wait."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

import pulumi

from pulumi_emr_serverless.program.declaring import shown_to_people
from pulumi_emr_serverless.program.pricing import cost, prices
from pulumi_emr_serverless.program.secrets import redactor_of
from pulumi_emr_serverless.program.waits import Waiting, WaitOptions
from pulumi_emr_serverless.watching import Outcome, Resources, total


@dataclass(frozen=True)
class Utilization:
    """Resources over time, as outputs. None while AWS has not said."""

    vcpu_hours: pulumi.Output[float | None]
    memory_gb_hours: pulumi.Output[float | None]
    storage_gb_hours: pulumi.Output[float | None]


class Completion:
    """What became of a run, as outputs that are known once it has ended.

    For a streaming run they are known once it is healthy. In a preview they are unknown, unless the state shows, since
    the last ``pulumi refresh``, how the run ended. They fail, and with them the update, when the run fails: but not
    before everything else in the program that does not depend on the run has come as far as it can.

    What a program has made secret is in none of them but ``logs``, which is secret where it holds some.

    In unit tests with Pulumi's mocks nothing is waited for: ``observed`` of the mocked resource is the outcome.
    """

    def __init__(
        self, run: pulumi.Resource, outcome: pulumi.Output[Outcome], logs: pulumi.Output[Mapping[str, str] | None]
    ) -> None:
        self.state = outcome.apply(lambda it: it.state)
        """SUCCESS; with ``allow_failure`` FAILED or CANCELLED too; RUNNING of a streaming run; UNKNOWN of a run that
        AWS has aged out."""
        self.state_details = outcome.apply(lambda it: it.state_details)
        """AWS's words on the state, with ``[secret]`` where they repeat one."""
        self.attempt = outcome.apply(lambda it: it.attempt)
        """The number of the last attempt, from 1."""
        self.created_at = outcome.apply(lambda it: _text(it.created_at))
        """ISO 8601, UTC; so are the next two."""
        self.started_at = outcome.apply(lambda it: _text(it.started_at))
        self.ended_at = outcome.apply(lambda it: _text(it.ended_at))
        self.queued = outcome.apply(lambda it: it.queued)
        """Seconds that the run was QUEUED."""
        self.duration = outcome.apply(lambda it: it.duration)
        """Seconds of execution, as AWS counts them."""
        self.billed = _utilization(outcome.apply(lambda it: it.billed))
        """What AWS bills: at least a minute of each worker, and storage beyond 20 GB a worker."""
        self.total = _utilization(outcome.apply(lambda it: it.total))
        """What the run used."""
        self.cost = outcome.apply(lambda it: cost(it.billed))
        """What ``billed`` costs at the prices of the configuration ``emrServerless:prices``; None without them."""
        self.logs = pulumi.Output.all(outcome, logs).apply(lambda both: dict(both[0].logs))
        """As ``JobRun.logs``."""
        self._run = run
        self._outcome = outcome

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
    # `id` brings the run itself along as what the outputs depend on; `endpoint` is there only where it is declared.
    names = {"run": "jobRunId", "arn": "arn", "application": "applicationId", "logs": "logs", "observed": "observed"}
    wanted = {ours: pulumi.get(run, theirs) for ours, theirs in names.items()}
    endpoint = pulumi.get(run, "endpoint")
    values = pulumi.Output.all(
        **wanted, **({} if endpoint is None else {"endpoint": endpoint}), redactor=redactor_of(inputs)
    )
    waiting = Waiting(run, options or WaitOptions())
    # A state or a time is no secret because the location of the logs is one.
    return Completion(run, pulumi.Output.unsecret(values).apply(waiting.begin), wanted["logs"])


def total_billed(completions: Iterable[Completion]) -> pulumi.Output[dict[str, Any]]:
    """What several runs billed together: ``vcpu_hours``, ``memory_gb_hours``, ``storage_gb_hours``, and, with the
    configuration ``emrServerless:prices``, ``cost`` and ``currency``.
    """

    def summed(outcomes: list[Outcome]) -> dict[str, Any]:
        billed, known = total(each.billed for each in outcomes), prices()
        money = {} if known is None else {"cost": cost(billed), "currency": known.currency}
        return {**vars(billed), **money}

    return pulumi.Output.all(*(each._outcome for each in completions)).apply(summed)  # noqa: SLF001 - the same module


def _utilization(resources: pulumi.Output[Resources | None]) -> Utilization:
    def member(read: Callable[[Resources], float]) -> pulumi.Output[float | None]:
        return resources.apply(lambda it: None if it is None else read(it))

    return Utilization(
        vcpu_hours=member(lambda it: it.vcpu_hours),
        memory_gb_hours=member(lambda it: it.memory_gb_hours),
        storage_gb_hours=member(lambda it: it.storage_gb_hours),
    )


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
