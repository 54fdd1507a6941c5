"""The examples, run with Pulumi's mocks: what each one declares, and that it passes the check before a run."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

import declaring
from declaring import Declared
from pulumi_emr_serverless.definitions.files import check_definition
from pulumi_emr_serverless.persisted import JOB_RUN_TYPE, LAUNCH_TOKEN_TYPE, SECRETS
from pulumi_emr_serverless.request import REQUEST_MEMBERS, violations

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = sorted(path.parent.name for path in EXAMPLES.glob("*/__main__.py"))
OURS = {"quickstart", "dag", "definitions", "typed"}
ROOT_PROJECT = EXAMPLES.parent / "Pulumi.yaml"

APPLICATION, ROLE = "00f1abcd2efgh30h", "arn:aws:iam::123456789012:role/emr-serverless-job"
VALUES = {
    "applicationId": APPLICATION,
    "executionRoleArn": ROLE,
    "bucket": "acme",
    "day": "2026-01-31",
    "apiToken": "hunter2",
}


def declared(name: str) -> Declared:
    """Run an example with every configuration value that an example here may ask for."""
    return declaring.declared(EXAMPLES / name / "__main__.py", VALUES, secrets=["apiToken"])


@pytest.mark.parametrize("name", sorted(OURS))
def test_an_example_declares_valid_runs(name: str) -> None:
    """Who copies an example must not begin with an error of the check."""
    engine = declared(name)
    assert engine.jobs()
    for inputs in engine.jobs().values():
        assert [str(found) for found in violations(inputs)] == []
    companions = [one.name for one in engine.resources if one.typ == LAUNCH_TOKEN_TYPE]
    assert sorted(companions) == sorted(engine.jobs())


@pytest.mark.parametrize("name", NAMES)
def test_an_example_compiles(name: str) -> None:
    """An example that is no Python helps nobody."""
    file = EXAMPLES / name / "__main__.py"
    compile(file.read_text("utf-8"), str(file), "exec")


def test_quickstart_declares_one_run() -> None:
    """It is the program in the README and behind `make demo`."""
    assert declared("quickstart").jobs() == {
        "pi": {
            "applicationId": APPLICATION,
            "executionRoleArn": ROLE,
            "jobDriver": {
                "sparkSubmit": {
                    "entryPoint": "local:///usr/lib/spark/examples/src/main/python/pi.py",
                    "entryPointArguments": ["10"],
                    "sparkSubmitParameters": "--conf spark.executor.cores=2 --conf spark.executor.memory=4g "
                    "--conf spark.dynamicAllocation.maxExecutors=4",
                }
            },
            "executionTimeoutMinutes": 30,
            "tags": {"team": "data"},
        }
    }


def test_definitions_declares_what_its_files_say() -> None:
    """The file's members, the placeholders filled in, and what the program adds: all under the API's names."""
    jobs = declared("definitions").jobs()
    assert sorted(jobs) == ["clickstream", "nightly"]
    for name, inputs in jobs.items():
        text = (EXAMPLES / "definitions" / "jobs" / f"{name}.yaml").read_text().replace("${bucket}", "acme")
        assert inputs == {**yaml.safe_load(text), "applicationId": APPLICATION, "executionRoleArn": ROLE}


def test_definition_files_are_valid_without_the_program() -> None:
    """`emrs validate` in CI is how a team checks such files."""
    for file in (EXAMPLES / "definitions" / "jobs").iterdir():
        definition, problems = check_definition(file, {"bucket": "acme"})
        assert problems == []
        assert definition is not None
        assert set(definition.properties) <= set(REQUEST_MEMBERS)


def test_typed_chains_two_runs_and_keeps_its_secret() -> None:
    """The second run starts again with the first, and its token is known to be a secret that no message may show."""
    engine = declared("typed")
    jobs = engine.jobs()
    assert jobs["publish"]["triggers"] == ["run-of-extract"]
    assert jobs["publish"]["jobDriver"]["sparkSubmit"]["entryPointArguments"][-1] == "hunter2"
    shared = ("applicationId", "executionRoleArn", "configurationOverrides", "tags", "executionTimeoutMinutes")
    assert [jobs["extract"][name] for name in shared] == [jobs["publish"][name] for name in shared]
    (publish,) = [one for one in engine.resources if (one.typ, one.name) == (JOB_RUN_TYPE, "publish")]
    assert publish.inputs[SECRETS] == [["jobDriver", "sparkSubmit", "entryPointArguments", 3]]


def test_projects_declare_the_configuration_that_they_need() -> None:
    """`pulumi up` in an example must ask for what is missing by its name."""
    for name in sorted(OURS):
        project = ROOT_PROJECT if name == "quickstart" else EXAMPLES / name / "Pulumi.yaml"
        known = set(yaml.safe_load(project.read_text())["config"])
        program = (EXAMPLES / name / "__main__.py").read_text()
        asked = {key for key in VALUES if f'require("{key}")' in program or f'require_secret("{key}")' in program}
        assert asked == known, name
