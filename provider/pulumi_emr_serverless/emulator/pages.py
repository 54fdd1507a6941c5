"""Pages of a listing. A page token names the last item of a page, so that new items shift no later page."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from pulumi_emr_serverless.emulator import errors

Item = TypeVar("Item")
Key = tuple[int, int]

PAGE = 50
"""The largest page, and the one of those who name none."""


def page(
    items: Iterable[Item], key: Callable[[Item], Key], request: Mapping[str, Any]
) -> tuple[list[Item], dict[str, str]]:
    """The items of the page that ``request`` asks for, and the ``nextToken`` to answer with, if there is more."""
    ordered = sorted(items, key=key)
    if "nextToken" in request:
        after = _decode(request["nextToken"])
        ordered = [item for item in ordered if key(item) > after]
    size = int(request.get("maxResults", PAGE))
    chosen = ordered[:size]
    return chosen, {"nextToken": _encode(key(chosen[-1]))} if len(ordered) > size else {}


def _encode(key: Key) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode()


def _decode(token: str) -> Key:
    try:
        group, order = json.loads(base64.urlsafe_b64decode(token.encode()))
        return int(group), int(order)
    except (ValueError, TypeError):
        raise errors.validation("nextToken is not one that ListJobRuns or ListApplications returned") from None
