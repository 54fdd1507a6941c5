"""The other services of AWS on the same port, as the emulator itself calls them: in this process, without a socket.

They are called by their public protocols, as any client would, so that nothing here knows how moto works inside.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

from werkzeug.test import Client

from pulumi_emr_serverless.emulator.wire import Caller

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class NeighbourError(Exception):
    """Another service refused. The message is its error code, or its answer."""


class Neighbours(Protocol):
    """What the emulator asks of the services beside it, in the name of an account and region."""

    def put_object(self, caller: Caller, bucket: str, key: str, body: bytes) -> None:
        """S3's PutObject. Raises `NeighbourError`."""

    def get_object(self, caller: Caller, bucket: str, key: str) -> bytes:
        """S3's GetObject. Raises `NeighbourError`."""

    def has_object(self, caller: Caller, bucket: str, key: str) -> bool:
        """Is it in S3? Raises `NeighbourError` for a bucket that is not."""

    def json_call(self, caller: Caller, service: str, target: str, body: dict[str, Any]) -> dict[str, Any]:
        """An operation of CloudWatch Logs or EventBridge. Raises `NeighbourError`."""


@dataclass(frozen=True)
class Moto:
    """moto's WSGI application."""

    application: WSGIApplication

    def put_object(self, caller: Caller, bucket: str, key: str, body: bytes) -> None:
        self._open(caller, "s3", method="PUT", path=f"/{bucket}/{quote(key)}", data=body)

    def get_object(self, caller: Caller, bucket: str, key: str) -> bytes:
        return self._open(caller, "s3", method="GET", path=f"/{bucket}/{quote(key)}")

    def has_object(self, caller: Caller, bucket: str, key: str) -> bool:
        try:
            self._open(caller, "s3", {"Range": "bytes=0-0"}, method="GET", path=f"/{bucket}/{quote(key)}")
        except NeighbourError as error:
            if str(error) == "InvalidRange":  # it is there, and empty
                return True
            if str(error) != "NoSuchKey":
                raise
            return False
        return True

    def json_call(self, caller: Caller, service: str, target: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"}
        answer = self._open(caller, service, headers, method="POST", path="/", data=json.dumps(body).encode())
        return dict(json.loads(answer or b"{}"))

    def _open(self, caller: Caller, service: str, headers: Mapping[str, str] | None = None, **request: Any) -> bytes:
        scope = f"Credential=emrs/20250101/{caller.region}/{service}/aws4_request"
        signed = {
            "Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0",
            "x-moto-account-id": caller.account,
            "Host": f"{service}.{caller.region}.amazonaws.com",
            **(headers or {}),
        }
        answer = Client(self.application).open(headers=signed, **request)
        if answer.status_code >= 300:
            raise NeighbourError(_reason(answer.get_data(as_text=True)) or f"HTTP {answer.status_code}")
        return answer.get_data()


def _reason(text: str) -> str:
    """The code of an error, in XML or in JSON."""
    if "<Code>" in text:
        return text.partition("<Code>")[2].partition("</Code>")[0]
    try:
        return str(json.loads(text)["__type"]).rpartition("#")[2]
    except (ValueError, KeyError, TypeError):
        return text[:200]
