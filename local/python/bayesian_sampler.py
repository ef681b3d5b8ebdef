"""Bayesian optimization with a Gaussian process, as an Optuna sampler.

SageMaker's Bayesian strategy also uses a Gaussian process. Optuna's own GPSampler needs PyTorch, which
takes gigabytes on Linux. This sampler needs only NumPy and SciPy. docs/decisions/0016 and 0036 compare it
with others.
"""

import math
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence

import numpy as np
from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler
from optuna.study import Study, StudyDirection
from optuna.trial import FrozenTrial, TrialState
from scipy.special import erfcx, log_ndtr

from gaussian_process import GaussianProcess
from unit_cube import UnitCube

# Number of random trials before the first model is fitted.
STARTUP_TRIALS = 5
# Maximum number of trials that the model is fitted to (the best and the latest). The time for a fit grows
# with the cube of this number.
MOST_MODELLED = 64

# Losses are clipped at this multiple of the interquartile range.
_FENCE = 3.0

# Most candidates are close to good trials. Random candidates, or a numerical optimization of the expected
# improvement, would mostly lead to corners of the space, where the model is least certain.
_RANDOM_CANDIDATES = 200
_CENTERS = 5
_NEAR_CANDIDATES = 200  # number of candidates around each of the best trials
_NEAR_STEPS = [0.02, 0.1, 0.3]


class BayesianSampler(BaseSampler):
    """Proposes the values with the greatest expected improvement over the best trial."""

    def __init__(
        self,
        distributions: Mapping[str, BaseDistribution],
        left: Optional[Mapping[Any, Mapping[str, Any]]],
        seed_of: Callable[[int], Optional[int]],
    ) -> None:
        """`left` contains the combinations that can still be proposed; None means no restriction. `seed_of`
        returns the seed for a trial number.
        """
        self._distributions = dict(distributions)
        self._cube = UnitCube(distributions)
        self._left = left
        self._seed_of = seed_of

    def infer_relative_search_space(self, study: Study, trial: FrozenTrial) -> Dict[str, BaseDistribution]:
        return self._distributions

    def sample_independent(self, study: Study, trial: FrozenTrial, param_name: str, param_distribution: Any) -> Any:
        raise NotImplementedError("all hyperparameters are chosen together")

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: Dict[str, BaseDistribution]
    ) -> Dict[str, Any]:
        rng = np.random.default_rng(self._seed_of(trial.number))
        left = None if self._left is None else list(self._left.values())
        others = [
            each for each in study.get_trials(deepcopy=False)
            # If a process was killed, a trial can lack some of its values.
            if each.number != trial.number and each.params.keys() == self._distributions.keys()
        ]
        losses = _losses(others, -1.0 if study.direction == StudyDirection.MAXIMIZE else 1.0)
        if sum(each.value is not None for each in others) < STARTUP_TRIALS:
            return dict(left[rng.integers(len(left))]) if left else self._cube.params(rng.random(len(search_space)))
        points = np.array([self._cube.point(others[i].params) for i in losses])
        values = np.array(list(losses.values()))
        running = [self._cube.point(each.params) for each in others if each.state == TrialState.RUNNING]
        improvement = self._improvement(points, values, running)
        if left:
            gains = improvement(np.array([self._cube.point(params) for params in left]))
            return dict(left[int(gains.argmax())])
        candidates = self._candidates(points[np.argsort(values)[:_CENTERS]], rng)
        gains = improvement(candidates)
        gains[self._are_taken(candidates, np.array([self._cube.point(each.params) for each in others]))] = -np.inf
        return self._cube.params(candidates[gains.argmax()])

    def _improvement(
        self, points: np.ndarray, values: np.ndarray, running: List[np.ndarray]
    ) -> Callable[[np.ndarray], np.ndarray]:
        """Returns a function that computes the logarithm of the expected improvement at points."""
        # Clips outliers, which would make all other values look alike.
        low, high = np.percentile(values, [25, 75])
        values = np.minimum(values, high + _FENCE * (high - low))
        values = (values - values.mean()) / max(values.std(), 1e-10)
        model = GaussianProcess(self._cube.features(points), values)
        best = values.min()
        if running:
            # Running trials have no values yet, so the model assumes the values that it expects. Otherwise, parallel
            # jobs would all search the same region.
            best = min(best, model.believe(self._cube.features(np.array(running))).min())

        def improvement(candidates: np.ndarray) -> np.ndarray:
            mean, deviation = model.predict(self._cube.features(candidates))
            return log_expected_improvement((best - mean) / deviation) + np.log(deviation)

        return improvement

    def _candidates(self, best: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Candidate points: some close to the best trials, some anywhere in the space."""
        near = np.repeat(best, _NEAR_CANDIDATES, axis=0)
        near = self._vary(near, rng, rng.choice(_NEAR_STEPS, (len(near), 1)))
        return np.vstack([near, rng.random((_RANDOM_CANDIDATES, best.shape[1]))])

    def _are_taken(self, candidates: np.ndarray, taken: np.ndarray) -> np.ndarray:
        """For each candidate, whether a trial already has the same values, which happens in discrete spaces."""
        known = {features.tobytes() for features in self._cube.features(taken)}
        return np.array([features.tobytes() in known for features in self._cube.features(candidates)])

    def _vary(self, points: np.ndarray, rng: np.random.Generator, step: Any) -> np.ndarray:
        """Varies points: changes about half of their coordinates. A category can change to any other category."""
        moved = np.clip(points + step * rng.standard_normal(points.shape), 0.0, 1.0)
        moved = np.where(self._cube.is_categorical, rng.random(points.shape), moved)
        return np.where(rng.random(points.shape) < 0.5, moved, points)


def log_expected_improvement(z: np.ndarray) -> np.ndarray:
    """The logarithm of the expected improvement for standard deviation 1, at `z` deviations below the best
    value.

    Accurate even if the improvement itself underflows: Ament et al. 2023, arXiv:2310.20708.
    """
    result = np.empty_like(z)
    usual = z > -1
    log_density = -(z**2) / 2 - math.log(2 * math.pi) / 2
    result[usual] = np.log(np.exp(log_density[usual]) + z[usual] * np.exp(log_ndtr(z[usual])))
    small = z[~usual]
    ratio = math.sqrt(math.pi / 2) * erfcx(-small / math.sqrt(2)) * -small
    result[~usual] = log_density[~usual] + np.log(np.maximum(1 - ratio, 1e-300))
    return result


def _losses(trials: Sequence[FrozenTrial], sign: float) -> Dict[int, float]:
    """The losses that the model is fitted to, by the index of the trial.

    A failed trial counts as the worst, so that it is not proposed again.
    """
    losses = {i: sign * each.value for i, each in enumerate(trials) if each.value is not None}
    if losses:
        worst = max(losses.values())
        losses.update({i: worst for i, each in enumerate(trials) if each.state == TrialState.FAIL})
    if len(losses) <= MOST_MODELLED:
        return losses
    best = sorted(losses, key=losses.__getitem__)[: MOST_MODELLED // 2]
    latest = [i for i in sorted(losses) if i not in set(best)][len(best) - MOST_MODELLED:]
    return {i: losses[i] for i in best + latest}
