"""What a StartJobRun asks of Spark: its properties, out of ``sparkSubmitParameters`` and ``spark-defaults``.

A reading of our own: the package's own reading is one of the things that the emulator checks.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pulumi_emr_serverless.emulator.provenance import GUIDE, Fact, documented

FLAGS = Fact(
    {
        "--driver-cores": "spark.driver.cores",
        "--driver-memory": "spark.driver.memory",
        "--executor-cores": "spark.executor.cores",
        "--executor-memory": "spark.executor.memory",
        "--num-executors": "spark.executor.instances",
        "--py-files": "spark.submit.pyFiles",
        "--jars": "spark.jars",
        "--archives": "spark.archives",
        "--files": "spark.files",
        "--packages": "spark.jars.packages",
        "--repositories": "spark.jars.repositories",
        "--exclude-packages": "spark.jars.excludes",
        "--name": "spark.app.name",
        "--driver-java-options": "spark.driver.extraJavaOptions",
        "--driver-library-path": "spark.driver.extraLibraryPath",
        "--driver-class-path": "spark.driver.extraClassPath",
    },
    "options of spark-submit that are properties by another name",
    documented("https://spark.apache.org/docs/latest/submitting-applications.html"),
)
WITHOUT_VALUE = frozenset({"--verbose", "-v", "--supervise"})
DEFAULTS = Fact(
    {
        "spark.driver.cores": "4",
        "spark.driver.memory": "14G",
        "spark.emr-serverless.driver.disk": "20G",
        "spark.executor.cores": "4",
        "spark.executor.memory": "14G",
        "spark.emr-serverless.executor.disk": "20G",
        "spark.executor.instances": "3",
        "spark.emr-serverless.memoryOverheadFactor": "0.1",
    },
    "properties of a job that names none",
    documented(f"{GUIDE}jobs-spark.html#spark-defaults"),
)


def words_of(request: Mapping[str, Any]) -> list[str]:
    """``sparkSubmitParameters`` as words. A text that no shell would take is split at its spaces."""
    text = str(request.get("jobDriver", {}).get("sparkSubmit", {}).get("sparkSubmitParameters", ""))
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()


def properties_of(request: Mapping[str, Any]) -> dict[str, str]:
    """The properties that a request names. The parameters win over ``spark-defaults``."""
    named: dict[str, str] = {}
    overrides = request.get("configurationOverrides", {})
    for one in overrides.get("applicationConfiguration", ()):
        if one.get("classification") == "spark-defaults":
            named.update({name: str(value) for name, value in one.get("properties", {}).items()})
    named.update(in_parameters(words_of(request)))
    return named


def in_parameters(words: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for option, value in options(words):
        if option in ("--conf", "-c"):
            name, separator, text = value.partition("=")
            if separator:
                found[name.strip()] = text
        elif option in FLAGS.value:
            found[FLAGS.value[option]] = value
    return found


def options(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each option with its value; ``--conf=a=b`` is ``--conf a=b``."""
    waiting = iter(words)
    for word in waiting:
        if not word.startswith("-"):
            continue
        option, separator, value = word.partition("=")
        if word in WITHOUT_VALUE:
            yield word, ""
        elif separator:
            yield option, value
        else:
            yield word, next(waiting, "")
