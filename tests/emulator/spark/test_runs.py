"""Real Spark: what a job does on a laptop has to be what AWS would show of it."""

from __future__ import annotations

import io
import re
import tarfile
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest
from botocore.exceptions import ClientError

from emulator.spark.conftest import BUCKET, Spark
from emulator.support import APPLICATION, request_for
from pulumi_emr_serverless.emulator.server import serving
from pulumi_emr_serverless.emulator.spark.installation import MissingError, default_cache, installed
from pulumi_emr_serverless.emulator.spark.runner import Settings
from pulumi_emr_serverless.emulator.world import DEFAULT_HIVE_APPLICATION_ID

WORD_COUNT = """
import json, os, sys
from pyspark.sql import SparkSession
from words import split

spark = SparkSession.builder.getOrCreate()
rows = spark.sparkContext.textFile(sys.argv[1]).flatMap(split).countByValue()
frame = spark.createDataFrame(sorted(rows.items()), ["word", "count"])
frame.coalesce(1).write.mode("overwrite").csv(sys.argv[2])
print(spark.conf.get("spark.sql.shuffle.partitions"), spark.conf.get("spark.sql.ansi.enabled"))
print(os.environ["DAY"], open("settings/settings.txt").read())
"""


def drivers_of(run_id: str) -> list[psutil.Process]:
    """The processes that this machine has of a run: their working folder, or their command, is the run's."""
    return [
        one for one in psutil.process_iter(["cmdline"]) if any(run_id in word for word in one.info["cmdline"] or ())
    ]


def test_a_word_count(spark: Spark) -> None:
    """From S3 to S3, with everything that a real job brings: the acceptance of the whole thing."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        text = b"from the archive"
        member = tarfile.TarInfo("settings.txt")
        member.size = len(text)
        archive.addfile(member, io.BytesIO(text))
    spark.put("in/words.txt", "to be or not to be\n")
    parameters = (
        f"--py-files {spark.put('words.py', 'def split(line): return line.split()')} "
        f"--archives {spark.put('settings.tar.gz', packed.getvalue())}#settings "
        "--conf spark.emr-serverless.driverEnv.DAY=today --conf spark.sql.shuffle.partitions=3 "
        "--conf spark.executor.instances=50 --conf spark.executor.memory=20g"
    )
    defaults = {"classification": "spark-defaults", "properties": {"spark.sql.ansi.enabled": "true"}}
    logs = {"s3MonitoringConfiguration": {"logUri": f"s3://{BUCKET}/logs"}}
    logs |= {"cloudWatchLoggingConfiguration": {"enabled": True, "logStreamNamePrefix": "wc"}}  # type: ignore[dict-item]
    run_id = spark.start(
        spark.put("count.py", WORD_COUNT),
        f"s3://{BUCKET}/in/",
        f"s3://{BUCKET}/out/",
        parameters=parameters,
        configurationOverrides={"applicationConfiguration": [defaults], "monitoringConfiguration": logs},
    )
    run = spark.ended(run_id)
    assert run.state == "SUCCESS", spark.log(run_id)
    assert [one["state"] for one in run.history] == ["SUBMITTED", "PENDING", "SCHEDULED", "RUNNING", "SUCCESS"]
    assert spark.log(run_id, "stdout") == "3 true\ntoday from the archive\n"
    s3 = spark.client("s3")
    (key,) = [
        one["Key"]
        for one in s3.list_objects_v2(Bucket=BUCKET, Prefix="out/")["Contents"]
        if one["Key"].endswith(".csv")
    ]
    assert s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() == b"be,2\nnot,1\nor,1\nto,2\n"
    stream = f"wc/applications/{APPLICATION}/jobs/{run_id}/SPARK_DRIVER/stdout"
    events = spark.client("logs").get_log_events(logGroupName="/aws/emr-serverless", logStreamName=stream)["events"]
    assert [one["message"] for one in events] == ["3 true", "today from the archive"]


def test_a_jar(spark: Spark) -> None:
    """A JAR with a class, named where AWS's image has it."""
    jar = next((Path(installed(default_cache(), print).spark_home) / "jars").glob("hadoop-client-api-*.jar"))
    run_id = spark.start(
        f"local:///usr/lib/spark/jars/{jar.name}", parameters="--class org.apache.hadoop.util.VersionInfo"
    )
    assert spark.ended(run_id).state == "SUCCESS"
    assert spark.log(run_id, "stdout").startswith("Hadoop ")


def test_a_failure_says_why_and_is_tried_again(spark: Spark) -> None:
    """AWS's words with the exit code and the last exception; each attempt is a process, with logs of its own."""
    broken = spark.put("broken.py", "import sys\nprint('here', flush=True)\nraise KeyError('day')\n")
    run_id = spark.start(broken, retryPolicy={"maxAttempts": 2})
    run = spark.ended(run_id)
    assert (run.state, run.attempt) == ("FAILED", 2)
    assert run.state_details == (
        "Job failed, please check complete logs in configured logging destination. ExitCode: 1. "
        "Last few exceptions: KeyError: 'day'"
    )
    for attempt in ("attempts/1/", "attempts/2/"):
        assert spark.log(run_id, "stdout", attempt) == "here\n"
        assert "KeyError: 'day'" in spark.log(run_id, "stderr", attempt)


def test_an_entry_point_that_is_not_there(spark: Spark) -> None:
    """Named at once, without a process; the log has it too."""
    run_id = spark.start(f"s3://{BUCKET}/missing.py")
    assert f"No such file or directory: s3://{BUCKET}/missing.py" in spark.ended(run_id).state_details
    assert f"No such file or directory: s3://{BUCKET}/missing.py" in spark.log(run_id)


def test_a_file_of_this_machine(spark: Spark, tmp_path: Path) -> None:
    """Whoever may call the emulator may not read any file by it; the sentence says how it is allowed."""
    script = tmp_path / "job.py"
    script.write_text("print('mine')")
    for address in (f"local://{script}", f"file://{script}", str(script)):
        run = spark.ended(spark.start(address))
        assert run.state == "FAILED"
        assert "emrs local --spark-files FOLDER" in spark.log(run.job_run_id)


def test_cancel_queue_and_time_out(spark: Spark) -> None:
    """Cancel ends the process; a run without a slot is QUEUED, not RUNNING; logs are there while a run goes on."""
    sleeper = spark.put("sleep.py", "import time\nprint('asleep', flush=True)\ntime.sleep(1000)\n")
    first = spark.start(sleeper, executionTimeoutMinutes=600)
    second = spark.start(sleeper)
    third = spark.start(sleeper)
    spark.until(first, lambda run: run.state == "RUNNING")
    spark.until(second, lambda run: run.state == "RUNNING")
    spark.until(third, lambda run: run.state == "QUEUED")
    assert drivers_of(first)
    assert not drivers_of(third)
    spark.until(first, lambda _: _shown(spark, first) == "asleep\n")
    emr = spark.client("emr-serverless")
    emr.cancel_job_run(applicationId=APPLICATION, jobRunId=second)
    assert spark.ended(second).state == "CANCELLED"
    assert not drivers_of(second)
    spark.until(third, lambda run: run.state == "RUNNING")
    spark.server.control.advance(600 * 60)
    run = spark.ended(first)
    assert (run.state, run.state_details) == ("CANCELLED", "The job run exceeded its execution timeout of 600 minutes.")
    assert not drivers_of(first)
    spark.server.control.reset()
    assert not drivers_of(third)


def _shown(spark: Spark, run_id: str) -> str:
    try:
        return spark.log(run_id, "stdout")
    except ClientError:
        return ""


def test_hive_is_refused(spark: Spark) -> None:
    """It would look as if it had run."""
    hive = request_for(applicationId=DEFAULT_HIVE_APPLICATION_ID, jobDriver={"hive": {"query": "s3://b/q.sql"}})
    with pytest.raises(ClientError, match="runs Spark alone"):
        spark.client("emr-serverless").start_job_run(**hive)


def test_a_fate_comes_before_spark(spark: Spark) -> None:
    """A team tests how its stack takes a failure without writing a job that fails."""
    spark.server.control.set_fate("nightly*", outcome="FAILED", details="out of memory")
    run_id = spark.start(spark.put("fine.py", "print()"), name="nightly-1")
    assert spark.ended(run_id).state_details == "out of memory"


def test_a_page_in_a_browser_starts_nothing(spark: Spark) -> None:
    """Any page may send requests to this machine: with Spark that would be code of a stranger's."""
    foreign = {"Origin": "https://example.com", "Content-Type": "text/plain"}
    request = urllib.request.Request(
        f"{spark.server.endpoint}/applications/{APPLICATION}/jobruns", b"{}", foreign, method="POST"
    )
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(request)
    assert spark.server.control.runs() == []


def test_it_listens_on_this_machine_alone() -> None:
    """Everybody in the same network could run code here."""
    settings = Settings(installed(default_cache(), print))
    with pytest.raises(ValueError, match="for this machine alone"), serving(host="0.0.0.0", spark=settings):
        pass


def test_nothing_runs_without_being_asked(tmp_path: Path) -> None:
    """The default runs nobody's code: a job that would leave a trace leaves none."""
    with serving() as server:
        quiet = Spark(server)
        quiet.client("s3").create_bucket(Bucket=BUCKET)
        entry_point = quiet.put("trace.py", f"open({str(tmp_path / 'trace')!r}, 'w')")
        assert quiet.ended(quiet.start(entry_point)).state == "SUCCESS"
        assert list(tmp_path.iterdir()) == []


def test_without_java(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence that says what to install."""
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(MissingError, match=re.escape("needs Java 17")):
        installed(tmp_path / "cache", print)
