"""Automatic early stopping as described by SageMaker: the median rule.

At a step, the rule averages the metric of each completed job up to that step. It stops a running job whose
metric is worse than the median of these averages.

Unlike SageMaker, which checks metrics about once per minute, local mode sees every boosting round. After a
few rounds, jobs with the smallest learning rates would always be the worst. Therefore, no job is stopped in
the first quarter of the usual number of steps.
"""

from array import array
from statistics import median
from typing import Dict, List

# Minimum number of completed jobs to compare with. SageMaker does not document a minimum. With fewer jobs,
# the rule is erratic.
FEWEST_COMPLETED = 4
WARM_UP = 0.25
# Interval between decisions, as a share of the usual number of steps: a job with a thousand rounds is checked
# every ten rounds.
INTERVAL = 0.01


class MedianRule:
    """Decides which jobs to stop, based on the metrics reported so far."""

    def __init__(self, minimize: bool) -> None:
        self._sign = 1.0 if minimize else -1.0
        self._averages: Dict[int, array] = {}  # for each trial, the average of its values up to each step
        self._completed: List[int] = []
        self._usual_steps = 0.0  # median number of steps of the completed trials

    def report(self, trial: int, step: int, value: float) -> bool:
        """Records the value at a step, counted from 0. Returns whether to stop the trial."""
        averages = self._averages.setdefault(trial, array("d"))
        del averages[step:]  # after a restart, drops the old values of the repeated steps
        count = len(averages)
        averages.append(((averages[-1] * count if count else 0.0) + value) / (count + 1))
        if len(self._completed) < FEWEST_COMPLETED or step < WARM_UP * self._usual_steps:
            return False
        if step % max(1, int(INTERVAL * self._usual_steps)):
            return False
        # If a completed job has fewer steps than this one, uses the average of all its steps.
        others = [self._averages[other] for other in self._completed]
        middle = median(each[min(step, len(each) - 1)] for each in others)
        return self._sign * value > self._sign * middle

    def complete(self, trial: int) -> None:
        """Marks a trial as completed, for comparison with later ones."""
        if trial in self._averages and trial not in self._completed:
            self._completed.append(trial)
            self._usual_steps = median(len(self._averages[other]) for other in self._completed)
