"""The emulator without a transport: a request goes in, an answer comes out, and the call is remembered."""

from __future__ import annotations

import threading
import traceback
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.model import OperationModel

from pulumi_emr_serverless.emulator import refusals, signatures
from pulumi_emr_serverless.emulator.call_log import CallLog
from pulumi_emr_serverless.emulator.constraints import Leeway
from pulumi_emr_serverless.emulator.drivers import Drivers, Report, Stage
from pulumi_emr_serverless.emulator.effects import Effects
from pulumi_emr_serverless.emulator.errors import ApiError
from pulumi_emr_serverless.emulator.events import state_change
from pulumi_emr_serverless.emulator.faults import Faults, Handler
from pulumi_emr_serverless.emulator.log_texts import texts
from pulumi_emr_serverless.emulator.log_writer import Attempt, LogWriter
from pulumi_emr_serverless.emulator.neighbours import NeighbourError, Neighbours
from pulumi_emr_serverless.emulator.options import Options
from pulumi_emr_serverless.emulator.quotas import Quotas
from pulumi_emr_serverless.emulator.records import RecordedCall
from pulumi_emr_serverless.emulator.runs import Run, Transition, history, observe
from pulumi_emr_serverless.emulator.service import Service
from pulumi_emr_serverless.emulator.state import Place
from pulumi_emr_serverless.emulator.texts import AGAINST_THE_MODEL
from pulumi_emr_serverless.emulator.wire import Answer, Api, Caller, Request, caller_of, default_account, encode_error
from pulumi_emr_serverless.emulator.world import Outcome, World

NOTES = 100
"""So many of what went wrong elsewhere are remembered."""

VIOLATIONS = 100
"""So many defects are remembered: one is enough to fail a test."""


@dataclass
class _Exchange:
    """One request on its way through, with the places in the log of the times that it was done."""

    operation: OperationModel
    in_path: Mapping[str, str]
    request: Request
    caller: Caller
    faults: tuple[str, ...]
    logged: list[int] = field(default_factory=list)


class Emulator:
    """EMR Serverless, for any number of accounts, regions and threads.

    ``account_of`` tells the account of an access key.
    """

    def __init__(
        self,
        world: World | None = None,
        *,
        enforce_quotas: bool = False,
        account_of: Callable[[str], str] = default_account,
    ) -> None:
        self.world = world or World()
        self.effects = Effects()
        self.notes: deque[str] = deque(maxlen=NOTES)
        self.service = Service(self.world, self._observe)
        self._log_writer: LogWriter | None = None
        self._drivers: Drivers | None = None
        self.quotas = Quotas(self.world.clock, enabled=enforce_quotas)
        self.faults = Faults()
        self._api = Api()
        self._account_of = account_of
        self._initial_options: Options = self.world.options
        self._lock = threading.Lock()
        self.call_log = CallLog()
        self._violations: deque[str] = deque(maxlen=VIOLATIONS)

    def answer(self, request: Request) -> Answer:
        try:
            operation, in_path = self._api.route(request)
        except ApiError as error:
            return encode_error(error)
        faults = self.faults.take(operation.name)
        caller = caller_of(request, self._account_of, self.world.seeds[0].region)
        exchange = _Exchange(operation, in_path, request, caller, tuple(fault.kind for fault in faults))
        handler: Handler = lambda: self._perform(exchange)  # noqa: E731 - the innermost of a chain of closures
        for fault in reversed(faults):
            handler = self.faults.around(fault, handler)
        answer = handler()
        self.effects.do()
        self._conclude(exchange, answer)
        return answer

    def connect(self, neighbours: Neighbours) -> None:
        """The services beside this one, in which runs leave their logs."""
        self.world.neighbours = neighbours
        self._log_writer = LogWriter(neighbours, self.notes.append, self._texts)

    def employ(self, drivers: Drivers) -> None:
        """From now on they run the Spark jobs for which no fate was set."""
        self._drivers = drivers
        self.world.runs_spark = True

    def stage(self) -> Stage:
        """Where drivers tell what they do."""
        return Stage(self._report, self._show, self.catch_up, self.world.clock.now)

    def catch_up(self) -> None:
        """Let happen everywhere what time has brought, before somebody looks elsewhere for it."""
        self.service.catch_up()
        self.effects.do()

    def logs(self, run_id: str) -> Mapping[str, str]:
        """Every log of a run by its name, ``attempts/N/`` before those of earlier attempts. A LookupError if it is unknown."""
        found = self.service.found(run_id)
        if found is None:
            raise LookupError(f"there is no run {run_id}")
        past = history(found[1], self.world.clock.now())
        last = past[-1].attempt
        return {
            f"{f'attempts/{attempt}/' if attempt < last else ''}{log}": text
            for attempt in range(last, 0, -1)
            for log, text in self._texts(found[1], past, attempt).items()
        }

    def serves(self, method: str, path: str) -> bool:
        """Is this, without a signature that says so, a request to EMR Serverless?"""
        return self._api.serves(method, path)

    def calls(self, operation: str | None = None) -> list[RecordedCall]:
        """The latest of them, the oldest first: see `call_log.LIMIT`."""
        return self.call_log.calls(operation)

    def violations(self) -> list[str]:
        """Answers that broke the service model, and operations that broke: defects of the emulator, never of a client.

        The client gets a 500 for them, which it retries; a test has to look here, or it would not notice.
        """
        with self._lock:
            return list(self._violations)

    def reset(self) -> None:
        """As it was at the start: no runs, no calls, no faults, the options and quotas that it was started with."""
        self.faults.disarm()
        self.world.clock.reset()
        self.world.fates.reset()
        self.world.views.reset()
        self.world.options = self._initial_options
        self.quotas.reset()
        self.service.reset()
        if self._drivers is not None:
            self._drivers.reset()
        self.effects.forget()
        self.notes.clear()
        self.call_log.clear()
        with self._lock:
            self._violations.clear()

    def _observe(self, place: Place, run: Run, transition: Transition) -> None:
        if self._drivers is not None and run.lived is not None:
            self._drive(self._drivers, place, run, transition)
        if self.world.has_rules:
            self._announce(place, run, transition)
        writer = self._log_writer
        if writer is not None:
            attempt = _attempt(place, run, transition.attempt)
            self.effects.add(lambda: writer.transition(attempt, transition))

    def _announce(self, place: Place, run: Run, transition: Transition) -> None:
        past = history(run, transition.at)
        earlier = past[: past.index(transition)]
        entry = state_change(run, earlier[-1] if earlier else None, transition)
        body = {"Entries": [entry]}
        neighbours, caller = self.world.neighbours, place.caller
        if neighbours is not None:
            self.effects.add(lambda: self._put_events(neighbours, caller, body))

    def _put_events(self, neighbours: Neighbours, caller: Caller, body: dict[str, Any]) -> None:
        try:
            neighbours.json_call(caller, "events", "AWSEvents.PutEvents", body)
        except NeighbourError as error:
            self.notes.append(f"EventBridge took no event: {error}")

    def _drive(self, drivers: Drivers, place: Place, run: Run, transition: Transition) -> None:
        """What a driver has to do because of this. Before the logs are written: a killed one writes no more."""
        if transition.state == "SUBMITTED":
            queues = place.applications[run.application_id].queues()
            self.effects.add(lambda: drivers.begin(place.caller, run, queues=queues))
        elif transition.state == "CANCELLING":
            self.effects.add(lambda: drivers.end(run.run_id))
        elif transition.final:
            self.effects.add(lambda: drivers.kill(run.run_id))

    def _report(self, run_id: str, reports: Sequence[Report]) -> str | None:
        state = self.service.report(run_id, reports)
        self.effects.do()
        return state

    def _show(self, run_id: str) -> None:
        """The logs of a run whose driver goes on, where its request sends them."""
        self.effects.add(lambda: self._write(run_id))
        self.effects.do()

    def _write(self, run_id: str) -> None:
        found, now = self.service.found(run_id), self.world.clock.now()
        if found is not None and self._log_writer is not None and not observe(found[1], now).terminal:
            past = history(found[1], now)
            attempt = _attempt(*found, past[-1].attempt)
            self._log_writer.write(attempt, self._texts(found[1], past, attempt.number))

    def _texts(self, run: Run, past: list[Transition], attempt: int) -> Mapping[str, str]:
        if self._drivers is not None and run.lived is not None:
            return self._drivers.logs(run.run_id, attempt)
        return texts(run, past, attempt)

    def _perform(self, exchange: _Exchange) -> Answer:
        arguments: dict[str, Any] = dict(exchange.in_path)
        outcome = Outcome({})
        try:
            signatures.check(exchange.request, self.world.clock.now(), self.world.options)
            self.quotas.charge(exchange.caller.account, exchange.caller.region, exchange.operation.name)
            ignored = self.world.options.unknown_members == "ignored"
            leeway = Leeway({"JobRunState": self.world.fates.new_states()}, unknown=ignored)
            arguments = self._api.decode(exchange.operation, exchange.request, exchange.in_path, leeway)
            outcome = self.service.perform(exchange.operation.name, exchange.caller, arguments)
            answer = self._checked(exchange.operation, outcome)
        except ApiError as error:
            answer = encode_error(error)
        except Exception:  # noqa: BLE001 - a defect must become a 500 as in AWS, and be remembered
            answer = self._defect(f"{exchange.operation.name} broke: {traceback.format_exc()}")
        self._log(exchange, arguments, answer, outcome)
        return answer

    def _checked(self, operation: OperationModel, outcome: Outcome) -> Answer:
        leeway = Leeway({"JobRunState": self.world.fates.new_states()}, unchecked=AGAINST_THE_MODEL.value)
        if problems := self._api.output_violations(operation, outcome.output, leeway):
            return self._defect(f"{operation.name} answers against the model: {'; '.join(problems)}")
        return self._api.encode(operation, outcome.output)

    def _defect(self, sentence: str) -> Answer:
        with self._lock:
            self._violations.append(sentence)
        return encode_error(refusals.INTERNAL.error())

    def _log(self, exchange: _Exchange, arguments: Mapping[str, Any], answer: Answer, outcome: Outcome) -> None:
        call = RecordedCall(
            operation=exchange.operation.name,
            account=exchange.caller.account,
            region=exchange.caller.region,
            input=arguments,
            http_status=answer.status,
            error_code=answer.error_code,
            job_run_id=outcome.output.get("jobRunId") or arguments.get("jobRunId"),
            replayed=outcome.replayed,
            at=self.world.clock.now(),
            faults=exchange.faults,
        )
        exchange.logged.append(self.call_log.add(call))

    def _conclude(self, exchange: _Exchange, answer: Answer) -> None:
        """What the client really got, once every fault had its way."""
        if not exchange.logged:
            self._log(exchange, dict(exchange.in_path), answer, Outcome({}))
        if answer.connection != "deliver":
            for number in exchange.logged:
                self.call_log.conclude(number, delivered=False)


def _attempt(place: Place, run: Run, number: int) -> Attempt:
    application = place.applications[run.application_id].settings.get("monitoringConfiguration", {})
    return Attempt(place.caller, run, number, application)
