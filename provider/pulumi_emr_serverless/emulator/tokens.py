"""Client tokens: was this one used, and for the same request?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_emr_serverless.emulator import refusals
from pulumi_emr_serverless.emulator.options import Options
from pulumi_emr_serverless.emulator.state import Place, Token


def recall(place: Place, operation: str, request: Mapping[str, Any], now: float, options: Options) -> Token | None:
    """The earlier use of this request's token, unless it is forgotten by now."""
    token = place.tokens.get(_key(operation, request, options))
    lifetime = options.token_lifetime_seconds
    if token is None or (lifetime is not None and now > token.used_at + lifetime):
        return None
    return token


def check_same_parameters(token: Token, request: Mapping[str, Any], options: Options) -> None:
    """Raises, as the options say, if the token comes back with other parameters."""
    reuse = options.token_reuse
    if reuse == "first_run" or _parameters(token.request, options) == _parameters(request, options):
        return
    token_said = {"token": request["clientToken"]}
    if reuse == "conflict":
        raise refusals.TOKEN_CONFLICT.error(**token_said)
    raise refusals.TOKEN_INVALID.error(**token_said)


def remember(place: Place, operation: str, token: Token, options: Options) -> None:
    place.tokens[_key(operation, token.request, options)] = token


def _key(operation: str, request: Mapping[str, Any], options: Options) -> tuple[str, ...]:
    scopes = {"application": str(request.get("applicationId", "")), "account": ""}
    return (operation, scopes[options.token_scope], str(request["clientToken"]))


def _parameters(request: Mapping[str, Any], options: Options) -> dict[str, Any]:
    ignored = {"clientToken"} if options.token_compares_tags else {"clientToken", "tags"}
    return {name: value for name, value in request.items() if name not in ignored}
