"""EMR Serverless on this machine.

One transport-free `emulator.Emulator.answer`, driven by botocore's own service model, hung before moto, which answers
S3, logs, IAM and STS on the same port. ``wire`` and ``constraints`` speak the protocol, ``service`` does what the
operations do, ``runs`` and ``applications`` are pure values of time, ``fates``, ``options``, ``quotas`` and ``faults``
are what a test may turn, ``control_api`` and ``control`` are the two ends of turning it.
"""
