"""Automatic early stopping as SageMaker describes it: the median rule on running averages.

A running job is stopped at a step when its metric there is worse than the median, over the jobs that
completed, of the average of each up to the same step.

One thing is added: no decision in the first quarter of the usual number of steps. SageMaker looks at the
metrics every minute or so; here every boosting round is seen, and after the first few the smallest
learning rates would always be the worst.
"""

from statistics import median
from typing import Dict, List, Optional, Set

# The rule needs jobs to compare with. SageMaker does not say how many; fewer make it erratic.
FEWEST_COMPLETED = 4
WARM_UP = 0.25


class MedianRule:
    """Decides on the metrics reported so far."""

    def __init__(self, minimize: bool) -> None:
        self._sign = 1.0 if minimize else -1.0
        self._running: Dict[int, List[float]] = {}  # trial -> average of its values up to each report
        self._steps: Dict[int, List[int]] = {}
        self._completed: Set[int] = set()

    def report(self, trial: int, step: int, value: float) -> bool:
        """Takes a value; true: stop the trial."""
        averages = self._running.setdefault(trial, [])
        steps = self._steps.setdefault(trial, [])
        previous = averages[-1] * len(averages) if averages else 0.0
        averages.append((previous + value) / (len(averages) + 1))
        steps.append(step)
        if len(self._completed) < FEWEST_COMPLETED:
            return False
        if len(steps) <= WARM_UP * median(len(self._steps[other]) for other in self._completed):
            return False
        others = [
            average for other in self._completed
            if (average := self._average_at(other, step)) is not None
        ]
        return bool(others) and self._sign * value > self._sign * median(others)

    def complete(self, trial: int) -> None:
        """The trial ran to its end: later ones are compared with it."""
        if trial in self._running:
            self._completed.add(trial)

    def _average_at(self, trial: int, step: int) -> Optional[float]:
        """Average of the trial up to the step; its last one when it had fewer steps."""
        steps, averages = self._steps[trial], self._running[trial]
        # Jobs report every step as a rule, so the position is nearly always the step itself.
        position = min(step - steps[0], len(steps) - 1)
        while position > 0 and steps[position] > step:
            position -= 1
        return averages[position] if position >= 0 else None
