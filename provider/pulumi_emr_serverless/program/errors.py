"""The error that a program gets for a declaration that cannot be."""

from __future__ import annotations

import pulumi

from pulumi_emr_serverless.errors import EmrServerlessError


class DeclarationError(EmrServerlessError, pulumi.RunError):
    """A program declares something that cannot be. Pulumi shows its message alone, without a traceback."""
