"""The REST-JSON protocol of EMR Serverless, read from botocore's service model: routing, decoding, encoding.

Values inside are plain JSON: a timestamp is a number of epoch seconds.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from urllib.parse import parse_qs, unquote

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel, Shape, StructureShape
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from pulumi_emr_serverless.emulator import refusals
from pulumi_emr_serverless.emulator.constraints import NONE, Leeway, known, violations
from pulumi_emr_serverless.emulator.errors import ApiError

SERVICE = "emr-serverless"
DEFAULT_ACCOUNT = "123456789012"
_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/[^/]*/([^/]+)/([^/]+)/aws4_request")
_IN_QUERY = re.compile(r"X-Amz-Credential=([^/&]+)/[^/]*/([^/]+)/([^/]+)/aws4_request")
_JSON = "application/json"


@dataclass(frozen=True)
class Request:
    """One HTTP request. ``path`` is percent-decoded, ``query`` is not."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers.items() if key.lower() == name), "")


@dataclass(frozen=True)
class Answer:
    """One HTTP answer, and what the connection does with it."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    connection: Literal["deliver", "drop", "truncate"] = "deliver"
    error_code: str | None = None


@dataclass(frozen=True)
class Caller:
    """Who calls, and where: the scope of the SigV4 signature."""

    account: str
    region: str

    @property
    def partition(self) -> str:
        return "aws-cn" if self.region.startswith("cn-") else "aws-us-gov" if "-gov-" in self.region else "aws"

    @property
    def arn(self) -> str:
        return f"arn:{self.partition}:iam::{self.account}:user/emrs-local"


def signed_service(authorization: str, query: str = "") -> str | None:
    """The service that a request was signed for, in its header or its query.

    None: it is not signed. A signature that names no service, as S3's old ones, is one for "".
    """
    if scope := _CREDENTIAL.search(authorization) or _IN_QUERY.search(unquote(query)):
        return scope.group(3).lower()
    return "" if authorization or "AWSAccessKeyId=" in query else None


def default_account(access_key: str) -> str:
    """An access key of twelve digits is the account: tests get as many accounts as they like."""
    return access_key if re.fullmatch(r"[0-9]{12}", access_key) else DEFAULT_ACCOUNT


def caller_of(request: Request, account_of: Callable[[str], str], region: str = "us-east-1") -> Caller:
    """Who signed a request. Without a signature: the default account, in ``region``."""
    scope = _CREDENTIAL.search(request.header("authorization")) or _IN_QUERY.search(unquote(request.query))
    if scope is None:
        return Caller(DEFAULT_ACCOUNT, region)
    return Caller(account_of(scope.group(1)), scope.group(2))


class Api:
    """The operations of the service model, each at its method and path."""

    def __init__(self) -> None:
        self.model = ServiceModel(Loader().load_service_model(SERVICE, "service-2"), SERVICE)
        rules = [self._rule(name) for name in self.model.operation_names]
        self._routes = Map(rules, merge_slashes=False).bind("localhost")

    def route(self, request: Request) -> tuple[OperationModel, dict[str, str]]:
        """The operation that a request is for, with the members in its path. Raises `ApiError`."""
        try:
            name, members = self._routes.match(request.path, request.method)
        except HTTPException:
            raise refusals.NO_OPERATION.error(method=request.method, path=request.path) from None
        return self.model.operation_model(name), dict(members)

    def serves(self, method: str, path: str) -> bool:
        """Is this a request to EMR Serverless, as far as its path tells?"""
        if path.startswith("/tags/") and f":{SERVICE}:" not in path:
            return False
        return bool(self._routes.test(path, method))

    def decode(
        self, operation: OperationModel, request: Request, in_path: Mapping[str, str], leeway: Leeway = NONE
    ) -> dict[str, Any]:
        """The operation's input. Raises a ValidationException that lists everything that the model does not allow."""
        shape = operation.input_shape
        if not isinstance(shape, StructureShape):
            return {}
        decoded = _body(request) | dict(in_path) | _query(shape, request.query)
        if problems := violations(shape, decoded, leeway):
            count = f"{len(problems)} validation error{'s'[: len(problems) > 1]} detected"
            raise refusals.AGAINST_THE_MODEL.error(count=count, problems="; ".join(problems))
        return dict(known(shape, decoded)) if leeway.unknown else decoded

    def encode(self, operation: OperationModel, output: Mapping[str, Any]) -> Answer:
        return _answer(int(operation.http.get("responseCode", 200)), output)

    def output_violations(
        self, operation: OperationModel, output: Mapping[str, Any], leeway: Leeway = NONE
    ) -> list[str]:
        shape = operation.output_shape
        return violations(shape, dict(output), leeway) if shape is not None else []

    def _rule(self, name: str) -> Rule:
        http = self.model.operation_model(name).http
        # An ARN has slashes, and clients may or may not encode them.
        path = re.sub(r"\{(\w+)\}", lambda found: _variable(found.group(1)), http["requestUri"])
        return Rule(path, methods=[http["method"]], endpoint=name)


def encode_error(error: ApiError) -> Answer:
    encoded = _answer(error.status, {"message": error.message}, {"x-amzn-errortype": error.code})
    return Answer(encoded.status, encoded.headers, encoded.body, error_code=error.code)


def _variable(name: str) -> str:
    return f"<path:{name}>" if name == "resourceArn" else f"<{name}>"


def _answer(status: int, document: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Answer:
    body = json.dumps(document, separators=(",", ":")).encode()
    standard = {
        "Content-Type": _JSON,
        "Content-Length": str(len(body)),
        "x-amzn-requestid": str(uuid.uuid4()),
    }
    return Answer(status, standard | dict(headers or {}), body)


def _body(request: Request) -> dict[str, Any]:
    if not request.body.strip():
        return {}
    try:
        document = json.loads(request.body)
    except ValueError:
        raise refusals.NO_JSON.error() from None
    if not isinstance(document, dict):
        raise refusals.NO_OBJECT.error()
    return {name: value for name, value in document.items() if value is not None}


def _query(shape: StructureShape, query: str) -> dict[str, Any]:
    given = parse_qs(query, keep_blank_values=True)
    decoded: dict[str, Any] = {}
    for member, member_shape in shape.members.items():
        place = member_shape.serialization
        if place.get("location") != "querystring" or place["name"] not in given:
            continue
        values = given[place["name"]]
        decoded[member] = values if member_shape.type_name == "list" else _scalar(member, member_shape, values[-1])
    return decoded


def _scalar(member: str, shape: Shape, text: str) -> Any:
    try:
        if shape.type_name in ("integer", "long"):
            return int(text)
        if shape.type_name == "timestamp":
            return _timestamp(text)
    except ValueError:
        raise refusals.WRONG_SCALAR.error(text=text, member=member, type=shape.type_name) from None
    if shape.type_name == "boolean":
        return {"true": True, "false": False}.get(text, text)
    return text


def _timestamp(text: str) -> float:
    """Epoch seconds, or ISO 8601 with any number of digits in a second, as every SDK writes it."""
    if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
        return float(text)
    found = re.fullmatch(r"([0-9-]+T[0-9:]+?)(\.[0-9]+)?(Z|[+-][0-9]{2}:?[0-9]{2})?", text)
    if found is None:
        raise ValueError(text)
    second, fraction, zone = found.groups()
    moment = datetime.strptime(f"{second}{zone or 'Z'}", "%Y-%m-%dT%H:%M:%S%z")
    return moment.timestamp() + float(fraction or 0)
