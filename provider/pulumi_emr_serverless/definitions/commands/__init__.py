"""A pasted ``aws emr-serverless start-job-run ...`` as a definition. Nothing is run.

- ``layers`` takes commands out of what they are wrapped in: YAML, HCL, JSON, a Makefile, a Jenkinsfile, a Dockerfile, Markdown.
- ``shell``, ``powershell`` and ``cmd`` read the words; ``templates`` and ``angle_brackets`` mark what others fill in before.
- ``shell_settings`` has what a script sets and writes; ``scripts`` keeps it for all languages.
- ``launcher`` says which words are the command, ``options`` and ``values`` what it asks for.
"""

from pulumi_emr_serverless.definitions.commands.imported import ImportedCommand, Setting
from pulumi_emr_serverless.definitions.commands.importing import import_command

__all__ = ["ImportedCommand", "Setting", "import_command"]
