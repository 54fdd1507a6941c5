"""What a request asks for, as this machine's Spark is told it."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_emr_serverless.emulator.spark.job import Job, driver_python, job_of, spark_arguments


def job(parameters: str = "", defaults: dict[str, str] | None = None, **submit: Any) -> Job:
    driver = {"entryPoint": "s3://b/etl.py", "sparkSubmitParameters": parameters, **submit}
    configuration = [{"classification": "spark-defaults", "properties": defaults or {}}]
    return job_of(
        {
            "jobDriver": {"sparkSubmit": driver},
            "configurationOverrides": {"applicationConfiguration": configuration},
        }
    )


@pytest.mark.parametrize(
    "parameters",
    [
        "--conf spark.driver.memory=14g --conf spark.driver.cores=4",
        "--executor-memory 30g --executor-cores 8 --num-executors 100",
        "--conf spark.emr-serverless.driver.disk=200G --conf spark.emr-serverless.memoryOverheadFactor=0.3",
        "--master yarn --deploy-mode cluster --conf spark.master=yarn",
        "--conf spark.hadoop.hive.metastore.client.factory.class=com.amazonaws.glue.Factory",
    ],
    ids=["driver", "executors", "disks", "cluster", "Glue"],
)
def test_what_only_aws_has_is_left_out(parameters: str) -> None:
    """A job that asks for 100 executors of 30 GB runs on a laptop, unchanged."""
    assert job(parameters).properties == {}


def test_the_rest_stays() -> None:
    """The job's own settings are what is tried out here; the parameters win over spark-defaults, as at AWS."""
    found = job(
        "--conf spark.sql.shuffle.partitions=4 --class org.example.Main --name nightly --packages org.example:lib:1.0",
        {"spark.sql.shuffle.partitions": "400", "spark.sql.ansi.enabled": "true"},
    )
    assert found.properties == {
        "spark.sql.shuffle.partitions": "4",
        "spark.sql.ansi.enabled": "true",
        "spark.app.name": "nightly",
        "spark.jars.packages": "org.example:lib:1.0",
    }
    assert found.main_class == "org.example.Main"


def test_files_from_everywhere() -> None:
    """`--jars` and `spark.jars` are one list, of which the last one that is named holds."""
    found = job(
        "--py-files s3://b/a.py,s3://b/b.zip --archives s3://b/env.tar.gz#environment",
        {"spark.jars": "s3://b/x.jar, s3://b/y.jar", "spark.files": "s3://b/f.json"},
    )
    assert found.py_files == ("s3://b/a.py", "s3://b/b.zip")
    assert found.archives == ("s3://b/env.tar.gz#environment",)
    assert found.jars == ("s3://b/x.jar", "s3://b/y.jar")
    assert found.files == ("s3://b/f.json",)
    assert found.properties == {}


def test_the_drivers_environment() -> None:
    """AWS's own way to give a driver its environment, a Python of its own included."""
    found = job("--conf spark.emr-serverless.driverEnv.PYSPARK_PYTHON=./environment/bin/python")
    assert found.environment == {"PYSPARK_PYTHON": "./environment/bin/python"}
    assert found.properties == {}


def test_options_of_the_drivers_jvm() -> None:
    """There is no launcher that would read them: they stand on the command line of Java."""
    found = job("--conf 'spark.driver.extraJavaOptions=-Da=b -Dc=\"d e\"'")
    assert found.java_options == ["-Da=b", "-Dc=d e"]


def test_arguments_of_spark_submit() -> None:
    """Spark hears of the files where they are now."""
    found = job("--class Main --conf spark.a=b --jars s3://b/x.jar --py-files s3://b/p.py")
    arguments = list(spark_arguments(found, jars=["/w/x.jar", "/w/y.jar"], py_files=["/w/p.py"], files=[]))
    assert arguments == [
        *("--conf", "spark.a=b"),
        *("--class", "Main"),
        *("--jars", "/w/x.jar,/w/y.jar"),
        *("--py-files", "/w/p.py"),
    ]


@pytest.mark.parametrize(
    ("properties", "environment", "python"),
    [
        ({}, {}, "python3"),
        ({}, {"PYSPARK_PYTHON": "a"}, "a"),
        ({}, {"PYSPARK_PYTHON": "a", "PYSPARK_DRIVER_PYTHON": "b"}, "b"),
        ({"spark.pyspark.python": "c"}, {"PYSPARK_DRIVER_PYTHON": "b"}, "c"),
        ({"spark.pyspark.python": "c", "spark.pyspark.driver.python": "d"}, {}, "d"),
    ],
)
def test_the_drivers_python(properties: dict[str, str], environment: dict[str, str], python: str) -> None:
    """A job that brings its own Python is run with it, by the rules of Spark's documentation."""
    assert driver_python(properties, environment) == python
