"""Secrets to look for: a program in which each member of a request, and each structure, is one once.

Each job has one secret, and its text is in no other job; the last one has them all. What is an enumeration, a flag or a
small number cannot be looked for in a text, so that the state is asked whether it is encrypted.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.every_member import BATCH_REQUEST
from engine.harness import APPLICATION, HIVE_APPLICATION, ROLE

Location = tuple["str | int", ...]

PROGRAM = """
import json
import pathlib
import pulumi
from pulumi_emr_serverless import JobRun

def planted(value, locations):
    if [] in locations:
        return pulumi.Output.secret(value)
    def below(step):
        return [one[1:] for one in locations if one[0] == step]
    if isinstance(value, dict):
        return {key: planted(item, below(key)) for key, item in value.items()}
    if isinstance(value, list):
        return [planted(item, below(index)) for index, item in enumerate(value)]
    return value

for job in json.loads(pathlib.Path("jobs.json").read_text()):
    run = JobRun(job["name"], **planted(job["inputs"], job["secrets"]))
    pulumi.export(f"{job['name']}-logs", run.logs)
    pulumi.export(f"{job['name']}-observed", run.observed)
    pulumi.export(f"{job['name']}-arn", run.arn)
    pulumi.export(f"{job['name']}-tags", run.tags)
    if job["waits"]:
        pulumi.export(f"{job['name']}-details", run.wait(allow_failure=job["forgives"]).state_details)
"""

BATCH = {
    **{name: value for name, value in BATCH_REQUEST.items() if name != "clientToken"},
    "applicationId": APPLICATION,
    "tags": {"cost_center": "42", "team": "data"},
    "triggers": {"snake_key": [1, "x"]},
    "region": "us-east-1",
    "rerun": "never",
    "onDelete": "cancel",
    "cancelGracePeriodSeconds": 15,
}
HIVE = {
    "applicationId": HIVE_APPLICATION,
    "executionRoleArn": ROLE,
    "jobDriver": {
        "hive": {"query": "SELECT 1", "initQueryFile": "s3://bucket/init.sql", "parameters": "--hiveconf a.b=true"}
    },
}
STREAM = {
    "applicationId": APPLICATION,
    "executionRoleArn": ROLE,
    "mode": "STREAMING",
    "jobDriver": {"sparkSubmit": {"entryPoint": "s3://bucket/stream.py"}},
    "retryPolicy": {"maxFailedAttemptsPerHour": 5},
    "cancelGracePeriodSeconds": 0,
}
ELSEWHERE = {**STREAM, "endpoint": "that of the emulator"}
WITH_TOKEN = {**STREAM, "clientToken": "token"}
BASES: Mapping[str, Mapping[str, Any]] = {
    "batch": BATCH,
    "hive": HIVE,
    "stream": STREAM,
    "token": WITH_TOKEN,
    "elsewhere": ELSEWHERE,
}

KEY = "arn:aws:kms:us-east-1:123456789012:key/{}"
TEXTS = {
    "executionRoleArn": "arn:aws:iam::123456789012:role/{}",
    "policy": '{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Resource": "arn:aws:s3:::{}/*"}}]}}',
    "policyArns": "arn:aws:iam::123456789012:policy/{}",
    "entryPoint": "s3://{}/etl.py",
    "entryPointArguments": "--password={}",
    "sparkSubmitParameters": "--conf spark.hadoop.password={} --conf spark.executor.cores=2",
    "query": "SELECT *\nFROM t WHERE password = '{}'",
    "initQueryFile": "s3://bucket/{}.sql",
    "parameters": "--hiveconf hive.password={}",
    "encryptionKeyArn": KEY,
    "logUri": "s3://{}/logs/",
    "logGroupName": "/aws/{}",
    "remoteWriteUrl": "https://aps-workspaces.us-east-1.amazonaws.com/workspaces/{}/api/v1/remote_write",
}
"""What each member looks like with a secret in it, where AWS wants more than a word."""

NO_TEXT = ("mode", "logTypes", "rerun", "onDelete", "region", "applicationId")
"""Enumerations. An application's ID is a part of the resource's own, which Pulumi keeps in the clear."""


@dataclass(frozen=True)
class Job:
    """A job run with secrets."""

    name: str
    inputs: dict[str, Any]
    secrets: tuple[Location, ...]
    texts: tuple[str, ...]
    """What must be nowhere."""
    waits: bool = False
    forgives: bool = True

    def document(self) -> dict[str, Any]:
        return {**vars(self), "secrets": [list(one) for one in self.secrets]}


@dataclass
class Texts:
    """Makes texts of which none is a part of another."""

    endpoint: str
    """Of the emulator: the one secret that must be what it is."""
    made: int = 0
    texts: list[str] = field(default_factory=list)

    def plant(self, inputs: dict[str, Any], location: Location) -> None:
        """Put a text in the place of a value, if it can have one."""
        name = next(step for step in reversed(location) if isinstance(step, str) and step != "a_key")
        value = at(inputs, location)
        if name == "endpoint":
            put(inputs, location, self.endpoint)
            self.texts.append(self.endpoint)
        elif isinstance(value, str) and not set(NO_TEXT) & set(location):
            self.made += 1
            text = f"plant{self.made:03}x"
            put(inputs, location, TEXTS.get(name, "{}").format(text))
            self.texts.append(text)


def jobs_with_one_secret(endpoint: str) -> Iterator[Job]:
    """A job for each member that holds a value, and for each that holds others."""
    texts, known = Texts(endpoint), set[Location]()
    for base, request in BASES.items():
        for location in [one for one in locations(request) if one not in known]:
            known.add(location)
            inputs = copy.deepcopy(dict(request))
            texts.texts = []
            for leaf in leaves(at(inputs, location), location):
                texts.plant(inputs, leaf)
            yield Job(
                f"{base}-{texts.made}-{len(location)}-{name_of(location)}", inputs, (location,), tuple(texts.texts)
            )


def jobs_with_secret_keys() -> Iterator[Job]:
    """Of a map that is secret as a whole the keys are too."""
    overrides = {
        "applicationConfiguration": [{"classification": "c", "properties": {"plant901x": "v"}}],
        "diskEncryptionConfiguration": {"encryptionContext": {"plant902x": "v"}},
    }
    for name, value, texts in (
        ("tags", {"plant900x": "v"}, ("plant900x",)),
        ("configurationOverrides", overrides, ("plant901x", "plant902x")),
        ("triggers", {"plant903x": 1}, ("plant903x",)),
    ):
        yield Job(f"keys-of-{name}", {**copy.deepcopy(STREAM), name: value}, ((name,),), texts)


def job_with_all_secrets(base: str, endpoint: str, **more: Any) -> Job:
    """A job each value of which is a secret."""
    texts, inputs = Texts(endpoint, made=500), copy.deepcopy(dict(BASES[base]))
    found = list(leaves(inputs, ()))
    for location in found:
        texts.plant(inputs, location)
    return Job(f"all-of-{base}", inputs, tuple(found), tuple(texts.texts), **more)


def name_of(location: Location) -> str:
    return "-".join(map(str, location)).replace(".", "_")


def locations(value: Any, location: Location = ()) -> Iterator[Location]:
    """Where a value is, and each structure; what stands in the same list once."""
    if location:
        yield location
    if isinstance(value, dict):
        for key, item in value.items():
            yield from locations(item, (*location, key))
    elif isinstance(value, list):
        for index, item in list(enumerate(value))[-1:]:
            yield from locations(item, (*location, index))


def leaves(value: Any, location: Location) -> Iterator[Location]:
    """Where what holds no others is."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from leaves(item, (*location, key))
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from leaves(item, (*location, index))
    else:
        yield location


def at(value: Any, location: Location) -> Any:
    for step in location:
        value = value[step]
    return value


def put(value: Any, location: Location, new: Any) -> None:
    at(value, location[:-1])[location[-1]] = new
