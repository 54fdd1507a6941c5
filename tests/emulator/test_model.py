"""The emulator knows every member and every limit of AWS's model of StartJobRun: a value beyond each is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import pytest
from botocore.loaders import Loader
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StringShape, StructureShape

from pulumi_emr_serverless.emulator.constraints import violations
from pulumi_emr_serverless.emulator.documents import ECHOED

MODEL = ServiceModel(Loader().load_service_model("emr-serverless", "service-2"))
REQUEST = cast("StructureShape", MODEL.shape_for("StartJobRunRequest"))


def beyond(shape: Shape) -> Iterator[tuple[str, Any]]:
    """A value just beyond each limit of a shape, and the limit's name."""
    limits = shape.metadata
    number = shape.type_name in ("integer", "long")
    if "min" in limits and (number or limits["min"] > 0):
        yield "min", limits["min"] - 1 if number else sized(shape, limits["min"] - 1)
    if "max" in limits:
        yield "max", limits["max"] + 1 if number else sized(shape, limits["max"] + 1)
    if isinstance(shape, StringShape) and shape.enum:
        yield "enum", "NO_SUCH_VALUE"
    if limits.get("pattern", "").find(".*\\S.*") == 0:
        yield "pattern", " " * max(limits.get("min", 1), 1)
    elif limits.get("pattern") and not limits["pattern"].startswith(".*["):
        yield "pattern", "\x00*:" + "x" * limits.get("min", 1)
    yield "type", object()


COMPUTED = {"applicationId", "executionTimeoutMinutes", "mode", "tags"}
"""Members of both that GetJobRun answers from elsewhere than the request: with defaults, or as they are now."""


def test_get_job_run_answers_each_member_that_a_request_has() -> None:
    """A member that AWS adds to both is given back, and not dropped without a word."""
    answer = cast("StructureShape", MODEL.shape_for("JobRun"))
    assert set(REQUEST.members) & set(answer.members) == {*ECHOED, *COMPUTED}


def sized(shape: Shape, length: int) -> Any:
    if isinstance(shape, ListShape):
        return ["x"] * length
    return {f"k{number}": "x" for number in range(length)} if isinstance(shape, MapShape) else "x" * length


def leaves(shape: Shape, path: tuple[str | int, ...], inside: tuple[str, ...] = ()) -> Iterator[tuple[Any, Shape]]:
    """Every shape within a shape, each with a path that leads to it; a recursive one once."""
    if shape.name in inside:
        return
    if path:
        yield path, shape
    inside = (*inside, shape.name)
    if isinstance(shape, StructureShape):
        for name, member in shape.members.items():
            yield from leaves(member, (*path, name), inside)
    elif isinstance(shape, ListShape):
        yield from leaves(shape.member, (*path, 0), inside)
    elif isinstance(shape, MapShape):
        yield from leaves(shape.value, (*path, "a-key"), inside)


def document(path: tuple[str | int, ...], value: Any) -> Any:
    """The smallest document with this value at this path."""
    if not path:
        return value
    inner = document(path[1:], value)
    return [inner] if isinstance(path[0], int) else {path[0]: inner}


CASES = [
    pytest.param(path, value, id=f"{'.'.join(map(str, path))} {limit}")
    for path, shape in leaves(REQUEST, ())
    for limit, value in beyond(shape)
]


@pytest.mark.parametrize(("path", "value"), CASES)
def test_a_value_beyond_a_limit_is_refused(path: tuple[str | int, ...], value: Any) -> None:
    """A limit that the emulator did not hold would let a stack pass here and fail on AWS."""
    name = str(path[-1] if isinstance(path[-1], str) and path[-1] != "a-key" else path[-2])
    found = violations(REQUEST, document(path, value))
    assert any(name in sentence and "null" not in sentence for sentence in found), found


def test_a_member_that_aws_does_not_know_is_refused() -> None:
    """botocore would refuse it before it is sent; other clients would not."""
    assert any("surplus" in sentence for sentence in violations(REQUEST, {"surplus": 1}))


def test_there_are_as_many_cases_as_the_model_has_limits() -> None:
    """A walk that stopped early would pass with nothing tested."""
    assert len(CASES) > 100
    assert {path[0] for path, _ in leaves(REQUEST, ())} == set(REQUEST.members)
