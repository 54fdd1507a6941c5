"""What every operation depends on besides its request: time, fates, options and views. Tests turn these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pulumi_emr_serverless.emulator.clock import Clock
from pulumi_emr_serverless.emulator.fates import Fates
from pulumi_emr_serverless.emulator.options import Options
from pulumi_emr_serverless.emulator.views import Views

if TYPE_CHECKING:
    from pulumi_emr_serverless.emulator.neighbours import Neighbours  # botocore and werkzeug are heavy

DEFAULT_APPLICATION_ID = "00emrslocalspark"
"""The Spark application that is there from the start, in every account of the emulator's region."""

DEFAULT_HIVE_APPLICATION_ID = "00emrslocal0hive"
"""The Hive application beside it."""


@dataclass(frozen=True)
class Seed:
    """An application that is there from the start, STARTED."""

    application_id: str = DEFAULT_APPLICATION_ID
    region: str = "us-east-1"
    name: str = "emrs-local"
    release_label: str = "emr-7.14.0"
    engine: str = "Spark"


DEFAULT_SEEDS = (Seed(), Seed(DEFAULT_HIVE_APPLICATION_ID, name="emrs-local-hive", engine="Hive"))


@dataclass
class World:
    clock: Clock = field(default_factory=Clock)
    fates: Fates = field(default_factory=Fates)
    options: Options = field(default_factory=Options)
    views: Views = field(default_factory=Views)
    seeds: tuple[Seed, ...] = DEFAULT_SEEDS
    neighbours: Neighbours | None = None
    """The other services, where there are any."""
    runs_spark: bool = False
    """Do drivers run the Spark jobs for which no fate was set?"""
    has_rules: bool = False
    """Did anybody make a rule of EventBridge? Without one nobody would see an event."""
    endpoint: str | None = None
    """Where the emulator is served, for links that lead to it."""


@dataclass(frozen=True)
class Outcome:
    """An operation's output. ``replayed``: it comes from an earlier request with the same client token."""

    output: Mapping[str, Any]
    replayed: bool = False
