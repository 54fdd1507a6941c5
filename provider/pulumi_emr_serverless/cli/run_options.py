"""What the commands on runs share: their options, and how they reach AWS."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pulumi_emr_serverless.errors import RunLookupError

if TYPE_CHECKING:
    from pulumi_emr_serverless.aws import Connection, Connections, EmrServerless
    from pulumi_emr_serverless.cli.finding import Finder, FoundRun, Stack
    from pulumi_emr_serverless.cli.secrecy import Curtain, Location
    from pulumi_emr_serverless.redaction import Redactor
    from pulumi_emr_serverless.runs import Observation

HOW_TO_NAME_A_RUN = (
    "<application ID>/<run ID>, an ARN, or, in a stack's folder, the name of a stack output or of a JobRun."
)
RunArgument = Annotated[str, typer.Argument(help=HOW_TO_NAME_A_RUN, metavar="RUN")]
RunsArgument = Annotated[
    list[str] | None,
    typer.Argument(help=f"{HOW_TO_NAME_A_RUN} Without any, all runs of the stack.", metavar="RUNS..."),
]
ApplicationOption = Annotated[
    str | None, typer.Option("--application", help="The application that bare run IDs belong to.", metavar="ID")
]
StackOption = Annotated[str | None, typer.Option("--stack", "-s", help="The stack; default: the selected one.")]
CwdOption = Annotated[str | None, typer.Option("--cwd", "-C", help="The folder of the Pulumi project.", metavar="DIR")]
RegionOption = Annotated[
    str | None, typer.Option("--region", help="The AWS region; default: the ARN's, the stack's, AWS_REGION.")
]
ProfileOption = Annotated[str | None, typer.Option("--profile", help="The AWS profile; default: the stack's.")]
ShowSecretsOption = Annotated[
    bool, typer.Option("--show-secrets", help="Show what the stack keeps secret, instead of \\[secret].")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@dataclass(frozen=True)
class Place:
    """Where a command looks for runs, and as whom it calls AWS."""

    application: str | None = None
    stack_name: str | None = None
    cwd: str | None = None
    region: str | None = None
    profile: str | None = None
    show_secrets: bool = False

    def __post_init__(self) -> None:
        _PLACE.set(self)

    @cached_property
    def stack(self) -> Stack:
        from pulumi_emr_serverless.cli.finding import Stack  # noqa: PLC0415 - so that emrs --help is quick
        from pulumi_emr_serverless.cli.pulumi_cli import run_pulumi  # noqa: PLC0415 - as above

        return Stack(run_pulumi(self.cwd), self.stack_name)

    @cached_property
    def finder(self) -> Finder:
        from pulumi_emr_serverless.cli.finding import Finder  # noqa: PLC0415 - as above

        return Finder(self.stack, self.application)

    def secrets_of(self, run: FoundRun) -> tuple[Location, ...]:
        """Where in its request a run has secrets that are not asked for.

        Of one that was given by its ID the stack of this folder may know, should it have the run.
        """
        if self.show_secrets:
            return ()
        return run.secrets if run.name else self._secrets_beside.get(run.id, ())

    @cached_property
    def _secrets_beside(self) -> Mapping[str, tuple[Location, ...]]:
        """What the stack of this folder keeps secret, by the runs' IDs. In a folder of no project there is none to ask."""
        from pulumi_emr_serverless.cli.finding import Stack  # noqa: PLC0415 - as above
        from pulumi_emr_serverless.cli.pulumi_cli import run_pulumi  # noqa: PLC0415 - as above

        folder = Path(self.cwd or ".").absolute()
        if not any((above / "Pulumi.yaml").is_file() for above in (folder, *folder.parents)) or not which("pulumi"):
            return {}
        # Asked for this alone: what the stack says of regions and profiles counts where it is spoken of.
        stack = Stack(run_pulumi(self.cwd), self.stack_name)
        try:
            return {run.id: run.secrets for run in stack.runs}
        except RunLookupError as error:
            typer.echo(f"note: what this folder's stack keeps secret is not known, and shown. {error}", err=True)
            return {}

    def curtain(self, run: FoundRun, seen: Observation | None = None) -> Curtain:
        """What stands before the secrets of a run; without ``seen``, of one that AWS does not show."""
        from pulumi_emr_serverless.cli.secrecy import Curtain  # noqa: PLC0415 - as above

        return Curtain.before(seen, self.secrets_of(run), self.redactor)

    @property
    def redactor(self) -> Redactor:
        """Takes out of texts what was asked for and is secret in the configuration."""
        from pulumi_emr_serverless.redaction import Redactor  # noqa: PLC0415 - as above

        return Redactor() if self.show_secrets or "stack" not in vars(self) else self.stack.redactor

    def find(self, texts: list[str] | None) -> list[FoundRun]:
        """The runs that were named; without names all of the stack."""
        if texts:
            return [self.finder.find(text) for text in texts]
        return self.stack.runs

    def config(self, key: str) -> Any:
        """The stack's configuration, where a stack is what the person speaks of; the options come first."""
        if key == "aws:profile" and self.profile:
            return self.profile
        return self.stack.setting(key) if self._speaks_of_a_stack else None

    def connection(self, run: FoundRun | None = None) -> Connection:
        from pulumi_emr_serverless.aws import connection  # noqa: PLC0415 - as above

        endpoint = {} if run is None else {"endpoint": run.endpoint}
        found = connection(self.config, endpoint, region=self.region or (run.region if run else None))
        return replace(found, region_from="--region") if self.region else found

    def aws(self, run: FoundRun | None = None) -> EmrServerless:
        return self._connections.of(self.connection(run))

    @cached_property
    def _connections(self) -> Connections:
        from pulumi_emr_serverless.aws import Connections  # noqa: PLC0415 - it brings boto3

        return Connections()

    @property
    def _speaks_of_a_stack(self) -> bool:
        """IDs work without the Pulumi CLI: the stack is asked only where its name, its folder or a run of it was."""
        return bool(self.stack_name or self.cwd or "resources" in vars(self.stack))


_PLACE: ContextVar[Place | None] = ContextVar("place", default=None)


def redact(error: Exception) -> None:
    """Take out of an error what the command that failed was told and is secret."""
    place = _PLACE.get()
    if place is not None:
        place.redactor.redact(error)


def logs_of(run: FoundRun, seen: Observation) -> dict[str, str]:
    """Where the logs are: as AWS's answer says, else as the state knows."""
    from pulumi_emr_serverless.runs import log_locations  # noqa: PLC0415 - as above

    return log_locations(seen.details, run.application_id, run.job_run_id) or dict(run.logs)
