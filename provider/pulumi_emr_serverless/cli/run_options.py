"""What the commands on runs share: their options, and how they reach AWS."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from pulumi_emr_serverless.aws import Connection, EmrServerless
    from pulumi_emr_serverless.cli.finding import Finder, FoundRun, Stack
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
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@dataclass(frozen=True)
class Place:
    """Where a command looks for runs, and as whom it calls AWS."""

    application: str | None = None
    stack_name: str | None = None
    cwd: str | None = None
    region: str | None = None
    profile: str | None = None

    @cached_property
    def stack(self) -> Stack:
        from pulumi_emr_serverless.cli.finding import Stack, run_pulumi  # noqa: PLC0415 - so that emrs --help is quick

        return Stack(run_pulumi(self.cwd), self.stack_name)

    @cached_property
    def finder(self) -> Finder:
        from pulumi_emr_serverless.cli.finding import Finder  # noqa: PLC0415 - as above

        return Finder(self.stack, self.application)

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
        return connection(self.config, endpoint, region=self.region or (run.region if run else None))

    def aws(self, run: FoundRun | None = None) -> EmrServerless:
        from pulumi_emr_serverless.aws import EmrServerless  # noqa: PLC0415 - it brings boto3

        return EmrServerless(self.connection(run))

    @property
    def _speaks_of_a_stack(self) -> bool:
        """IDs work without the Pulumi CLI: the stack is asked only where its name, its folder or a run of it was."""
        return bool(self.stack_name or self.cwd or "resources" in vars(self.stack))


def logs_of(run: FoundRun, seen: Observation) -> dict[str, str]:
    """Where the logs are: as AWS's answer says, else as the state knows."""
    from pulumi_emr_serverless.runs import log_locations  # noqa: PLC0415 - as above

    return log_locations(seen.details, run.application_id, run.job_run_id) or dict(run.logs)
