"""The plugin, as Pulumi's engine starts it from this folder. The package itself lies beside this file."""

from pulumi_emr_serverless.native.plugin import main

main()
