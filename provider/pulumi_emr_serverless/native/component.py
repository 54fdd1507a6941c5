"""What a program of any language declares: a ``JobRun``, which holds a launch token and the run itself.

The token is a resource of its own, so that the engine has it in a checkpoint before the run is started.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import pulumi

from pulumi_emr_serverless.persisted import (
    LAUNCH,
    NATIVE_JOB_TYPE,
    NATIVE_LAUNCH_TOKEN,
    NATIVE_LAUNCH_TOKEN_TYPE,
    NATIVE_RUN_TYPE,
    VALUE,
)

OUTPUTS = ("jobRunId", "arn", "applicationId", "clientToken", "logs", "observed", "tags")
"""What a program sees of the run."""


class LaunchToken(pulumi.CustomResource):
    """The companion of a run: a random value from which its client token is derived."""

    def __init__(self, resource_name: str, opts: pulumi.ResourceOptions) -> None:
        super().__init__(NATIVE_LAUNCH_TOKEN_TYPE, resource_name, {VALUE: None, LAUNCH: None}, opts)

    @property
    def value(self) -> pulumi.Output[str]:
        return cast("pulumi.Output[str]", pulumi.get(self, VALUE))


class Run(pulumi.CustomResource):
    """The run itself."""

    def __init__(self, resource_name: str, inputs: Mapping[str, Any], opts: pulumi.ResourceOptions) -> None:
        super().__init__(NATIVE_RUN_TYPE, resource_name, {**dict.fromkeys(OUTPUTS), **inputs}, opts)


class JobRun(pulumi.ComponentResource):
    """One run of a job. Its two parts have its name, and its options.

    Args:
        resource_name: the name of the resource in the stack.
        inputs: what to run and how, under the API's names.
        opts: of the component.
        ignore_changes: inputs whose changes are no change.
    """

    def __init__(
        self,
        resource_name: str,
        inputs: Mapping[str, Any],
        opts: pulumi.ResourceOptions,
        ignore_changes: Sequence[str] = (),
    ) -> None:
        super().__init__(NATIVE_JOB_TYPE, resource_name, {}, opts)
        part = pulumi.ResourceOptions(parent=self, depends_on=opts.depends_on, delete_before_replace=True)
        token = LaunchToken(
            resource_name, pulumi.ResourceOptions.merge(part, pulumi.ResourceOptions(additional_secret_outputs=[VALUE]))
        )
        run = Run(
            resource_name,
            {**inputs, NATIVE_LAUNCH_TOKEN: token.value},
            pulumi.ResourceOptions.merge(part, pulumi.ResourceOptions(ignore_changes=list(ignore_changes))),
        )
        self.outputs: Mapping[str, pulumi.Output[Any]] = {name: pulumi.get(run, name) for name in OUTPUTS}
        """Of the run."""
        self.register_outputs(dict(self.outputs))
