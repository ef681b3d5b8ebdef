"""Automatic early stopping as SageMaker describes it: the median rule on running averages.

A running job is stopped at a step when its metric there is worse than the median, over the jobs that
completed, of the average of each up to the same step.

One thing is added: no decision in the first quarter of the usual number of steps. SageMaker looks at the
metrics every minute or so; here every boosting round is seen, and after the first few the smallest
learning rates would always be the worst.
"""

from array import array
from statistics import median
from typing import Dict, List

# The rule needs jobs to compare with. SageMaker does not say how many; fewer make it erratic.
FEWEST_COMPLETED = 4
WARM_UP = 0.25
# Share of the usual number of steps between two decisions: a job of a thousand rounds is looked at every ten.
INTERVAL = 0.01


class MedianRule:
    """Decides on the metrics reported so far."""

    def __init__(self, minimize: bool) -> None:
        self._sign = 1.0 if minimize else -1.0
        self._averages: Dict[int, array] = {}  # trial -> average of its values up to each step
        self._completed: List[int] = []
        self._usual_steps = 0.0  # of those that completed

    def report(self, trial: int, step: int, value: float) -> bool:
        """Takes the value at a step, counted from 0; true: stop the trial."""
        averages = self._averages.setdefault(trial, array("d"))
        del averages[step:]  # the job has begun again
        count = len(averages)
        averages.append(((averages[-1] * count if count else 0.0) + value) / (count + 1))
        if len(self._completed) < FEWEST_COMPLETED or step < WARM_UP * self._usual_steps:
            return False
        if step % max(1, int(INTERVAL * self._usual_steps)):
            return False
        # Of one with fewer steps it is the average of all of them.
        others = [self._averages[other] for other in self._completed]
        middle = median(each[min(step, len(each) - 1)] for each in others)
        return self._sign * value > self._sign * middle

    def complete(self, trial: int) -> None:
        """The trial ran to its end: later ones are compared with it."""
        if trial in self._averages and trial not in self._completed:
            self._completed.append(trial)
            self._usual_steps = median(len(self._averages[other]) for other in self._completed)
