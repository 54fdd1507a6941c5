"""What a user's program declares, and what it can wait for: the only room that a program's Python sees.

- ``job_run`` has ``JobRun`` and its companion; ``inputs`` types what they take; ``spark`` writes Spark job drivers.
- ``completion`` is what became of a run, ``waits`` the waiting for it,
  ``shared`` what all waits of a program share, ``failing`` what a failed one leaves in the stack's outputs, ``pricing`` what the configuration says of prices.
- ``declaring`` shows a program's mistakes to people, ``secrets`` finds where its secrets are.

Each public name is imported when it is first used: a program is started for every preview.
"""
