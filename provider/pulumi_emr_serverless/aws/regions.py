"""AWS's regions, as far as the installed botocore knows them. A newer one is no error by itself."""

from __future__ import annotations

import difflib
from functools import cache
from typing import NamedTuple

import botocore.session
from botocore.exceptions import ProfileNotFound

from pulumi_emr_serverless.aws.configuration import Connection

NO_REGION = "No AWS region: set it with `pulumi config set aws:region eu-west-1`, the resource's region, or AWS_REGION."


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


def has_region(connection: Connection) -> bool:
    """Whether a region is named: by the connection, the environment, or the profile. Calls nothing.

    A profile that does not exist is another mistake: calls tell of it.
    """
    if connection.region is not None:
        return True
    session = botocore.session.Session(profile=connection.profile)
    try:
        return session.get_config_variable("region") is not None
    except ProfileNotFound:
        return True


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
