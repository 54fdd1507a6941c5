"""The runs of each application, by their state, the oldest first: a listing looks at no more runs than it shows."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Collection


class RunIndex:
    """Runs are known by the number of their start. The numbers of one application and state stand in order."""

    def __init__(self) -> None:
        self._all: dict[str, list[int]] = defaultdict(list)
        self._by_state: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        self._state: dict[int, str] = {}

    def move(self, application_id: str, number: int, state: str) -> None:
        """The run is in this state now. Its first state makes it known."""
        before = self._state.get(number)
        if before == state:
            return
        states = self._by_state[application_id]
        if before is None:
            insort(self._all[application_id], number)
        else:
            del states[before][bisect_left(states[before], number)]
        insort(states[state], number)
        self._state[number] = state

    def numbers(self, application_id: str, state: str | None = None) -> list[int]:
        """Of all runs, or of those in this state. A copy: what happens later does not change it."""
        if state is None:
            return list(self._all.get(application_id, ()))
        return list(self._by_state.get(application_id, {}).get(state, ()))

    def numbers_except(self, application_id: str, states: Collection[str]) -> list[int]:
        """Of the runs that are in none of these states, in order."""
        of_states = self._by_state.get(application_id, {})
        return sorted(number for state, numbers in of_states.items() if state not in states for number in numbers)

    def any_except(self, application_id: str, states: Collection[str]) -> bool:
        """Is there a run that is in none of these states?"""
        of_states = self._by_state.get(application_id, {})
        return any(numbers for state, numbers in of_states.items() if state not in states)
