"""The verbs of a launch token, the companion of a job run. They call nothing."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from pulumi_emr_serverless.launching import launch_digest, mint_launch_token
from pulumi_emr_serverless.persisted import JOB, LAUNCH, VALUE
from pulumi_emr_serverless.verbs.host import Process
from pulumi_emr_serverless.verbs.results import Created


@dataclass(frozen=True)
class LaunchTokenVerbs:
    """A random value that is durable before the run is started, and lives as long as its job is in the stack."""

    process: Process

    def create(self, props: Mapping[str, Any]) -> Created:
        """A new value, or, where this update has just deleted the job's own for its replacement, the same again."""
        value = self.process.memory.take_removed(props[JOB])
        if value is None:
            value = mint_launch_token(datetime.now(timezone.utc))
            self.process.memory.remember_minted(value)
        return Created(secrets.token_hex(8), {**props, VALUE: value, LAUNCH: launch_digest(value)})

    def update(self, outputs: Mapping[str, Any], props: Mapping[str, Any]) -> dict[str, Any]:
        """The outputs: it keeps its value, should the engine ever ask."""
        return {**props, VALUE: outputs[VALUE], LAUNCH: launch_digest(outputs[VALUE])}

    def delete(self, outputs: Mapping[str, Any]) -> None:
        self.process.memory.remember_removed(outputs[JOB], outputs[VALUE])
