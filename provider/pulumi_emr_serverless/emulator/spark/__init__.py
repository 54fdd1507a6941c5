"""Runs the Spark jobs of StartJobRun on this machine: ``emrs local --spark``, and never without it.

``job`` is pure: what a request asks for, as spark-submit is told it. ``files`` brings what it names to this machine,
``installation`` finds Java, pyspark and what Spark needs for S3, ``process`` and ``keeper`` start a driver that does not
outlive the emulator, ``runner`` gives runs their slots and tells the emulator what became of them.
"""
