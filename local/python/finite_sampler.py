"""A sampler for spaces with a finite number of combinations."""

from typing import Any, Callable, Dict, Mapping

from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler
from optuna.study import Study
from optuna.trial import FrozenTrial


class FiniteSampler(BaseSampler):
    """Uses a given function to select the combination for each trial number."""

    def __init__(
        self, distributions: Mapping[str, BaseDistribution], choose: Callable[[int], Mapping[str, Any]]
    ) -> None:
        self._distributions = dict(distributions)
        self._choose = choose

    def infer_relative_search_space(self, study: Study, trial: FrozenTrial) -> Dict[str, BaseDistribution]:
        return self._distributions

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: Dict[str, BaseDistribution]
    ) -> Dict[str, Any]:
        return dict(self._choose(trial.number))

    def sample_independent(self, study: Study, trial: FrozenTrial, param_name: str, param_distribution: Any) -> Any:
        raise NotImplementedError("all hyperparameters are chosen together")
