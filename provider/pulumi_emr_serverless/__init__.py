"""AWS EMR Serverless job runs as Pulumi resources."""

from pulumi_emr_serverless._version import __version__

__all__ = ["__version__"]
