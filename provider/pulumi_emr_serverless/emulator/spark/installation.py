"""What running Spark needs on this machine: Java, pyspark, what Spark lacks for S3, and an archive of its classes.

The last two are made once, into a cache. Java's archive (AppCDS) makes a driver start in a third of the time.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

HADOOP = "3.3.4"
"""The Hadoop of Spark 3.5, whose S3 file system has to be of the same version."""

AWS_SDK = "1.12.262"
"""What hadoop-aws of that version was built with."""

_MODULES = ("core", "s3", "kms", "sts", "dynamodb")
_PACKAGES = (
    ("org.apache.hadoop", "hadoop-aws", HADOOP),
    *(("com.amazonaws", f"aws-java-sdk-{module}", AWS_SDK) for module in _MODULES),
    ("com.amazonaws", "jmespath-java", AWS_SDK),
)
"""The usual bundle of the SDK has 281 MB; these have six."""

_OPENED = (
    *("java.lang", "java.lang.invoke", "java.lang.reflect", "java.io", "java.net", "java.nio", "java.util"),
    *("java.util.concurrent", "java.util.concurrent.atomic", "jdk.internal.ref", "sun.nio.ch", "sun.nio.cs"),
    *("sun.security.action", "sun.util.calendar"),
)
"""Packages of Java that Spark looks into: its JavaModuleOptions."""

JAVA_OPTIONS = (
    "-XX:+IgnoreUnrecognizedVMOptions",
    *(f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPENED),
    "-Djdk.reflect.useDirectMethodHandle=false",
    "-Dio.netty.tryReflectionSetAccessible=true",
    "-XX:TieredStopAtLevel=1",  # a job of seconds never earns back what the optimising compiler costs
    "-XX:+UseSerialGC",
    "-Xmx1g",
)

_FIRST_JOB = """
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
words = spark.read.text(__file__).selectExpr("explode(split(value, ' ')) word").groupBy("word").count()
words.write.mode("overwrite").parquet("words")
spark.read.parquet("words").collect()
"""


class MissingError(Exception):
    """Spark cannot run here. The message is one sentence: what is missing, and how it is had."""


@dataclass(frozen=True)
class Installation:
    """``jars`` are the class path: Spark's own, and those for S3. ``archive`` is None where it could not be made."""

    java: Path
    spark_home: Path
    jars: Sequence[Path]
    cache: Path
    archive: Path | None = None

    def command(self, *arguments: str, java_options: Sequence[str] = ()) -> list[str]:
        """spark-submit with these arguments, without the shell script and the JVM that start it."""
        shared = [f"-XX:SharedArchiveFile={self.archive}"] if self.archive else []
        class_path = os.pathsep.join(map(str, self.jars))
        main = ["-cp", class_path, "org.apache.spark.deploy.SparkSubmit"]
        return [str(self.java), *shared, *JAVA_OPTIONS, *java_options, *main, *arguments]

    def environment(self) -> Mapping[str, str]:
        """For every driver. Python is the one that runs the emulator, unless the job brings its own."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR", "TZ") if name in os.environ}
        return {
            **kept,
            "SPARK_HOME": str(self.spark_home),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "PYSPARK_PYTHON": sys.executable,
        }


def installed(cache: Path, say: Callable[[str], None]) -> Installation:
    """Spark, ready to run. Raises `MissingError`. ``say`` is told what takes a while, the first time."""
    java, spark_home = _java(), _spark_home()
    with _alone(cache):
        for_s3 = _for_s3(java, spark_home, cache, say)
        jars = (*sorted((spark_home / "jars").glob("*.jar")), *for_s3)
        here = Installation(java, spark_home, jars, cache)
        archive = _archive(here, say)
    return Installation(java, spark_home, jars, cache, archive)


def default_cache() -> Path:
    """Where what is made once is kept."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pulumi-emr-serverless" / "spark"


def _java() -> Path:
    home = os.environ.get("JAVA_HOME")
    found = Path(home, "bin", "java") if home else Path(shutil.which("java") or "")
    if not found.is_file():
        where = f"JAVA_HOME is {home}, which has none" if home else "there is none on the PATH"
        raise MissingError(
            f"emrs local --spark needs Java 17, and {where}: install a JRE (Debian: openjdk-17-jre-headless)"
        )
    return found


def _spark_home() -> Path:
    spec = find_spec("pyspark")
    if spec is None or spec.origin is None:
        raise MissingError("emrs local --spark needs pyspark: pip install 'pulumi-emr-serverless[local,spark]'")
    if not version("pyspark").startswith("3.5."):
        raise MissingError(
            f"emrs local --spark needs pyspark 3.5, as EMR 7 has, not {version('pyspark')}: pip install 'pyspark<3.6'"
        )
    return Path(spec.origin).parent


def _for_s3(java: Path, spark_home: Path, cache: Path, say: Callable[[str], None]) -> list[Path]:
    """The JARs that Spark needs for S3, fetched once by the Ivy that comes with Spark."""
    folder = cache / f"s3-{HADOOP}-{AWS_SDK}"
    wanted = [folder / f"{name}-{revision}.jar" for _, name, revision in _PACKAGES]
    if all(jar.is_file() for jar in wanted):
        return wanted
    say("Fetching what Spark needs for S3, once: 6 MB from Maven Central")
    with tempfile.TemporaryDirectory(dir=cache) as work:
        module = Path(work, "ivy.xml")
        module.write_text(_module())
        ivy = ["-ivy", str(module), "-cache", str(Path(work, "cache")), "-confs", "default", "-error"]
        retrieve = ["-retrieve", f"{work}/jars/[artifact]-[revision].[ext]"]
        class_path = f"{spark_home}/jars/*"
        done = subprocess.run(  # noqa: S603 - Spark's own Ivy
            [java, "-cp", class_path, "org.apache.ivy.Main", *ivy, *retrieve],
            capture_output=True,
            text=True,
            check=False,
        )
        fetched = Path(work, "jars")
        missing = [jar.name for jar in wanted if not (fetched / jar.name).is_file()]
        if missing:
            said = (done.stdout + done.stderr).strip().splitlines()
            raise MissingError(
                f"emrs local --spark could not fetch {', '.join(missing)} from Maven Central, which Spark needs for S3: "
                f"{said[-1] if said else f'Ivy ended with {done.returncode}'}; they may also be put into {folder}"
            )
        shutil.copytree(fetched, folder, dirs_exist_ok=True)
    return wanted


def _module() -> str:
    """What is to be fetched, for Ivy: these alone, and nothing that they would bring."""
    dependencies = "".join(
        f'<dependency org="{organisation}" name="{name}" rev="{revision}" transitive="false" conf="default->default"/>'
        for organisation, name, revision in _PACKAGES
    )
    return (
        '<ivy-module version="2.0"><info organisation="emrs" module="s3"/>'
        f'<configurations><conf name="default"/></configurations><dependencies>{dependencies}</dependencies></ivy-module>'
    )


def _archive(here: Installation, say: Callable[[str], None]) -> Path | None:
    """Java's archive of the classes that a first job loads. It holds for this Java and these JARs."""
    java = subprocess.run([here.java, "-version"], capture_output=True, text=True, check=False).stderr  # noqa: S603 - the machine's own Java
    digest = hashlib.sha256("\n".join([java, *map(str, here.jars), *JAVA_OPTIONS]).encode()).hexdigest()[:16]
    archive = here.cache / f"classes-{digest}.jsa"
    if archive.is_file():
        return archive
    say("Making Spark start faster, once: half a minute")
    with tempfile.TemporaryDirectory(dir=here.cache) as work:
        job, made = Path(work, "job.py"), Path(work, "classes.jsa")
        job.write_text(_FIRST_JOB)
        quiet = ["--master", "local[1]", "--conf", "spark.ui.enabled=false", str(job)]
        command = here.command(*quiet, java_options=[f"-XX:ArchiveClassesAtExit={made}"])
        environment = dict(here.environment())
        subprocess.run(command, cwd=work, env=environment, capture_output=True, check=False)  # noqa: S603 - as above
        if not made.is_file():
            return None  # another Java: its drivers start as slowly as they do
        made.replace(archive)
    return archive


@contextmanager
def _alone(cache: Path) -> Iterator[None]:
    """One process at a time fills the cache."""
    import fcntl  # noqa: PLC0415 - not on Windows, where Spark wants more than this anyway

    cache.mkdir(parents=True, exist_ok=True)
    with (cache / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
