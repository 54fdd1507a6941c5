"""What a StartJobRun asks Spark to run, and how spark-submit is told it. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pulumi_emr_serverless.emulator.spark_conf import options, properties_of, words_of

_ENVIRONMENT = "spark.emr-serverless.driverEnv."
_SIZES = frozenset(
    {
        "spark.driver.cores",
        "spark.driver.memory",
        "spark.driver.memoryOverhead",
        "spark.executor.cores",
        "spark.executor.memory",
        "spark.executor.memoryOverhead",
        "spark.executor.instances",
        "spark.dynamicAllocation.enabled",
    }
)
"""They ask for workers of AWS; here there is one process, of the size of its slot."""

_OF_AWS = frozenset(
    {
        "spark.master",
        "spark.submit.deployMode",
        "spark.hadoop.hive.metastore.client.factory.class",
    }
)
"""They lead to what is not on this machine: a cluster, and the Glue Data Catalog."""

_ON_THE_COMMAND_LINE = {"spark.driver.extraJavaOptions", "spark.driver.extraClassPath", "spark.driver.extraLibraryPath"}
_FILES = {"spark.submit.pyFiles", "spark.jars", "spark.files", "spark.archives"}


@dataclass(frozen=True)
class Job:
    """``properties`` are those that mean the same here as at AWS; the lists of files are addresses as the request has them."""

    entry_point: str
    arguments: Sequence[str]
    main_class: str | None
    properties: Mapping[str, str]
    environment: Mapping[str, str]
    py_files: Sequence[str]
    jars: Sequence[str]
    files: Sequence[str]
    archives: Sequence[str]
    java_options: Sequence[str]


def job_of(request: Mapping[str, Any]) -> Job:
    """The Spark job of a StartJobRun."""
    submit = request["jobDriver"]["sparkSubmit"]
    named = properties_of(request)
    return Job(
        entry_point=submit["entryPoint"],
        arguments=tuple(submit.get("entryPointArguments", ())),
        main_class=dict(options(words_of(request))).get("--class"),
        properties={name: value for name, value in named.items() if _means_the_same(name)},
        environment=_environment(named),
        py_files=_list(named, "spark.submit.pyFiles"),
        jars=_list(named, "spark.jars"),
        files=_list(named, "spark.files"),
        archives=_list(named, "spark.archives"),
        java_options=shlex.split(named.get("spark.driver.extraJavaOptions", "")),
    )


def spark_arguments(job: Job, *, jars: Sequence[str], py_files: Sequence[str], files: Sequence[str]) -> Iterator[str]:
    """Of spark-submit: the request's own, with the paths that its files have on this machine."""
    for name, value in job.properties.items():
        yield from ("--conf", f"{name}={value}")
    if job.main_class is not None:
        yield from ("--class", job.main_class)
    for option, paths in (("--jars", jars), ("--py-files", py_files), ("--files", files)):
        if paths:
            yield from (option, ",".join(paths))


def driver_python(properties: Mapping[str, str], environment: Mapping[str, str]) -> str:
    """The Python of the driver, in Spark's own order of precedence."""
    of_properties = (properties.get(f"spark.pyspark.{name}") for name in ("driver.python", "python"))
    of_environment = (environment.get(name) for name in ("PYSPARK_DRIVER_PYTHON", "PYSPARK_PYTHON"))
    return next(filter(None, (*of_properties, *of_environment)), "python3")


def settings_of_s3(endpoint: str, region: str) -> dict[str, str]:
    """Spark properties that lead ``s3://`` to the emulator's S3. The credentials are in the environment."""
    options = {
        "endpoint": endpoint,
        "endpoint.region": region,
        "path.style.access": "true",
        "connection.ssl.enabled": "false",
        "aws.credentials.provider": "com.amazonaws.auth.EnvironmentVariableCredentialsProvider",
        "attempts.maximum": "3",
        "retry.limit": "3",
    }
    return {
        **{f"spark.hadoop.fs.s3a.{name}": value for name, value in options.items()},
        "spark.hadoop.fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
        "spark.hadoop.fs.s3n.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
    }


def _means_the_same(name: str) -> bool:
    return (
        name.startswith("spark.")
        and not name.startswith("spark.emr-serverless.")
        and name not in _SIZES | _OF_AWS | _ON_THE_COMMAND_LINE | _FILES
    )


def _environment(named: Mapping[str, str]) -> dict[str, str]:
    return {name.removeprefix(_ENVIRONMENT): value for name, value in named.items() if name.startswith(_ENVIRONMENT)}


def _list(named: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in named.get(name, "").split(",") if one.strip())
