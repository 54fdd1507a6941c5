"""The time of a request's signature. The signature itself is not checked: any key will do."""

from __future__ import annotations

from datetime import datetime, timezone
from urllib.parse import parse_qs

from pulumi_emr_serverless.emulator import refusals
from pulumi_emr_serverless.emulator.options import Options
from pulumi_emr_serverless.emulator.provenance import Fact, documented
from pulumi_emr_serverless.emulator.wire import Request

_FORMAT = "%Y%m%dT%H%M%SZ"

TOLERANCE = Fact(
    300.0,
    "seconds by which the time of a signature may differ from AWS's",
    documented("https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html"),
)


def check(request: Request, now: float, options: Options) -> None:
    """Raises InvalidSignatureException, if the options say so, for what was signed at another time than now."""
    if not options.clock_skew_refused:
        return
    signed = _signed_at(request)
    if signed is None or abs(signed - now) <= TOLERANCE.value:
        return
    at, server = _shown(signed), _shown(now)
    if signed < now:
        raise refusals.SIGNATURE_EXPIRED.error(at=at, limit=_shown(now - TOLERANCE.value), now=server)
    raise refusals.SIGNATURE_EARLY.error(at=at, limit=_shown(now + TOLERANCE.value), now=server)


def _signed_at(request: Request) -> float | None:
    """None for a request without a time, which is one without a signature."""
    written = request.header("x-amz-date") or parse_qs(request.query).get("X-Amz-Date", [""])[-1]
    try:
        return datetime.strptime(written, _FORMAT).replace(tzinfo=timezone.utc).timestamp()
    except ValueError:
        return None


def _shown(at: float) -> str:
    return datetime.fromtimestamp(at, timezone.utc).strftime(_FORMAT)
