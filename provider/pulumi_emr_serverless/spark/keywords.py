"""Spark parameters as keywords: one row for each keyword says how its value is checked, written and read back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from pulumi_emr_serverless.errors import InvalidSparkSubmitError
from pulumi_emr_serverless.spark.parameters import Option, join_parameters, parse_parameters


def _text(keyword: str, value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise InvalidSparkSubmitError(f"{keyword}: expected text, got {shown(value)}")
    return value


def _list(keyword: str, value: Any) -> str:
    if isinstance(value, str):
        return _text(keyword, value)
    if not isinstance(value, Sequence) or isinstance(value, bytes):
        raise InvalidSparkSubmitError(f"{keyword}: expected a list of texts, got {shown(value)}")
    for index, item in enumerate(value):
        if "," in _text(f"{keyword}[{index}]", item):
            raise InvalidSparkSubmitError(
                f"{keyword}[{index}]: {item!r} contains a comma, and Spark would read it as two: make it two entries"
            )
    return ",".join(value)


def _count(keyword: str, value: Any, *, least: int = 1) -> str:
    number = int(value) if isinstance(value, float) and value.is_integer() else value
    text = str(number)
    if isinstance(value, bool) or not re.fullmatch(r"\d+", text, re.ASCII) or int(text) < least:
        raise InvalidSparkSubmitError(f"{keyword}: expected a whole number of at least {least}, got {shown(value)}")
    return text


def _count_or_none(keyword: str, value: Any) -> str:
    return _count(keyword, value, least=0)


def _size(keyword: str, value: Any) -> str:
    """A bare number would be mebibytes to Spark: 8 instead of 8g starves the job."""
    if isinstance(value, str) and re.fullmatch(r"[1-9]\d*([kmgtp]b?|b)", value, re.ASCII | re.IGNORECASE):
        return value
    digits = re.match(r"\d+", str(value))
    remedy = f"write a whole number with its unit, for example {digits[0] if digits else 8}g"
    raise InvalidSparkSubmitError(f"{keyword}: {shown(value)} is not a size: {remedy}")


def _switch(keyword: str, value: Any) -> str:
    if not isinstance(value, bool):
        raise InvalidSparkSubmitError(f"{keyword}: expected True or False, got {shown(value)}")
    return str(value).lower()


def shown(value: Any) -> str:
    return f"{value!r} ({type(value).__name__})" if value is not None else "None"


class _Keyword(NamedTuple):
    write: Callable[[str, Any], str]
    prop: str
    """The Spark property that it sets; in ``conf`` it would be set twice."""
    option: str = "--conf"


_KEYWORDS: dict[str, _Keyword] = {
    "main_class": _Keyword(_text, "", "--class"),
    "jars": _Keyword(_list, "spark.jars", "--jars"),
    "py_files": _Keyword(_list, "spark.submit.pyFiles", "--py-files"),
    "files": _Keyword(_list, "spark.files", "--files"),
    "packages": _Keyword(_list, "spark.jars.packages", "--packages"),
    "repositories": _Keyword(_list, "spark.jars.repositories", "--repositories"),
    "archives": _Keyword(_list, "spark.archives"),
    "driver_cores": _Keyword(_count, "spark.driver.cores"),
    "driver_memory": _Keyword(_size, "spark.driver.memory"),
    "driver_disk": _Keyword(_size, "spark.emr-serverless.driver.disk"),
    "executor_cores": _Keyword(_count, "spark.executor.cores"),
    "executor_memory": _Keyword(_size, "spark.executor.memory"),
    "executor_disk": _Keyword(_size, "spark.emr-serverless.executor.disk"),
    "num_executors": _Keyword(_count, "spark.executor.instances"),
    "dynamic_allocation": _Keyword(_switch, "spark.dynamicAllocation.enabled"),
    "min_executors": _Keyword(_count_or_none, "spark.dynamicAllocation.minExecutors"),
    "max_executors": _Keyword(_count, "spark.dynamicAllocation.maxExecutors"),
    "initial_executors": _Keyword(_count_or_none, "spark.dynamicAllocation.initialExecutors"),
}
_LISTS = {name for name, keyword in _KEYWORDS.items() if keyword.write is _list}
_COUNTS = {name for name, keyword in _KEYWORDS.items() if keyword.write in (_count, _count_or_none)}


def parameters_of(given: Mapping[str, Any]) -> str:
    """The text for values that are all known."""
    given = {name: value for name, value in given.items() if value is not None}
    _refuse_contradictions(given)
    options = [_option(name, given[name]) for name in _KEYWORDS if name in given and given[name] != []]
    options += _conf(given.get("conf", {}))
    extra = given.get("extra_options", [])
    if isinstance(extra, str) or not isinstance(extra, Sequence) or not all(isinstance(word, str) for word in extra):
        raise InvalidSparkSubmitError('extra_options: expected a list of words, for example ["--verbose"]')
    return join_parameters([word for option in options for word in option.words] + list(extra))


def _option(name: str, value: Any) -> Option:
    keyword = _KEYWORDS[name]
    text = keyword.write(name, value)
    return Option(keyword.option, f"{keyword.prop}={text}" if keyword.option == "--conf" else text)


def _refuse_contradictions(given: Mapping[str, Any]) -> None:
    conf = given.get("conf", {})
    for name, keyword in _KEYWORDS.items():
        if name in given and isinstance(conf, Mapping) and keyword.prop in conf:
            raise InvalidSparkSubmitError(
                f"{name} and conf[{keyword.prop!r}] set the same property: remove one of them"
            )
    if given.get("dynamic_allocation") is False:
        for name in ("min_executors", "max_executors", "initial_executors"):
            if name in given:
                raise InvalidSparkSubmitError(
                    f"{name} has no effect with dynamic_allocation=False: remove one of them, or write num_executors"
                )
    least, most = given.get("min_executors"), given.get("max_executors")
    if (
        least is not None
        and most is not None
        and int(_count_or_none("min_executors", least)) > int(_count("max_executors", most))
    ):
        raise InvalidSparkSubmitError(
            f"min_executors ({least}) is more than max_executors ({most}): swap or change them"
        )


def _conf(conf: Any) -> list[Option]:
    if not isinstance(conf, Mapping):
        raise InvalidSparkSubmitError(f"conf: expected a mapping of properties, got {shown(conf)}")
    options = []
    for key, value in conf.items():
        if value is None:
            continue
        if not _is_property(key):
            raise InvalidSparkSubmitError(
                f"conf[{key!r}]: spark-submit ignores properties that do not begin with 'spark.': "
                f"Hadoop's go as 'spark.hadoop.<name>'"
            )
        if not isinstance(value, str | int | float):
            raise InvalidSparkSubmitError(f"conf[{key!r}]: expected text, a number or a bool, got {shown(value)}")
        whole = int(value) if isinstance(value, float) and value.is_integer() else value
        options.append(Option("--conf", f"{key}={str(whole).lower() if isinstance(whole, bool) else whole}"))
    return options


def _is_property(key: Any) -> bool:
    return isinstance(key, str) and re.fullmatch(r"spark\.[^\s=]+", key) is not None


def keywords_of(text: str) -> dict[str, Any]:
    """Options that occur once go to their keyword, if it takes the value unchanged; the others stay as they are."""
    options, rest = parse_parameters(text)
    if rest:
        return {"extra_options": [*(word for option in options for word in option.words), *rest]}
    subjects = [option.subject for option in options]
    parts: dict[str, Any] = {}
    conf: dict[str, str] = {}
    extra: list[str] = []
    for option in options:
        alone = subjects.count(option.subject) == 1
        keyword = _keyword_of(option) if alone else None
        if keyword:
            parts[keyword[0]] = keyword[1]
        elif alone and option.conf and _is_property(option.conf[0]):
            conf[option.conf[0]] = option.conf[1]
        else:
            extra += option.words
    try:
        _refuse_contradictions(parts | {"conf": conf})
    except InvalidSparkSubmitError:  # Spark takes them, and ranks them; as keywords they would be refused
        for option in [_option(name, value) for name, value in parts.items()]:
            conf |= [option.conf] if option.conf else []
            extra += [] if option.conf else option.words
        parts = {}
    return parts | ({"conf": conf} if conf else {}) | ({"extra_options": extra} if extra else {})


def _keyword_of(option: Option) -> tuple[str, Any] | None:
    """The keyword that writes exactly this option, and its value."""
    for name, keyword in _KEYWORDS.items():
        text = option.value or ""
        if option.conf and keyword.option == "--conf" and option.conf[0] == keyword.prop:
            text = option.conf[1]
        elif option.name != keyword.option or option.conf:
            continue
        value: Any = text
        if name in _LISTS:
            value = text.split(",")
        elif name in _COUNTS and text.isdecimal():
            value = int(text)
        elif keyword.write is _switch:
            value = {"true": True, "false": False}.get(text)
        try:
            return (name, value) if _option(name, value) == option else None
        except InvalidSparkSubmitError:
            return None
    return None


def driver_keywords(driver: Mapping[str, Any]) -> dict[str, Any]:
    """The keywords of a whole job driver, in either spelling of its keys.

    Raises:
        InvalidSparkSubmitError: no Spark job driver, or parameters that no shell could split.
    """
    submit = driver.get("spark_submit") or driver.get("sparkSubmit")
    if not isinstance(submit, Mapping):
        raise InvalidSparkSubmitError(
            "spark_parse reads a job driver with sparkSubmit (spark_submit); this one has: "
            + (", ".join(map(str, driver)) or "nothing")
        )
    parts: dict[str, Any] = {"entry_point": submit.get("entry_point", submit.get("entryPoint"))}
    arguments = submit.get("entry_point_arguments", submit.get("entryPointArguments"))
    if arguments:
        parts["arguments"] = list(arguments)
    text = submit.get("spark_submit_parameters", submit.get("sparkSubmitParameters"))
    if text is not None and not isinstance(text, str):
        raise InvalidSparkSubmitError("spark_parse reads parameters that are plain text; of an Output, apply it")
    return {**parts, **keywords_of(text or "")}
