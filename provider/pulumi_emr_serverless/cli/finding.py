"""Which run a person means: by ID, by ARN, by a stack's output, or by the resource's name in a stack."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from pulumi_emr_serverless.cli.pulumi_cli import Pulumi, read_json
from pulumi_emr_serverless.cli.secrecy import Location, is_secret, revealed, secret_locations
from pulumi_emr_serverless.errors import RunLookupError
from pulumi_emr_serverless.persisted import RUN_TYPES
from pulumi_emr_serverless.redaction import Redactor
from pulumi_emr_serverless.runs import ids_of_arn, region_of

_BOTH_IDS = re.compile(r"([0-9a-z]+)/([0-9a-z]+)")


@dataclass(frozen=True)
class FoundRun:
    """A run that a person means, and what is known about it without AWS."""

    application_id: str
    job_run_id: str
    name: str = ""
    """The resource's name in its stack; empty outside of one."""
    region: str | None = None
    endpoint: str | None = None
    logs: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[Location, ...] = ()
    """Where in its request its stack keeps secrets."""

    @property
    def id(self) -> str:
        return f"{self.application_id}/{self.job_run_id}"

    @property
    def title(self) -> str:
        return self.name or self.job_run_id

    @classmethod
    def parse(cls, text: str) -> FoundRun | None:
        """Read an ARN, or ``application ID/run ID``; None for anything else."""
        if ids := ids_of_arn(text):
            return cls(*ids, region=region_of(text))
        if found := _BOTH_IDS.fullmatch(text):
            return cls(found[1], found[2])
        return None

    @classmethod
    def of_resource(cls, resource: Mapping[str, Any]) -> FoundRun:
        """Read a ``JobRun`` of a stack's state."""
        outputs = resource.get("outputs") or {}
        application_id, _, job_run_id = str(resource["id"]).partition("/")
        endpoint = outputs.get("endpoint")
        return cls(
            application_id,
            job_run_id,
            name=str(resource["urn"]).rpartition("::")[2],
            region=region_of(str(outputs.get("arn") or "")) or None,
            endpoint=endpoint if isinstance(endpoint, str) else None,
            logs=_plain(outputs.get("logs")),
            secrets=secret_locations(resource.get("inputs") or {}),
        )


@dataclass(frozen=True)
class Stack:
    """A stack's state and configuration, as the Pulumi CLI shows them.

    Args:
        pulumi: runs the CLI in the project's folder.
        name: the stack; None is the selected one.
    """

    pulumi: Pulumi
    name: str | None = None
    _settings: dict[str, Any] = field(default_factory=dict)
    _secrets: list[Any] = field(default_factory=list)

    @cached_property
    def resources(self) -> list[Mapping[str, Any]]:
        """What is in the state, without what only waits to be deleted."""
        return self._exported()

    def _exported(self, *options: str) -> list[Mapping[str, Any]]:
        deployment = self._read("stack", "export", *options).get("deployment") or {}
        return [each for each in deployment.get("resources") or [] if not each.get("delete")]

    @cached_property
    def runs(self) -> list[FoundRun]:
        return [self._run(each) for each in self.resources if each["type"] in RUN_TYPES and each.get("id")]

    def _run(self, resource: Mapping[str, Any]) -> FoundRun:
        """A run of the state; where it is, is needed to ask for it, so that is revealed if it is secret."""
        run, outputs = FoundRun.of_resource(resource), resource.get("outputs") or {}
        if not any(is_secret(outputs.get(name)) for name in ("arn", "endpoint")):
            return run
        clear = FoundRun.of_resource({**resource, "outputs": self._revealed[resource["urn"]]})
        self._secrets.append(clear.endpoint if is_secret(outputs.get("endpoint")) else None)
        return replace(run, region=clear.region, endpoint=clear.endpoint)

    @cached_property
    def _revealed(self) -> Mapping[str, Any]:
        """The outputs of each resource that does not only wait to be deleted, with their secrets."""
        found = self._exported("--show-secrets")
        return {each["urn"]: revealed(each.get("outputs") or {}) for each in found}

    @property
    def redactor(self) -> Redactor:
        """Takes out of texts what was asked for of the configuration, and of where runs are, and is secret."""
        return Redactor(self._secrets)

    @cached_property
    def outputs(self) -> Mapping[str, Any]:
        return next((each.get("outputs") or {} for each in self.resources if each["type"] == "pulumi:pulumi:Stack"), {})

    def setting(self, key: str) -> Any:
        """A value of the configuration; a structured one is JSON text, as the engine gives it to a provider.

        A secret is asked for by itself, and only when it is needed.
        """
        if key not in self._settings:
            entry = self._config.get(key, {})
            is_hidden = entry.get("secret") and "value" not in entry
            self._settings[key] = (
                self._ask("config", "get", key).removesuffix("\n") if is_hidden else entry.get("value")
            )
            if entry.get("secret"):
                self._secrets.append(self._settings[key])
        return self._settings[key]

    @cached_property
    def _config(self) -> Mapping[str, Any]:
        return self._read("config", "--json")

    def _read(self, *arguments: str) -> dict[str, Any]:
        command = " ".join(arguments)
        document = read_json(self._ask(*arguments), command)
        if not isinstance(document, dict):
            raise RunLookupError(f"`pulumi {command}` has printed something else than it does: no JSON object.")
        return document

    def _ask(self, *arguments: str) -> str:
        chosen = ("--stack", self.name) if self.name else ()
        return self.pulumi((*arguments, *chosen))


@dataclass(frozen=True)
class Finder:
    """Finds runs.

    Args:
        stack: where names are looked up. It is asked for nothing unless a name needs it.
        application_id: what a bare run ID belongs to.
    """

    stack: Stack
    application_id: str | None = None

    def find(self, text: str) -> FoundRun:
        """The run that a person means by an ID, an ARN, or a name.

        Raises:
            RunLookupError: there is none, or more than one.
        """
        explicit = FoundRun.parse(text)
        if explicit is None and self.application_id is not None:
            explicit = FoundRun(self.application_id, text)
        if explicit is not None:
            return explicit
        found = list(self._named(text))
        if not found:
            raise RunLookupError(self._nothing(text))
        if len(found) > 1:
            ids = ", ".join(run.id for run in found)
            raise RunLookupError(f"{text!r} is the name of {len(found)} runs of this stack; give one of: {ids}")
        return found[0]

    def _named(self, text: str) -> Iterator[FoundRun]:
        output = self.stack.outputs.get(text)
        if isinstance(output, str):
            known = [run for run in self.stack.runs if output in (run.job_run_id, run.id) or _same(output, run)]
            explicit = FoundRun.parse(output)
            yield from known or ([explicit] if explicit else [])
            if known or explicit:
                return
        yield from (run for run in self.stack.runs if text in (run.name, run.job_run_id))

    def _nothing(self, text: str) -> str:
        names = ", ".join(run.name for run in self.stack.runs) or "none"
        if text in self.stack.outputs:
            return f"{self._output(text)} Name a JobRun; this stack has: {names}."
        return (
            f"No run {text!r}: give <application ID>/<run ID>, an ARN, --application with a run ID, or in a stack's "
            f"folder the name of an output or of a JobRun. This stack has: {names}."
        )

    def _output(self, name: str) -> str:
        """Why an output of the stack leads to no run."""
        value = self.stack.outputs[name]
        if is_secret(value):
            return f"The output {name!r} is secret, so it is not looked into."
        if value is None:
            return f"The output {name!r} has no value: what it is made of failed in the last update."
        if not isinstance(value, str):
            return f"The output {name!r} is no text, and so no run."
        return (
            f"The output {name!r} is {value!r}, and no run of the state has that ID or ARN: it is something else, or of "
            "a run that was replaced or removed since."
        )


def _same(arn: str, run: FoundRun) -> bool:
    parsed = FoundRun.parse(arn)
    return parsed is not None and parsed.id == run.id


def _plain(logs: Any) -> dict[str, str]:
    """Locations out of a state; secret ones are not readable there."""
    return {key: value for key, value in (logs or {}).items() if isinstance(value, str)}
