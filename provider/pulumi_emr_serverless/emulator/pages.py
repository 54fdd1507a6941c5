"""Pages of a listing. A page token names the last item of a page, so that new items shift no later page."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, TypeVar

from pulumi_emr_serverless.emulator import refusals
from pulumi_emr_serverless.emulator.provenance import API, Fact, documented

Item = TypeVar("Item")
Key = tuple[int, int]

FIRST: Key = (0, -(2**63))
"""Before every key."""

PAGE = Fact(50, "items of the largest page, and of one that names no size", documented(f"{API}API_ListJobRuns.html"))


def page(items: Iterable[tuple[Key, Item]], request: Mapping[str, Any]) -> tuple[list[Item], dict[str, str]]:
    """The items of the page that ``request`` asks for, and the ``nextToken`` to answer with, if there is more.

    ``items`` come in the order of their keys, and no further than the page needs them.
    """
    after, size = beginning(request), int(request.get("maxResults", PAGE.value))
    found = list(islice(((key, item) for key, item in items if key > after), size + 1))
    chosen = [item for _, item in found[:size]]
    return chosen, {"nextToken": _encode(found[size - 1][0])} if len(found) > size else {}


def beginning(request: Mapping[str, Any]) -> Key:
    """The key after which the page begins."""
    return _decode(request["nextToken"]) if "nextToken" in request else FIRST


def _encode(key: Key) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode()


def _decode(token: str) -> Key:
    try:
        group, order = json.loads(base64.urlsafe_b64decode(token.encode()))
        return int(group), int(order)
    except (ValueError, TypeError):
        raise refusals.WRONG_PAGE_TOKEN.error() from None
