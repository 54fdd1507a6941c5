"""Outputs as variables of a definition, on the real engine: filled in when they are known, and secret where they are."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

import pytest

from engine.harness import APPLICATION, ROLE, Stack

DEFINITION = {
    "jobDriver": {"sparkSubmit": {"entryPoint": "s3://${bucket}/press.py", "entryPointArguments": "${args}"}},
    "tags": {"stage": "${stage}-${number}"},
}
COMMON = f'common = dict(application_id="{APPLICATION}", execution_role_arn="{ROLE}")'
FIRST = 'first = JobRun("first", job_driver=spark_submit("s3://orchard/press.py"), **common)'
VARIABLES = (
    'variables = {"bucket": pulumi.Output.concat("b-", first.application_id), "stage": "dev", "number": pulumi.Output.from_input(7),'
    ' "args": first.application_id.apply(lambda one: ["--after", one])}'
)
FORMS = {
    "from_definition": 'JobRun.from_definition("second", "jobs/second.json", variables=variables, **common)',
    "load_definitions": 'JobRun.from_definition("second", load_definitions("jobs", variables)["second"], **common)',
}


def program(*lines: str) -> str:
    imports = "import pulumi\nfrom pulumi_emr_serverless import JobRun, load_definitions, spark_submit"
    return "\n".join([imports, COMMON, FIRST, *map(textwrap.dedent, lines)]) + "\n"


def write(stack: Stack, definition: object = DEFINITION) -> None:
    folder = Path(stack.folder) / "jobs"
    folder.mkdir(exist_ok=True)
    (folder / "second.json").write_text(json.dumps(definition))


@pytest.mark.parametrize("form", FORMS)
def test_outputs_stand_in_a_definition(stack: Stack, form: str) -> None:
    """Half of what a file leaves open comes from other resources: buckets, IDs, names."""
    write(stack)
    text = program(VARIABLES, FORMS[form])
    assert "second" in stack.preview(text=text).output
    stack.up(text=text)
    requests = {run.request["jobDriver"]["sparkSubmit"]["entryPoint"]: run.request for run in stack.runs()}
    assert len(stack.runs()) == 2
    second = requests[f"s3://b-{APPLICATION}/press.py"]
    assert second["jobDriver"]["sparkSubmit"]["entryPointArguments"] == ["--after", APPLICATION]
    assert second["tags"]["stage"] == "dev-7"
    stack.up("--expect-no-changes")


def test_a_secret_stays_one_within_a_text(stack: Stack) -> None:
    """A password that a file names is in no plan, no output and no state in the clear."""
    write(
        stack,
        {
            "jobDriver": {
                "sparkSubmit": {
                    "entryPoint": "s3://acme/x.py",
                    "entryPointArguments": ["--password=${password}", "${token}"],
                }
            }
        },
    )
    variables = 'variables = {"password": pulumi.Output.secret("hunter2hunter2"), "token": pulumi.Output.secret("tokentoken77")}'
    text = program(variables, FORMS["from_definition"])
    shown = stack.preview("--diff", text=text).output + stack.up("--diff", text=text).output
    (run,) = [run for run in stack.runs() if "entryPointArguments" in run.request["jobDriver"]["sparkSubmit"]]
    assert run.request["jobDriver"]["sparkSubmit"]["entryPointArguments"] == [
        "--password=hunter2hunter2",
        "tokentoken77",
    ]
    state = (stack.folder / "state" / ".pulumi" / "stacks" / "test" / "dev.json").read_text()
    for secret in ("hunter2hunter2", "tokentoken77"):
        assert secret not in shown + state


def test_what_is_wrong_with_an_output_is_told_with_its_place(stack: Stack) -> None:
    """It shows only when the value is known, and nobody should search for the file then."""
    write(stack)
    variables = VARIABLES.replace(
        'pulumi.Output.concat("b-", first.application_id)', 'first.application_id.apply(lambda _: ["a"])'
    )
    output = stack.up(text=program(variables, FORMS["from_definition"]), expect=1).output
    assert "jobs/second.json:1:" in output
    assert "variable bucket is neither text nor a number: it cannot stand within text" in output
    assert "Traceback" not in output


def test_the_known_rest_is_checked_at_once(stack: Stack) -> None:
    """A mistake beside an Output waits for no other resource."""
    write(stack, {**DEFINITION, "mode": "FAST", "name": "${bucket}"})
    output = stack.preview(text=program(VARIABLES, FORMS["from_definition"]), expect=1).output
    assert "mode: 'FAST' must be BATCH or STREAMING" in output
