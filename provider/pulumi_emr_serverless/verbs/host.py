"""What the verbs need of whoever calls them, and what one process keeps between their calls."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from pulumi_emr_serverless.launching import Failures, Memory, RunStopper, Surroundings
from pulumi_emr_serverless.verbs.discretion import DiscreetHost

if TYPE_CHECKING:
    from pulumi_emr_serverless.aws import Connections, EmrServerless, Patience


class Host(Protocol):
    """A form of the provider: what it alone can do."""

    def setting(self, key: str) -> Any:
        """A value of the configuration, such as ``aws:region``; None where it is not set."""
        ...

    def say(self, line: str) -> None:
        """Show a person one line."""
        ...

    def warn(self, line: str) -> None:
        """Show a person one warning."""
        ...

    def progress(self, line: str) -> None:
        """Show a person what the resource whose verb this thread serves waits for, in a line that the next one replaces."""
        ...

    def require_engine(self) -> None:
        """Make sure that the engine still answers.

        Raises:
            EngineGoneError: it does not.
        """
        ...


@dataclass(frozen=True)
class Process:
    """One provider process: the engine starts one for each update. Its verbs share this, on several threads.

    Args:
        form: who calls.
    """

    form: Host
    memory: Memory = field(default_factory=Memory)
    surroundings: Surroundings = field(default_factory=Surroundings)
    """The living runs around those of this update, looked up once."""
    failures: Failures = field(default_factory=Failures)
    """The failed runs around those of this update, looked up together."""
    sleep: Callable[[float], None] = time.sleep
    elapsed: Callable[[], float] = time.monotonic
    """Seconds by a clock that only goes forward."""

    @property
    def has_checkpoints(self) -> bool:
        """Whether the engine writes its state after each step: it hands its environment on to this process."""
        return os.environ.get("PULUMI_SKIP_CHECKPOINTS", "").lower() not in ("1", "true")

    @cached_property
    def host(self) -> DiscreetHost:
        """Who calls; what the verbs say of secrets does not reach it."""
        return DiscreetHost(self.form)

    @cached_property
    def connections(self) -> Connections:
        from pulumi_emr_serverless.aws import Connections  # noqa: PLC0415 - it brings boto3

        return Connections(before_start=self.host.require_engine, patience=self.patience)

    @property
    def patience(self) -> Patience:
        """A verb waits for AWS's quotas for as long as its engine is there."""
        from pulumi_emr_serverless.aws import Patience  # noqa: PLC0415 - as above

        return Patience(self.host.require_engine, self.host.progress, self.sleep, self.elapsed)

    def stopper(self, aws: EmrServerless) -> RunStopper:
        """What ends runs there, and says so to who calls."""
        return RunStopper(aws, self.memory, self.host.warn, self.host.say, self.sleep, self.elapsed)
