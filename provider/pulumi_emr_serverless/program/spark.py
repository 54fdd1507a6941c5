"""``spark_submit``: a Spark job driver written as keywords, which may be outputs, and read back again."""

from __future__ import annotations

import difflib
import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypedDict, cast, overload

from pulumi_emr_serverless.errors import InvalidSparkSubmitError
from pulumi_emr_serverless.redaction import Redactor
from pulumi_emr_serverless.spark import driver_keywords, keywords_of, parameters_of, shown

if TYPE_CHECKING:
    import pulumi
    from typing_extensions import Unpack

    from pulumi_emr_serverless.program.inputs import JobDriver


class UnknownKeywordError(TypeError):
    """As Python raises it, with the keyword that was likely meant."""


class SparkOptions(TypedDict, total=False):
    """What ``spark_submit`` takes beside the entry point. Every value may be an Output; None is as good as absent."""

    arguments: pulumi.Input[Sequence[pulumi.Input[str | float]]] | None
    """What the entry point finds in ``sys.argv`` or ``args``; numbers become text."""
    main_class: pulumi.Input[str] | None
    """``--class``: the class in a JAR whose ``main`` is run."""
    jars: pulumi.Input[str | Sequence[pulumi.Input[str]]] | None
    """``--jars``: a list, or one comma-separated text; so the next ones."""
    py_files: pulumi.Input[str | Sequence[pulumi.Input[str]]] | None
    files: pulumi.Input[str | Sequence[pulumi.Input[str]]] | None
    archives: pulumi.Input[str | Sequence[pulumi.Input[str]]] | None
    """``spark.archives``, for example a packed virtualenv: ``s3://bucket/venv.tar.gz#environment``."""
    packages: pulumi.Input[str | Sequence[pulumi.Input[str]]] | None
    """``--packages``: Maven coordinates, ``group:artifact:version``."""
    repositories: pulumi.Input[str | Sequence[pulumi.Input[str]]] | None
    driver_cores: pulumi.Input[int | str] | None
    """vCPUs of the driver (``spark.driver.cores``); EMR Serverless has workers of 1, 2, 4, 8 and 16."""
    driver_memory: pulumi.Input[str] | None
    """``spark.driver.memory``, with a unit: ``8g``."""
    driver_disk: pulumi.Input[str] | None
    """``spark.emr-serverless.driver.disk``, with a unit: ``20g``."""
    executor_cores: pulumi.Input[int | str] | None
    executor_memory: pulumi.Input[str] | None
    executor_disk: pulumi.Input[str] | None
    num_executors: pulumi.Input[int | str] | None
    """``spark.executor.instances``: how many executors the job asks for at its start."""
    dynamic_allocation: pulumi.Input[bool] | None
    """``spark.dynamicAllocation.enabled``; EMR Serverless has it on."""
    min_executors: pulumi.Input[int | str] | None
    """``spark.dynamicAllocation.minExecutors``; so the next two."""
    max_executors: pulumi.Input[int | str] | None
    initial_executors: pulumi.Input[int | str] | None
    conf: pulumi.Input[Mapping[str, pulumi.Input[str | float | None]]] | None
    """``--conf key=value`` for each property; True and False are written as Spark reads them."""
    extra_options: pulumi.Input[Sequence[pulumi.Input[str]]] | None
    """Words that are added at the end as they are, for what has no keyword: ``["--verbose"]``."""


class SparkSubmitParts(SparkOptions):
    """The keywords of a whole job driver: ``spark_submit(**parts)`` gives it back."""

    entry_point: pulumi.Input[str]


def spark_submit(entry_point: pulumi.Input[str], **options: Unpack[SparkOptions]) -> JobDriver:
    """A Spark job driver for ``JobRun(job_driver=...)``; the keywords are those of ``SparkOptions``.

    Plain values give plain texts. Where a value is an Output the text that contains it becomes one, and stays secret if
    the value is. Plain values are checked at once, the others when they are known.

    Raises:
        InvalidSparkSubmitError: a value that Spark would refuse or ignore; names the keyword and what to write instead.
        TypeError: an unknown keyword.

    Example:
        >>> spark_submit("s3://bucket/etl.py", executor_cores=4, conf={"spark.sql.shuffle.partitions": 400})
        {'spark_submit': {'entry_point': 's3://bucket/etl.py', 'spark_submit_parameters': '--conf spark.executor.cores=4 --conf spark.sql.shuffle.partitions=400'}}

    """
    given = {name: value for name, value in options.items() if value is not None}
    _refuse_unknown(given)
    submit: dict[str, Any] = {"entry_point": _when_known(entry_point, _entry_point)}
    arguments = given.pop("arguments", None)
    if arguments:
        submit["entry_point_arguments"] = _arguments(arguments)
    if given:
        known = {name: value for name, value in given.items() if not _is_deferred(value)}
        text: Any = parameters_of(known)
        if len(known) < len(given):
            text = _when_known(given, parameters_of)
        if text != "":
            submit["spark_submit_parameters"] = text
    return cast("JobDriver", {"spark_submit": submit})


@overload
def spark_parse(source: str) -> SparkOptions: ...
@overload
def spark_parse(source: Mapping[str, Any]) -> SparkSubmitParts: ...
def spark_parse(source: str | Mapping[str, Any]) -> SparkOptions | SparkSubmitParts:
    """The keywords of ``spark_submit`` for sparkSubmitParameters, or for a whole job driver (either spelling of its keys).

    What has no keyword, or a value that its keyword would refuse, comes as ``conf`` or ``extra_options``: nothing is lost,
    and ``spark_submit(**spark_parse(driver))`` means the same as ``driver``.

    Raises:
        InvalidSparkSubmitError: no Spark job driver, or parameters that no shell could split.

    """
    if isinstance(source, str):
        return cast("SparkOptions", keywords_of(source))
    return cast("SparkSubmitParts", driver_keywords(source))


def _refuse_unknown(given: Mapping[str, Any]) -> None:
    names = [*SparkOptions.__annotations__]
    for name in given:
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1)
            hint = f": did you mean {near[0]}?" if near else "; properties without a keyword go into conf={...}"
            raise UnknownKeywordError(f"spark_submit() has no keyword {name!r}{hint}")


def _entry_point(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InvalidSparkSubmitError(
            f"entry_point: expected where the script or JAR is, for example s3://bucket/job.py; got {shown(value)}"
        )
    return value


def _is_deferred(value: Any) -> bool:
    """Whether pulumi has yet to say what ``value`` is. Without pulumi imported there is no Output to meet."""
    if isinstance(value, Mapping):
        return any(_is_deferred(item) for item in value.values())
    if isinstance(value, list | tuple):
        return any(_is_deferred(item) for item in value)
    loaded = sys.modules.get("pulumi")
    return inspect.isawaitable(value) or (loaded is not None and isinstance(value, loaded.Output))


def _when_known(value: Any, convert: Callable[[Any], Any]) -> Any:
    if not _is_deferred(value):
        return convert(value)
    import pulumi  # noqa: PLC0415 - a program with plain values needs none

    whole = pulumi.Output.from_input(dict(value) if isinstance(value, Mapping) else value)
    return pulumi.Output.all(whole, whole.is_secret()).apply(lambda both: _converted(convert, *both))


def _converted(convert: Callable[[Any], Any], value: Any, is_secret: bool) -> Any:
    try:
        return convert(value)
    except InvalidSparkSubmitError as error:
        if is_secret:
            Redactor([value]).redact(error)
        raise


def _arguments(arguments: Any) -> Any:
    """One Output an argument where that is possible, so that a secret hides only itself in a preview."""
    if isinstance(arguments, str):
        raise InvalidSparkSubmitError(f"arguments: expected a list of texts, got one text: write [{arguments!r}]")
    if not isinstance(arguments, list | tuple):
        return _when_known(arguments, _arguments)
    return [_when_known(item, _argument(index)) for index, item in enumerate(arguments)]


def _argument(index: int) -> Callable[[Any], str]:
    def convert(value: Any) -> str:
        if isinstance(value, str):
            return value
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise InvalidSparkSubmitError(f"arguments[{index}]: expected text or a number, got {shown(value)}")
        return str(int(value) if isinstance(value, float) and value.is_integer() else value)

    return convert
