"""Maps a search space to the unit cube. Each hyperparameter is a dimension on the scale of its scaling type."""

import math
from typing import Any, Dict, Mapping, Tuple

import numpy as np
from optuna.distributions import BaseDistribution, CategoricalDistribution, IntDistribution


class UnitCube:
    """Converts hyperparameter values to points in the cube, and back."""

    def __init__(self, distributions: Mapping[str, BaseDistribution]) -> None:
        self._distributions = distributions
        self.is_categorical = np.array(
            [isinstance(each, CategoricalDistribution) for each in distributions.values()]
        )

    def point(self, params: Mapping[str, Any]) -> np.ndarray:
        """The point for the values. An integer or category covers an interval, and the point is in the middle of the
        interval.
        """
        return np.array([_to_unit(each, params[name]) for name, each in self._distributions.items()])

    def params(self, point: np.ndarray) -> Dict[str, Any]:
        """The hyperparameter values at a point."""
        return {name: _from_unit(each, side) for (name, each), side in zip(self._distributions.items(), point)}

    def features(self, points: np.ndarray) -> np.ndarray:
        """Converts points to features for a model. Points with the same values have the same features. Categories are
        not ordered.
        """
        columns = []
        for side, distribution in zip(points.T, self._distributions.values()):
            if isinstance(distribution, CategoricalDistribution):
                count = len(distribution.choices)
                columns.append(np.eye(count)[_cells(side, count)])
            elif isinstance(distribution, IntDistribution):
                low, high = _bounds(distribution)
                values = np.round(_unscale(distribution, low + side * (high - low)))
                values = np.clip(values, distribution.low, distribution.high)
                columns.append(((_scale(distribution, values) - low) / (high - low))[:, None])
            else:
                columns.append(side[:, None])
        return np.hstack(columns)


def _to_unit(distribution: BaseDistribution, value: Any) -> float:
    if isinstance(distribution, CategoricalDistribution):
        return (distribution.choices.index(value) + 0.5) / len(distribution.choices)
    low, high = _bounds(distribution)
    return float((_scale(distribution, value) - low) / (high - low)) if high > low else 0.5


def _from_unit(distribution: BaseDistribution, side: float) -> Any:
    if isinstance(distribution, CategoricalDistribution):
        return distribution.choices[int(_cells(side, len(distribution.choices)))]
    low, high = _bounds(distribution)
    value = _unscale(distribution, low + side * (high - low))
    value = min(max(float(value), distribution.low), distribution.high)
    return round(value) if isinstance(distribution, IntDistribution) else value


def _cells(sides: Any, count: int) -> Any:
    return np.minimum((np.asarray(sides) * count).astype(int), count - 1)


def _bounds(distribution: Any) -> Tuple[float, float]:
    """The bounds of a dimension on its scale. All integers cover intervals of the same width, even at the ends."""
    margin = 0.5 if isinstance(distribution, IntDistribution) else 0.0
    low, high = distribution.low - margin, distribution.high + margin
    return (math.log(low), math.log(high)) if distribution.log else (low, high)


def _scale(distribution: Any, values: Any) -> Any:
    return np.log(values) if distribution.log else values


def _unscale(distribution: Any, values: Any) -> Any:
    return np.exp(values) if distribution.log else values
