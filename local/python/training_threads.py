"""How many of the threads that a job may use make it faster.

OpenMP's threads sleep between the steps of a tree (OMP_WAIT_POLICY=PASSIVE: spinning starves other processes), and
waking them takes longer than a small step. Decision 34 has the measurements.
"""

from typing import Any, Mapping, Optional

# From here on every measured tree gains from all threads, whatever its depth.
_MANY_CELLS = 1_000_000
# LightGBM synchronizes its threads more often.
_MANY_CELLS_LIGHTGBM = 8_000_000
# Below, what gains depends on the depth, the objective and the machine: a tree that takes longer on one thread gains.
_SLOW_TREE_SECONDS = 0.005
# The fastest of these counts. The first round is not among them: it also sorts the data.
_TIMED_ROUNDS = 3


def lightgbm_threads(cells: int, limit: int) -> int:
    """The threads of a LightGBM job with so many values (rows x columns)."""
    return limit if cells >= _MANY_CELLS_LIGHTGBM else 1


class XGBoostThreads:
    """The threads of an XGBoost job: by the size of its data, or by the time that its first rounds take."""

    def __init__(self, cells: int, limit: int, config: Mapping[str, Any]) -> None:
        """`cells` is rows x columns, `limit` how many threads the job may use."""
        self.first = limit if cells >= _MANY_CELLS else 1
        self._limit = limit
        self._trees = int(config.get("num_class", 1)) * int(config.get("num_parallel_tree", 1))
        # A linear model begins anew when the number changes.
        self._is_decided = self.first == limit or config.get("booster") == "gblinear"
        self._rounds = 0
        self._fastest = float("inf")

    def after_round(self, seconds: float) -> Optional[int]:
        """How many threads the next rounds should use; None: as many as before."""
        if self._is_decided:
            return None
        self._rounds += 1
        if self._rounds == 1:
            return None
        self._fastest = min(self._fastest, seconds)
        self._is_decided = self._rounds > _TIMED_ROUNDS
        is_slow = self._fastest / self._trees > _SLOW_TREE_SECONDS
        return self._limit if self._is_decided and is_slow else None
