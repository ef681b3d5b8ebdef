"""Chooses the number of threads that make a job fastest.

OpenMP's threads sleep between the steps of building a tree (OMP_WAIT_POLICY=PASSIVE), because spinning
threads starve other processes. Waking the threads takes longer than a small step. See decision 34 for
measurements.
"""

import os
from typing import Any, Mapping, Optional

# With at least this many cells, using all threads was faster in every measurement, at any depth of the trees.
_MANY_CELLS = 1_000_000
# The threshold is higher for LightGBM, because it synchronizes its threads more often.
_MANY_CELLS_LIGHTGBM = 8_000_000
# Below these thresholds, the best number of threads depends on the depth, the objective and the machine. A tree
# that takes longer than this time on one thread is faster on several threads.
_SLOW_TREE_SECONDS = 0.005
# Number of rounds to time. The fastest round counts. The first round is not timed, because it also sorts the data.
_TIMED_ROUNDS = 3


def available_threads() -> int:
    """The number of cores that are available to this process. Linux only."""
    return len(os.sched_getaffinity(0))


def overlapping_threads(share: int) -> int:
    """The number of threads of a job with large data: twice its share of the cores.

    The job then also uses cores that are idle because another job has ended or is between two steps.
    """
    return max(share, min(2 * share, available_threads()))


def lightgbm_threads(cells: int, limit: int) -> int:
    """The number of threads of a LightGBM job. `cells` is rows x columns."""
    return limit if cells >= _MANY_CELLS_LIGHTGBM else 1


class XGBoostThreads:
    """Chooses the number of threads of an XGBoost job by the size of its data or the time of its first rounds."""

    def __init__(self, cells: int, limit: int, config: Mapping[str, Any]) -> None:
        """`cells` is rows x columns; `limit` is the maximum number of threads."""
        self.first = limit if cells >= _MANY_CELLS else 1
        self._limit = limit
        self._trees = int(config.get("num_class", 1)) * int(config.get("num_parallel_tree", 1))
        # A linear model would restart its training if the number of threads changed.
        self._is_decided = self.first == limit or config.get("booster") == "gblinear"
        self._rounds = 0
        self._fastest = float("inf")

    def after_round(self, seconds: float) -> Optional[int]:
        """The number of threads for the next rounds; None for no change."""
        if self._is_decided:
            return None
        self._rounds += 1
        if self._rounds == 1:
            return None
        self._fastest = min(self._fastest, seconds)
        self._is_decided = self._rounds > _TIMED_ROUNDS
        is_slow = self._fastest / self._trees > _SLOW_TREE_SECONDS
        return self._limit if self._is_decided and is_slow else None
