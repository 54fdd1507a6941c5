"""``emrs schema``: the JSON Schema of a definition."""

from __future__ import annotations

import typer


def schema() -> None:
    """Print the JSON Schema of definitions, for editors and CI.

    Exit code 0: it is printed; 2: the command itself is wrong.

    Example: emrs schema > start-job-run.schema.json
    """
    from pulumi_emr_serverless.definitions.schema import shipped_schema_text  # noqa: PLC0415 - so that emrs --help is quick

    typer.echo(shipped_schema_text(), nl=False)
