"""Runs a program as Pulumi would, and notes what it declares."""

from __future__ import annotations

import runpy
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime import rpc
from pulumi.runtime.stack import run_pulumi_func

from program_loop import program_loop
from pulumi_emr_serverless.persisted import JOB_RUN_TYPE


class Declared(pulumi.runtime.Mocks):
    """An engine that notes what a program declares, and invents an answer."""

    def __init__(self) -> None:
        self.resources: list[pulumi.runtime.MockResourceArgs] = []

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        self.resources.append(args)
        run = {"jobRunId": f"run-of-{args.name}", "arn": f"arn-of-{args.name}", "logs": {}, "value": "token"}
        return f"{args.name}-id", {**args.inputs, **run}

    def call(self, args: pulumi.runtime.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]]]:
        raise AssertionError(f"a program called {args.token}")

    def jobs(self) -> dict[str, dict[str, Any]]:
        """The inputs of each job run, without this package's own."""
        return {one.name: _shown(one.inputs) for one in self.resources if one.typ == JOB_RUN_TYPE}


def _shown(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in inputs.items() if not name.startswith("__") and value is not None}


def _plain(value: Any) -> Any:
    """As a provider gets it: without the mark of a secret."""
    if isinstance(value, Mapping):
        if value.get(rpc._special_sig_key) == rpc._special_secret_sig:
            return _plain(value["value"])
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def declared(program: Path, values: Mapping[str, str], secrets: Iterable[str] = ()) -> Declared:
    """What the program declares with this configuration of its project ``example``."""
    engine = Declared()

    def run() -> None:
        runpy.run_path(str(program))

    with program_loop() as loop:
        pulumi.runtime.set_mocks(engine, project="example", preview=False)
        configuration = {f"example:{key}": value for key, value in values.items()}
        pulumi.runtime.set_all_config(configuration, secret_keys=[f"example:{key}" for key in secrets])
        loop.run_until_complete(run_pulumi_func(run))
    return engine
