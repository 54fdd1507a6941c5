"""Pulumi's options of a job run: those that it cannot have, wherever they come from, and those of its companion.

What a program writes at the job is refused at once. A parent's options and a transformation's are known when the engine has
put them together: a transform of ours looks at them then, and has the check of the job refuse them. It is there only where
a job has a parent, or the program transforms something, for the engine asks it about every resource.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pulumi

from pulumi_emr_serverless.persisted import JOB_RUN_TYPE, LAUNCH_TOKEN_TYPE, REFUSED, VALUE
from pulumi_emr_serverless.program.checking import Declaration
from pulumi_emr_serverless.program.errors import DeclarationError
from pulumi_emr_serverless.program.transforms import may_be_transformed, transform_last

_REFUSED_OPTIONS: tuple[tuple[str, Callable[[Any], bool], str], ...] = (
    (
        "delete_before_replace",
        lambda value: value is False,
        (
            "delete_before_replace=False is not possible for a JobRun: the new run would start while the old one still writes, "
            "and Pulumi would then delete, that is cancel, the wrong one."
        ),
    ),
    (
        "retain_on_delete",
        bool,
        (
            "retain_on_delete is not possible for a JobRun: Pulumi would not tell that the run is let go, and the next update "
            'would take it for one that a crash left behind. Say on_delete="retain" instead.'
        ),
    ),
    (
        "deleted_with",
        lambda value: value is not None,
        (
            "deleted_with is not possible for a JobRun: Pulumi would not tell that the run is over, and it would go on in no "
            'state. Leave it out; on_delete="retain" lets a run go on.'
        ),
    ),
    (
        "import_",
        lambda value: value is not None,
        (
            "import_ is not possible for a JobRun in a Python program: Pulumi imports no dynamic resource. "
            "JobRun.get(name, id) reads a run that exists; `emrs import-run` writes its definition."
        ),
    ),
)
"""Pulumi's options that would leave a run in no state, or cannot work; when; and why."""


_FROM_ELSEWHERE = (
    "{why} It comes from a parent of the job or from a transformation, which have to leave the job out; "
    "retain_on_delete=False among the job's own options holds off a parent's."
)


def job_options(opts: Any, declaration: Declaration) -> pulumi.ResourceOptions:
    """The job's options: never two runs of one job at once."""
    if opts is not None and not isinstance(opts, pulumi.ResourceOptions):
        declaration.refuse(
            f"the options are of the Python type {type(opts).__qualname__}; write opts=pulumi.ResourceOptions(...), and the "
            "members as keywords or as one dict"
        )
    if not declaration.has_name:
        raise DeclarationError("\n".join(declaration.messages))
    for name, is_refused, why in _REFUSED_OPTIONS:
        if opts is not None and is_refused(getattr(opts, name)):
            declaration.refuse(why)
    return pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(delete_before_replace=True))


def job_key(resource_name: str, parent: pulumi.Resource | None) -> pulumi.Input[str]:
    """What tells this job from the others of the stack within one update."""
    if parent is None:
        return resource_name

    async def key() -> str:
        # The text alone: as an Output it would depend on the parent, which depends on its children.
        return f"{await parent.urn.future()}::{resource_name}"

    return pulumi.Output.from_input(key())


def companion_options(opts: pulumi.ResourceOptions) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions(
        parent=opts.parent,
        protect=opts.protect,
        aliases=None if opts.aliases is None else [_companion_alias(alias) for alias in opts.aliases],
        additional_secret_outputs=[VALUE],
        delete_before_replace=True,
    )


def _companion_alias(alias: pulumi.Input[str | pulumi.Alias]) -> Any:
    """The alias of the companion beside the job's. Copied as it is, an URN would hand it the job's own state."""
    if isinstance(alias, pulumi.Alias):
        return pulumi.Alias(alias.name, LAUNCH_TOKEN_TYPE, alias.parent, alias.stack, alias.project)
    if isinstance(alias, str):
        return alias.replace(f"{JOB_RUN_TYPE}::", f"{LAUNCH_TOKEN_TYPE}::")
    return pulumi.Output.from_input(cast("Any", alias)).apply(_companion_alias)


async def watch_options(job: pulumi.Resource, opts: pulumi.ResourceOptions) -> None:
    """Have the engine's last word on the options of a job looked at, before the job is registered.

    Args:
        job: the job, of which Pulumi knows by now.
        opts: what its program has given it.
    """
    if opts.parent or opts.transforms or may_be_transformed(job):
        await transform_last(_refused)


def _refused(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
    """The job with what is wrong with its options, for its check; None where nothing is, and for every other resource."""
    if args.type_ != JOB_RUN_TYPE:
        return None
    reasons = [why for name, is_refused, why in _REFUSED_OPTIONS if is_refused(getattr(args.opts, name))]
    if not reasons:
        return None
    args.opts.import_ = None  # else the engine would read what it has no provider for before it has the job checked
    said = [_FROM_ELSEWHERE.format(why=why) for why in reasons]
    return pulumi.ResourceTransformResult({**args.props, REFUSED: said}, args.opts)
