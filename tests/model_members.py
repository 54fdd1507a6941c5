"""The members of StartJobRun as botocore's model names them, and those that a request has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from botocore.loaders import Loader
from botocore.model import ListShape, ServiceModel, Shape, StructureShape


def start_job_run() -> StructureShape:
    model = ServiceModel(Loader().load_service_model("emr-serverless", "service-2"), "emr-serverless")
    shape = model.operation_model("StartJobRun").input_shape
    assert shape is not None
    return shape


def model_paths(shape: Shape, path: str = "", above: tuple[str, ...] = ()) -> Iterator[str]:
    """Every member of AWS's model that is no structure itself; a structure within itself is named once."""
    if isinstance(shape, ListShape) and isinstance(shape.member, StructureShape):
        if shape.member.name in above:
            yield path
        else:
            yield from model_paths(shape.member, f"{path}[]", above)
    elif isinstance(shape, StructureShape):
        for name, member in shape.members.items():
            yield from model_paths(member, f"{path}.{name}".lstrip("."), (*above, shape.name))
    else:
        yield path


def paths_in(request: Any, shape: Shape, path: str = "", above: tuple[str, ...] = ()) -> Iterator[str]:
    """The same paths, of what a request has."""
    if isinstance(shape, ListShape) and isinstance(shape.member, StructureShape):
        if shape.member.name in above:
            yield path
        else:
            for item in request:
                yield from paths_in(item, shape.member, f"{path}[]", above)
    elif isinstance(shape, StructureShape):
        for name, value in request.items():
            yield from paths_in(value, shape.members[name], f"{path}.{name}".lstrip("."), (*above, shape.name))
    else:
        yield path
