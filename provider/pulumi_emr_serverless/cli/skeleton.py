"""``emrs skeleton``: an empty definition to fill in."""

from __future__ import annotations

from typing import Annotated

import typer


def skeleton(
    *,
    as_yaml: Annotated[bool, typer.Option("--yaml", help="YAML with comments instead of JSON.")] = False,
    output: Annotated[bool, typer.Option("--output", help="The answer of StartJobRun instead of its input.")] = False,
) -> None:
    """Print a definition with every member, as the AWS CLI's --generate-cli-skeleton does.

    Fill it in and delete what you do not need: a run takes sparkSubmit or hive, and the retry member of its mode.

    Exit code 0: it is printed; 2: the command itself is wrong.

    Example: emrs skeleton --yaml > nightly.yaml
    """
    import json  # noqa: PLC0415 - so that emrs --help is quick; also below

    from pulumi_emr_serverless.definitions.skeleton import OUTPUT_SKELETON, input_skeleton, yaml_skeleton  # noqa: PLC0415
    from pulumi_emr_serverless.definitions.text import write  # noqa: PLC0415

    if output:
        text = write(OUTPUT_SKELETON, "yaml") if as_yaml else json.dumps(OUTPUT_SKELETON, indent=4) + "\n"
    else:
        text = yaml_skeleton() if as_yaml else json.dumps(input_skeleton(), indent=4) + "\n"
    typer.echo(text, nl=False)
