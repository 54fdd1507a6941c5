"""spark_submit writes what spark-submit reads, and spark_parse reads it back."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import TYPE_CHECKING, Any, cast

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_emr_serverless.errors import InvalidSparkSubmitError
from pulumi_emr_serverless.program.spark import spark_parse, spark_submit
from pulumi_emr_serverless.spark import canonical_parameters, split_parameters

if TYPE_CHECKING:
    from collections.abc import Mapping


def submit(**options: Any) -> Mapping[str, Any]:
    """The sparkSubmit half of a driver, untyped: tests pass what the types forbid."""
    driver: Any = spark_submit(options.pop("entry_point", "s3://b/job.py"), **options)
    return cast("Mapping[str, Any]", driver["spark_submit"])


def parameters(**options: Any) -> Any:
    return submit(**options).get("spark_submit_parameters", "")


@pytest.mark.parametrize(
    ("options", "text", "why"),
    [
        ({}, "", "no options need no parameters"),
        ({"jars": [], "conf": {}, "executor_cores": None}, "", "and neither do empty ones, or None"),
        ({"main_class": "com.x.Main"}, "--class com.x.Main", "options of spark-submit's own"),
        ({"jars": ["s3://b/a.jar", "s3://b/b.jar"]}, "--jars s3://b/a.jar,s3://b/b.jar", "a list is joined by commas"),
        ({"jars": "s3://b/a.jar,s3://b/b.jar"}, "--jars s3://b/a.jar,s3://b/b.jar", "a text is taken as it is"),
        ({"archives": ["s3://b/v.tgz#env"]}, "--conf 'spark.archives=s3://b/v.tgz#env'", "as EMR Serverless documents it"),
        ({"driver_disk": "20g"}, "--conf spark.emr-serverless.driver.disk=20g", "EMR Serverless's own property"),
        ({"executor_cores": 4.0}, "--conf spark.executor.cores=4", "pulumi makes floats of numbers"),
        ({"dynamic_allocation": False}, "--conf spark.dynamicAllocation.enabled=false", "Spark's spelling of a bool"),
        ({"conf": {"spark.a": True, "spark.b": 2.0, "spark.c": 0.5}},
         "--conf spark.a=true --conf spark.b=2 --conf spark.c=0.5", "conf values of every type"),
        ({"conf": {"spark.a": None, "spark.b": ""}}, "--conf spark.b=", "None is absent, an empty value is not"),
        ({"conf": {"spark.a": "x y $z 'q'"}}, "--conf 'spark.a=x y $z '\"'\"'q'\"'\"''", "what a shell would change"),
        ({"extra_options": ["--verbose"]}, "--verbose", "what has no keyword"),
        ({"num_executors": 3, "min_executors": 0}, ("--conf spark.executor.instances=3 "
         "--conf spark.dynamicAllocation.minExecutors=0"), "zero executors may be the least"),
    ],
)  # fmt: skip
def test_writes_the_parameters(options: dict[str, Any], text: str, why: str) -> None:
    """The text is what AWS gets; each keyword has one spelling."""
    assert parameters(**options) == text, why


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"executor_memory": "8"}, "executor_memory: '8'.* not a size.*for example 8g"),
        ({"executor_memory": 8}, "executor_memory: 8 .*for example 8g"),
        ({"driver_memory": "8 GB"}, "driver_memory: '8 GB'"),
        ({"driver_memory": "0g"}, "driver_memory: '0g'"),
        ({"executor_cores": 0}, "executor_cores: expected a whole number of at least 1, got 0"),
        ({"executor_cores": True}, "executor_cores: expected a whole number"),
        ({"executor_cores": 1.5}, "executor_cores: expected a whole number"),
        ({"jars": ["a,b"]}, r"jars\[0\]: 'a,b' contains a comma"),
        ({"jars": [""]}, r"jars\[0\]: expected text"),
        ({"jars": {"a"}}, "jars: expected a list"),
        ({"dynamic_allocation": "yes"}, "dynamic_allocation: expected True or False"),
        ({"executor_cores": 4, "conf": {"spark.executor.cores": 2}},
         r"executor_cores and conf\['spark.executor.cores'\] set the same property"),
        ({"py_files": "x", "conf": {"spark.submit.pyFiles": "y"}}, r"py_files and conf\['spark.submit.pyFiles'\]"),
        ({"dynamic_allocation": False, "max_executors": 2}, "max_executors has no effect with dynamic_allocation=False"),
        ({"min_executors": 5, "max_executors": 2}, r"min_executors \(5\) is more than max_executors \(2\)"),
        ({"conf": {"fs.s3.x": "1"}}, r"conf\['fs.s3.x'\]: spark-submit ignores .*spark.hadoop"),
        ({"conf": {"spark.a b": "1"}}, r"conf\['spark.a b'\]"),
        ({"conf": {"spark.a": ["1"]}}, r"conf\['spark.a'\]: expected text"),
        ({"conf": "spark.a=1"}, "conf: expected a mapping"),
        ({"extra_options": "--verbose"}, "extra_options: expected a list of words"),
        ({"arguments": "--day 1"}, "arguments: expected a list"),
        ({"arguments": [None]}, r"arguments\[0\]: expected text or a number, got None"),
        ({"entry_point": ""}, "entry_point: expected where the script"),
    ],
)  # fmt: skip
def test_refuses_early_what_spark_would_refuse_or_ignore(options: dict[str, Any], message: str) -> None:
    """A run that fails after ten minutes of waiting for capacity costs more than a sentence now."""
    with pytest.raises(InvalidSparkSubmitError, match=message):
        submit(**options)


def test_guesses_a_misspelt_keyword() -> None:
    """A keyword that is swallowed would be a setting that silently does nothing."""
    with pytest.raises(TypeError, match=r"executer_cores.*did you mean executor_cores"):
        submit(executer_cores=4)
    with pytest.raises(TypeError, match="go into conf"):
        submit(zzz=4)


def test_arguments_become_text() -> None:
    """AWS takes only texts; numbers are what people write."""
    assert submit(arguments=["--day", 5, 2.0])["entry_point_arguments"] == ["--day", "5", "2"]
    assert "entry_point_arguments" not in submit(arguments=[])


VALUE = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12)


@given(st.dictionaries(st.from_regex(r"spark\.[a-zA-Z.]{1,8}", fullmatch=True), VALUE, max_size=4), st.lists(VALUE))
def test_a_shell_reads_back_what_was_written(conf: dict[str, str], extra: list[str]) -> None:
    """Values hold blanks, quotes, $, newlines; each must arrive in Spark as it was written."""
    words = split_parameters(parameters(conf=conf, extra_options=extra))
    assert words == [word for key, value in conf.items() for word in ("--conf", f"{key}={value}")] + extra


WORDS = st.lists(
    st.one_of(
        st.sampled_from([
            "--conf", "-c", "--jars", "--class", "--verbose", "--py-files", "--new", "--executor-cores", "app.py",
            "spark.executor.cores=4", "spark.executor.cores=04", "spark.executor.memory=8g", "spark.executor.memory=8",
            "spark.dynamicAllocation.enabled=false", "spark.dynamicAllocation.enabled=FALSE", "spark.jars=a", "a,b", ",",
            "spark.dynamicAllocation.minExecutors=5", "spark.dynamicAllocation.maxExecutors=2", "spark.x=1", "x=1", "",
            "spark.archives=a#b,c", "spark.executor.instances=٣",
        ]),
        st.text(max_size=4),
    ),
    max_size=10,
)  # fmt: skip


@given(WORDS)
def test_parsing_and_writing_keeps_the_meaning(words: list[str]) -> None:
    """Migrating a job to keywords must not start it: the canonical forms are what the token is made of."""
    text = " ".join("'" + word.replace("'", "'\"'\"'") + "'" for word in words)
    assert canonical_parameters(parameters(**spark_parse(text))) == canonical_parameters(text)


def test_parses_into_keywords() -> None:
    """Keywords are the point: a parse that leaves all in extra_options would keep the meaning, too."""
    driver = {
        "sparkSubmit": {
            "entryPoint": "s3://b/job.py",
            "entryPointArguments": ["1"],
            "sparkSubmitParameters": "--class C --jars a,b --conf spark.executor.cores=4 -c spark.executor.memory=8g "
            "--conf spark.dynamicAllocation.enabled=true --conf spark.x=1 --conf spark.y=1 --conf spark.y=2 -v",
        }
    }
    assert spark_parse(driver) == {
        "entry_point": "s3://b/job.py",
        "arguments": ["1"],
        "main_class": "C",
        "jars": ["a", "b"],
        "executor_cores": 4,
        "executor_memory": "8g",
        "dynamic_allocation": True,
        "conf": {"spark.x": "1"},
        "extra_options": ["--conf", "spark.y=1", "--conf", "spark.y=2", "--verbose"],
    }


def test_a_driver_round_trips() -> None:
    """The two functions are each other's reverse on whole drivers as well."""
    driver = spark_submit("s3://b/job.py", arguments=["1"], executor_cores=4, conf={"spark.x": "1"}, files=["s3://b/f"])
    assert spark_submit(**spark_parse(driver)) == driver


@pytest.mark.parametrize("driver", [{"hive": {"query": "x"}}, {}])
def test_parsing_something_else_says_what_it_is(driver: dict[str, Any]) -> None:
    """Hive jobs stand beside Spark's in the same directories."""
    with pytest.raises(InvalidSparkSubmitError, match=r"this one has: (hive|nothing)"):
        spark_parse(driver)


def resolve(output: pulumi.Output[Any]) -> tuple[Any, bool, bool]:
    """Value, whether it is known and whether it is secret, as the engine would see them."""

    async def all_of_it() -> tuple[Any, bool, bool]:
        return await output.future(), await output.is_known(), await output.is_secret()

    return asyncio.get_event_loop().run_until_complete(all_of_it())


@pytest.mark.usefixtures("loop")
@pytest.mark.parametrize(
    "options",
    [
        {"executor_cores": 4, "conf": {"spark.p": pulumi.Output.from_input}},
        {"jars": ["s3://b/a.jar", pulumi.Output.from_input]},
        {"executor_memory": pulumi.Output.from_input},
    ],
    ids=["a conf value", "an entry of a list", "a keyword"],
)
def test_an_output_anywhere_makes_the_parameters_an_output(options: dict[str, Any]) -> None:
    """Buckets and endpoints are outputs of other resources; concatenating them by hand loses the quoting."""

    def with_outputs(value: Any, make: Any) -> Any:
        if isinstance(value, dict):
            return {key: with_outputs(item, make) for key, item in value.items()}
        if isinstance(value, list):
            return [with_outputs(item, make) for item in value]
        return make("8g") if callable(value) else value

    plain = parameters(**with_outputs(options, lambda text: text))
    assert resolve(parameters(**with_outputs(options, pulumi.Output.from_input))) == (plain, True, False)
    assert resolve(parameters(**with_outputs(options, pulumi.Output.secret))) == (plain, True, True), "stays secret"


@pytest.mark.usefixtures("loop")
def test_an_unknown_output_stays_unknown() -> None:
    """In a preview the bucket does not exist; the parameters are then not known, and not 'None' either."""
    unknown: pulumi.Output[Any] = pulumi.Output(set(), _future(None), _future(False))
    text = parameters(conf={"spark.x": unknown})
    assert resolve(text)[1] is False


def _future(value: Any) -> asyncio.Future[Any]:
    future: asyncio.Future[Any] = asyncio.get_event_loop().create_future()
    future.set_result(value)
    return future


@pytest.mark.usefixtures("loop")
def test_a_secret_argument_hides_only_itself() -> None:
    """The plan should still show the arguments that are no secret."""
    arguments = submit(arguments=["--password", pulumi.Output.secret("x"), pulumi.Output.from_input(3.0)])[
        "entry_point_arguments"
    ]
    assert arguments[0] == "--password"
    assert resolve(arguments[1]) == ("x", True, True)
    assert resolve(arguments[2]) == ("3", True, False)


@pytest.mark.usefixtures("loop")
def test_arguments_may_be_one_output() -> None:
    """For example a list from the stack's configuration."""
    arguments = submit(arguments=pulumi.Output.from_input(["a", 1]))["entry_point_arguments"]
    assert resolve(arguments) == (["a", "1"], True, False)


@pytest.mark.usefixtures("loop")
def test_plain_values_are_checked_though_others_are_outputs() -> None:
    """A preview should show the mistake, not the update an hour later."""
    with pytest.raises(InvalidSparkSubmitError, match="executor_memory"):
        submit(executor_memory="8", conf={"spark.x": pulumi.Output.from_input("1")})


def test_plain_use_does_not_import_pulumi() -> None:
    """The command line and the request's rules use this module where pulumi's second of import time is not wanted."""
    program = (
        "import sys, pulumi_emr_serverless.program.spark as s; s.spark_submit('s3://b/j.py', executor_cores=1);"
        "sys.exit('pulumi' in sys.modules or 'boto3' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
