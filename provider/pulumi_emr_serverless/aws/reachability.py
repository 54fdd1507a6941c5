"""What stands between this machine and AWS that no second try mends, and the setting that it comes from.

botocore tries a call again whatever the network says. That is right for a fault that passes, and silence for one that
does not: a port on this machine where nothing listens, a name that there is not, a page of a proxy in AWS's place.
"""

from __future__ import annotations

import ipaddress
import os
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore.exceptions import ProxyConnectionError, SSLError

from pulumi_emr_serverless.aws.configuration import Connection
from pulumi_emr_serverless.aws.pages import is_page, title_of
from pulumi_emr_serverless.aws.refusals import CERTIFICATE_HINT
from pulumi_emr_serverless.aws.regions import advice_on
from pulumi_emr_serverless.errors import InvalidConfigurationError, UnreachableError

if TYPE_CHECKING:
    from botocore.client import BaseClient

_ENDPOINT_VARIABLES = ("AWS_ENDPOINT_URL_EMR_SERVERLESS", "AWS_ENDPOINT_URL")
"""As botocore reads them, the first one first."""

_NAME_SERVER_SILENT = socket.EAI_AGAIN
"""The name may exist: a fault that passes."""

_NO_CERTIFICATE = ("CERTIFICATE_VERIFY_FAILED", "NO_CERTIFICATE_OR_CRL_FOUND")
"""As OpenSSL says it: the server's certificate, or the file of those to verify it with."""

_NO_FILE = (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError)
"""Of certificates to verify with."""

_NO_TLS = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE")
"""As OpenSSL says it, before 3.2 and since. A connection that is cut off in the handshake is none of them: that passes."""


def fail_fast(client: BaseClient, connection: Connection) -> None:
    """Let calls of this client end at once, with ``UnreachableError``, where trying again cannot help.

    Args:
        client: of botocore.
        connection: how it was made.

    Raises:
        InvalidConfigurationError: the endpoint is no URL that can be called.
    """
    service = client.meta.service_model.service_id.hyphenize()
    route = _Route(connection, client.meta.endpoint_url, client.meta.region_name)
    route.require_url()
    client.meta.events.register_first(f"needs-retry.{service}", route.judge, unique_id="emrs-judge")
    client.meta.events.register_first(f"before-parse.{service}", route.recognise, unique_id="emrs-recognise")


@dataclass
class _Route:
    """The way to one endpoint."""

    connection: Connection
    url: str
    region: str
    answered: bool = False
    """Then its name exists and its certificate is good: who says otherwise now, is wrong for a moment."""

    def require_url(self) -> None:
        """Botocore looks at an endpoint's host and no further."""
        parts = urlsplit(self.url)
        try:
            callable_ = parts.scheme in ("http", "https") and parts.port != 0
        except ValueError:
            callable_ = False
        if not callable_:
            raise InvalidConfigurationError(
                f"{self._setting()}: {parts.scheme}://{parts.netloc.rpartition('@')[2]} cannot be called. "
                "An endpoint is like http://host:4577."
            )

    def judge(self, *, operation: Any, response: Any, caught_exception: Any, **_: Any) -> None:
        """Called after each try, before botocore decides whether there is another."""
        if response is not None:
            self.answered = True
        elif caught_exception is not None:
            found = self._fault(caught_exception)
            if found is not None:
                what, remedy = found
                raise UnreachableError(f"{operation.name}: {what}", hint=remedy) from caught_exception

    def recognise(self, *, operation_model: Any, response_dict: Any, **_: Any) -> None:
        """Called with each answer. A page is not AWS's; with a 5xx it may still be of a load balancer before AWS."""
        status, body = int(response_dict["status_code"]), response_dict["body"]
        text = body.decode(errors="replace") if isinstance(body, bytes) else ""
        if status < 500 and is_page(text):
            raise UnreachableError(
                f"{operation_model.name}: {title_of(text)} came in place of AWS's answer, with HTTP status {status}, from "
                f"{self._shown}.",
                hint=f"A proxy, a sign-in page of the network, or another server answers there. {self._remedy()}",
            )

    def _fault(self, error: Exception) -> tuple[str, str] | None:
        if isinstance(error, SSLError):
            return self._tls_fault(error)
        if isinstance(error, ProxyConnectionError):
            return self._proxy_fault(error)
        cause = _os_error(error)
        host = urlsplit(self.url).hostname or ""
        if isinstance(cause, ConnectionRefusedError) and is_loopback(host):
            return (
                f"nothing listens on {self._shown}.",
                f"Is `emrs local` running? Start it, or correct {self._setting()}.",
            )
        if isinstance(cause, socket.gaierror) and not self.answered:
            return self._name_fault(host, passing=cause.errno == _NAME_SERVER_SILENT)
        return None

    def _proxy_fault(self, error: ProxyConnectionError) -> tuple[str, str] | None:
        # botocore masks user and password, but not every one, and then the host may be masked as well.
        address = str(error.kwargs.get("proxy_url", "")).rpartition("//")[2].rpartition("@")[2].rstrip("/")
        host = urlsplit(f"//{address}").hostname or ""
        if not host:
            return "the proxy of the environment has no address.", "Correct HTTPS_PROXY or HTTP_PROXY."
        proxy, cause, remedy = f"the proxy {address}", _os_error(error), "Correct HTTPS_PROXY, HTTP_PROXY or NO_PROXY."
        if isinstance(cause, ConnectionRefusedError) and is_loopback(host):
            return f"{proxy} of the environment does not listen.", remedy
        if isinstance(cause, socket.gaierror) and not (self.answered or cause.errno == _NAME_SERVER_SILENT):
            return f"{proxy} of the environment does not exist: its name does not resolve.", remedy
        if refused := re.search(r"Tunnel connection failed: (4\d\d[^'\")]*)", str(error.kwargs.get("error", ""))):
            return f"{proxy} of the environment refuses the connection: {refused[1]}.", remedy
        return None

    def _tls_fault(self, error: SSLError) -> tuple[str, str] | None:
        if self.answered:
            return None  # The certificate was good: another network, for the moment.
        said = str(error)
        no_file = any(isinstance(each, _NO_FILE) for each in _causes(error))
        if no_file or any(word in said for word in _NO_CERTIFICATE):
            return f"no secure connection to {self._shown}: {said}", CERTIFICATE_HINT
        if any(word in said for word in _NO_TLS):
            return (
                f"{self._shown} does not speak TLS.",
                "Write http:// in place of https://, if that is what it speaks.",
            )
        return None

    def _name_fault(self, host: str, *, passing: bool) -> tuple[str, str] | None:
        advice = None if self._is_set else advice_on(self.region)
        if advice is not None:
            return (
                f"{host} does not exist, for {self.region!r}, from {self._region_from()}, {advice.what}.",
                advice.remedy,
            )
        if passing:
            return None
        if self._is_set:
            return f"there is no host {host!r}: its name, in {self._setting()}, does not resolve.", self._remedy()
        return (
            f"the name {host} does not resolve (region {self.region}, from {self._region_from()}).",
            "Is this machine on the network? Behind a proxy set HTTPS_PROXY; for an emulator set emrServerless:endpoint.",
        )

    @property
    def _is_set(self) -> bool:
        """Whether somebody named the endpoint; else it follows from the region."""
        return bool(self._setting())

    def _setting(self) -> str:
        if self.connection.endpoint is not None:
            return self.connection.endpoint_from or "the endpoint"
        for name in _ENDPOINT_VARIABLES:
            if os.environ.get(name, "").rstrip("/") == self.url.rstrip("/"):
                return f"{name} of the environment"
        if (urlsplit(self.url).hostname or "").startswith("emr-serverless"):
            return ""
        return f"endpoint_url of {self._profile()}"

    def _region_from(self) -> str:
        if self.connection.region is not None:
            return self.connection.region_from
        if os.environ.get("AWS_DEFAULT_REGION") == self.region:
            return "AWS_DEFAULT_REGION"
        return self._profile()

    def _profile(self) -> str:
        return f"the AWS profile {self.connection.profile or os.environ.get('AWS_PROFILE') or 'default'}"

    @property
    def _shown(self) -> str:
        """The endpoint, without a user's name and password."""
        parts = urlsplit(self.url)
        address = f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}"
        return f"{address} ({self._setting()})" if self._is_set else address

    def _remedy(self) -> str:
        return f"Correct {self._setting()}." if self._is_set else "Check HTTPS_PROXY, or sign in to the network."


def _os_error(error: BaseException) -> OSError | None:
    """The operating system's error beneath those of botocore and urllib3."""
    return next((each for each in _causes(error) if isinstance(each, (ConnectionRefusedError, socket.gaierror))), None)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        beneath = getattr(error, "kwargs", {}).get("error") or getattr(error, "original_error", None) or error.__cause__
        error = beneath if isinstance(beneath, BaseException) and beneath is not error else None


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, by its name or address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
