"""Job definitions in files: the AWS CLI's ``--cli-input-json`` and ``--cli-input-yaml`` shape, read, checked and written.

- ``files`` reads a definition, or a folder of them; ``text`` is the strict JSON and YAML beneath, with line and column.
- ``schema`` is the JSON Schema that editors complete from, ``skeleton`` an empty definition.
- ``placeholders`` is the one thing in them that is not the AWS CLI's: ``${name}``.
- ``commands`` turns a pasted ``aws emr-serverless start-job-run`` into one, ``answers`` what GetJobRun says of a run;
  ``shorthand`` is the AWS CLI's syntax, ``python_source`` writes a definition as a program.
"""
