"""Job definitions in files: the AWS CLI's ``--cli-input-json`` and ``--cli-input-yaml`` shape, read, checked and written.

- ``files`` reads a definition, or a folder of them; ``text`` is the strict JSON and YAML beneath, with line and column.
- ``schema`` is the JSON Schema that editors complete from, ``skeleton`` an empty definition.
- ``command_import`` turns a pasted ``aws emr-serverless start-job-run`` into one: ``shell_words`` and ``shorthand`` read
  it, ``python_source`` writes it as a program.
"""
