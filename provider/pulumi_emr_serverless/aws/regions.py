"""AWS's regions, as far as the installed botocore knows them. A newer one is no error by itself."""

from __future__ import annotations

import difflib
from functools import cache
from typing import NamedTuple

import botocore.session


class Advice(NamedTuple):
    """What is odd about a region, and what to do."""

    what: str
    remedy: str


def advice_on(region: str) -> Advice | None:
    """What botocore's lists of regions say against this one; None where nothing does."""
    with_service = _known("emr-serverless")
    if region in with_service:
        return None
    if region in _known("ec2"):
        return Advice("has no EMR Serverless, as far as is known here", "Choose a region that has it.")
    near = _nearest(region, with_service)
    return Advice("is no known region", f"Did you mean {near}?" if near else "A region is like eu-west-1.")


@cache
def _known(service: str) -> frozenset[str]:
    session = botocore.session.get_session()
    partitions = session.get_available_partitions()
    return frozenset(region for each in partitions for region in session.get_available_regions(service, each))


def _nearest(region: str, known: frozenset[str]) -> str | None:
    """The likeliest: of two that are equally near the one of the same letters, for most typos exchange two."""
    written = region.strip().lower()
    near = difflib.get_close_matches(written, sorted(known), n=3)
    return next((each for each in near if sorted(each) == sorted(written)), near[0] if near else None)
