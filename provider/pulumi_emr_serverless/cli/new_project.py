"""The files of a new Pulumi project, as text. Nothing is read or written here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pulumi_emr_serverless.definitions.commands import ImportedCommand

APPLICATION, ROLE = "applicationId", "executionRoleArn"
"""The configuration that every project needs: members of StartJobRun, too."""

LOCAL_STACK = "local"
_LOCAL_REGION = "us-east-1"
_EXAMPLE = "local:///usr/lib/spark/examples/src/main/python/pi.py"

_DESCRIPTIONS = {
    APPLICATION: "The ID of the EMR Serverless application to run on.",
    ROLE: "The ARN of the IAM role that the job runs as.",
}


@dataclass(frozen=True)
class Setting:
    """A key of the stack's configuration that the program reads.

    Args:
        description: what it is, for people.
        value: where a script said it; None where nobody knows.
        member: the member of StartJobRun that it alone is; empty for any other.
        secret: whether it is to be encrypted.
    """

    description: str
    value: str | None = None
    member: str = ""
    secret: bool = False


@dataclass(frozen=True)
class Program:
    """What a project runs.

    Args:
        files: ``__main__.py``, and job definitions beside it.
        settings: the configuration that it reads.
        application_id: the application that it names itself; None where the configuration does.
    """

    files: Mapping[str, str]
    settings: Mapping[str, Setting] = field(default_factory=dict)
    application_id: str | None = None


def example(project: str) -> Program:
    """A program with EMR's own example, which needs no bucket."""
    return Program(
        {
            "__main__.py": f'''"""{project}: an EMR Serverless job run."""

import pulumi

from pulumi_emr_serverless import JobRun, spark_submit

config = pulumi.Config()

run = JobRun(
    "pi",
    application_id=config.require("{APPLICATION}"),
    execution_role_arn=config.require("{ROLE}"),
    # EMR's own example, which needs no bucket. Yours is like s3://bucket/etl.py.
    job_driver=spark_submit(
        "{_EXAMPLE}",
        arguments=["10"],
        executor_cores=2,
        executor_memory="4g",
    ),
    execution_timeout_minutes=30,
    tags={{"project": "{project}"}},
)

pulumi.export("jobRunId", run.job_run_id)
pulumi.export("state", run.completion.state)  # waits for the run's end; without this line the update does not
'''
        },
        _needed(),
    )


def example_of_definitions(project: str) -> Program:
    """A program for a folder of job definitions, with one of EMR's own example."""
    definition = f"""# What `aws emr-serverless start-job-run --cli-input-yaml` takes. `emrs validate jobs/*.yaml` checks it.
name: pi
jobDriver:
  sparkSubmit:
    # EMR's own example, which needs no bucket. Yours is like s3://bucket/etl.py.
    entryPoint: {_EXAMPLE}
    entryPointArguments: ["10"]
    sparkSubmitParameters: --conf spark.executor.cores=2 --conf spark.executor.memory=4g
executionTimeoutMinutes: 30
tags:
  project: {project}
"""
    return Program({"__main__.py": _folder_program(project, {}, _needed()), "jobs/pi.yaml": definition}, _needed())


def imported(project: str, command: ImportedCommand, source: str, *, as_definition: bool) -> Program:
    """A program for the run of a pasted command.

    Args:
        project: its name.
        command: what was pasted; what it leaves out becomes configuration.
        source: the file that it is from, for people.
        as_definition: a file in ``jobs`` beside the program, instead of keywords in it.
    """
    from pulumi_emr_serverless.definitions.python_source import (  # noqa: PLC0415 - so that emrs --help is quick
        python_program,
        resource_name,
        settings_of,
    )
    from pulumi_emr_serverless.definitions.text import write  # noqa: PLC0415 - as above

    missing = [name for name in (APPLICATION, ROLE) if name not in command.properties]
    application_id = command.properties.get(APPLICATION)
    literal = application_id if isinstance(application_id, str) and "$" not in application_id else None
    if as_definition:
        found = settings_of(command.properties, command.placeholders)
        read = {name: f'config.{setting.getter}("{setting.key}")' for name, setting in found.items()}
        needed = {name: setting for name, setting in _needed().items() if name in missing}
        settings = {**{found[name].key: _setting(command, name, source) for name in found}, **needed}
        file = f"jobs/{resource_name(command.properties)}.yaml"
        files = {"__main__.py": _folder_program(project, read, needed), file: write(command.properties, "yaml")}
        return Program(files, settings, literal)
    properties = {**{name: f"${{{name}}}" for name in missing}, **command.properties}
    placeholders = {**{name: _DESCRIPTIONS[name] for name in missing}, **command.placeholders}
    found = settings_of(properties, placeholders)
    settings = {
        setting.key: _needed()[name] if name in missing else _setting(command, name, source)
        for name, setting in found.items()
    }
    return Program({"__main__.py": python_program(properties, placeholders)}, settings, literal)


@dataclass(frozen=True)
class Surroundings:
    """What the files say of this machine.

    Args:
        virtualenv: where the project's packages are, or will be once Pulumi has made it.
        requirement: what pip installs this package by.
        endpoint: where the emulator will be.
        role: what the emulator takes for an execution role.
    """

    virtualenv: str
    requirement: str
    endpoint: str
    role: str


def files_of(project: str, program: Program, here: Surroundings) -> dict[str, str]:
    """Every file of the project, by its path."""
    return {
        "Pulumi.yaml": _project_file(project, program, here.virtualenv),
        f"Pulumi.{LOCAL_STACK}.yaml": _local_stack_file(project, program, here),
        **program.files,
        "requirements.txt": f"{here.requirement}\n",
        ".gitignore": "".join(f"{line}\n" for line in ignored(here.virtualenv)),
    }


def ignored(virtualenv: str) -> tuple[str, ...]:
    """What belongs into no repository."""
    return (f"{virtualenv}/", "__pycache__/")


def unset_locally(program: Program) -> dict[str, Setting]:
    """What the stack for the emulator cannot have from here."""
    return {key: setting for key, setting in program.settings.items() if _local_value(setting, role="") is None}


def project_name(folder: str) -> str:
    """A project's name after its folder. Pulumi takes letters, digits, ``-``, ``_`` and ``.``."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", folder).strip("-.")[:100] or "emr-serverless-jobs"


def _needed() -> dict[str, Setting]:
    return {name: Setting(description, member=name) for name, description in _DESCRIPTIONS.items()}


def _setting(command: ImportedCommand, name: str, source: str) -> Setting:
    from pulumi_emr_serverless.spark import sounds_secret  # noqa: PLC0415 - so that emrs --help is quick

    known = command.assignments.get(name)
    whole = next((member for member in (APPLICATION, ROLE) if command.properties.get(member) == f"${{{name}}}"), "")
    origin = " ".join(command.origin(name).split())
    description = f"{name} of {source}{f': {origin}' if origin else ''}"
    return Setting(description, known.value if known else None, whole, sounds_secret(name))


def _folder_program(project: str, read: Mapping[str, str], needed: Mapping[str, Setting]) -> str:
    from pulumi_emr_serverless.definitions.python_source import snake_case  # noqa: PLC0415 - as above

    variables = "".join(f'    "{name}": {source},\n' for name, source in read.items())
    overrides = "".join(f'        {snake_case(name)}=config.require("{name}"),\n' for name in needed)
    config = "config = pulumi.Config()\n\n" if read or needed else ""
    values = f"variables = {{\n{variables}}}\n\n" if read else ""
    call = f"\n        name,\n        definition,\n{overrides}    " if overrides else "name, definition"
    return f'''"""{project}: each definition in jobs/ is an EMR Serverless job run."""

import pulumi

from pulumi_emr_serverless import JobRun, load_definitions

{config}{values}for name, definition in load_definitions("jobs"{", variables" if read else ""}).items():
    run = JobRun.from_definition({call})
    pulumi.export(name, run.job_run_id)
'''


def _project_file(project: str, program: Program, virtualenv: str) -> str:
    document: dict[str, Any] = {
        "name": project,
        "description": "EMR Serverless job runs.",
        "runtime": {"name": "python", "options": {"toolchain": "pip", "virtualenv": virtualenv}},
    }
    if program.settings:
        described = {key: setting.description for key, setting in program.settings.items()}
        document["config"] = {key: {"description": description} for key, description in described.items()}
    return _yaml(document)


def _local_stack_file(project: str, program: Program, here: Surroundings) -> str:
    values = {key: _local_value(setting, here.role) for key, setting in program.settings.items()}
    config: dict[str, Any] = {f"{project}:{key}": value for key, value in values.items() if value is not None}
    config |= {
        "aws:region": _LOCAL_REGION,
        "aws:accessKey": "test",
        "aws:secretKey": "test",
        "aws:endpoints": [dict.fromkeys(("emrserverless", "s3", "cloudwatchlogs"), here.endpoint)],
    }
    return f"# The stack {LOCAL_STACK}: everything goes to `emrs local`, nothing to an AWS account.\n{_yaml({'config': config})}"


def _local_value(setting: Setting, role: str) -> str | None:
    from pulumi_emr_serverless.emulator.world import DEFAULT_APPLICATION_ID  # noqa: PLC0415 - as above

    if setting.secret:
        return None
    return {APPLICATION: DEFAULT_APPLICATION_ID, ROLE: role}.get(setting.member, setting.value)


def _yaml(document: Mapping[str, Any]) -> str:
    import yaml  # noqa: PLC0415 - as above

    return str(yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120))
