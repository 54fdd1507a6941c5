"""Watching runs to their end: everything about a wait that is neither Pulumi's nor AWS's.

- ``poller`` looks at all runs of an application that a program waits for, within AWS's quotas.
- ``waiting`` says what each look at a run means to whoever waits for it.
- ``settling`` tells when a program has nothing left to do but to fail.
- ``outcome`` is what became of a run, and ``cost`` what that costs at the prices that the user gives.
"""
