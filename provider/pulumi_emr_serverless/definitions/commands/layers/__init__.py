from pulumi_emr_serverless.definitions.commands.shell import read_shell
from pulumi_emr_serverless.definitions.commands.text import Text
def read_scripts(text, name, expansions, script):
    read_shell(Text.of(text), expansions, script)
