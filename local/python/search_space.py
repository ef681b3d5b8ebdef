"""Converts SageMaker's parameter ranges to Optuna distributions, and formats values as SageMaker does."""

import itertools
import math
from typing import Any, Dict, Iterator, List, Mapping, Optional, Tuple

from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

# SageMaker does not document which scale `Auto` chooses. Local mode uses a logarithmic scale for a positive
# range that spans at least three orders of magnitude, such as 0.001 to 1000, and a linear scale otherwise.
AUTO_LOGARITHMIC_RATIO = 1000.0

# Spaces with more combinations than this are treated as infinite, because repeats are unlikely.
LARGEST_FINITE_SPACE = 10_000


class Dimension:
    """A range: how Optuna samples it, and how its values are formatted for training jobs."""

    def __init__(self, specification: Mapping[str, Any]) -> None:
        self.name: str = specification["name"]
        self.kind: str = specification["kind"]
        self.key = self.name  # name of the parameter in the study
        self._reverse = False
        self.distribution: BaseDistribution
        if self.kind == "categorical":
            self.distribution = CategoricalDistribution(list(specification["values"]))
            return
        low, high = float(specification["minValue"]), float(specification["maxValue"])
        scaling = specification["scalingType"]
        log = scaling == "Logarithmic" or (
            scaling == "Auto" and low > 0 and high / low >= AUTO_LOGARITHMIC_RATIO
        )
        self._low, self._high = low, high
        if self.kind == "integer":
            self.distribution = IntDistribution(int(low), int(high), log=log)
        elif scaling == "ReverseLogarithmic":
            # Samples one minus the value on a logarithmic scale, so that values close to 1 have fine steps.
            self._reverse = True
            self.key = "1-" + self.name
            self.distribution = FloatDistribution(1 - high, 1 - low, log=True)
        else:
            self.distribution = FloatDistribution(low, high, log=log)

    def to_text(self, value: Any) -> str:
        """Formats a value as SageMaker passes it to training jobs."""
        if self.kind == "categorical":
            return str(value)
        if self.kind == "integer":
            return str(int(value))
        number = float(1 - value if self._reverse else value)
        # Corrects rounding errors of the logarithm at the ends of a range, such as 0.00010000000000000009.
        for end in (self._low, self._high):
            if math.isclose(number, end, rel_tol=1e-12):
                return repr(end)
        return repr(min(max(number, self._low), self._high))

    def from_text(self, text: str) -> Optional[Any]:
        """Parses a value of a training job. Returns None if the value is outside the range."""
        if self.kind == "categorical":
            return text if text in self.distribution.choices else None
        try:
            number = float(text)
        except ValueError:
            return None
        if not self._low <= number <= self._high:
            return None
        if self.kind == "integer":
            return int(number) if number == int(number) else None
        if self._reverse:
            return min(max(1 - number, self.distribution.low), self.distribution.high)
        return number

    def values(self) -> Optional[List[Any]]:
        """All values of a discrete range, in order. Returns None for a continuous range."""
        if self.kind == "categorical":
            return list(self.distribution.choices)
        if self.kind == "integer":
            return list(range(self.distribution.low, self.distribution.high + 1))
        return None


class SearchSpace:
    """All ranges of a search."""

    def __init__(self, dimensions: List[Mapping[str, Any]]) -> None:
        self.dimensions = [Dimension(dimension) for dimension in dimensions]
        self.distributions: Dict[str, BaseDistribution] = {
            dimension.key: dimension.distribution for dimension in self.dimensions
        }

    def to_hyperparameters(self, params: Mapping[str, Any]) -> Dict[str, str]:
        return {dimension.name: dimension.to_text(params[dimension.key]) for dimension in self.dimensions}

    def from_hyperparameters(self, hyperparameters: Mapping[str, str]) -> Optional[Dict[str, Any]]:
        """Converts hyperparameters to the study's parameters. None if a value is missing or outside its range."""
        params: Dict[str, Any] = {}
        for dimension in self.dimensions:
            text = hyperparameters.get(dimension.name)
            value = None if text is None else dimension.from_text(text)
            if value is None:
                return None
            params[dimension.key] = value
        return params

    def identity(self, params: Mapping[str, Any]) -> Tuple[Any, ...]:
        """A key that is equal for trials with the same parameters."""
        return tuple(params.get(dimension.key) for dimension in self.dimensions)

    def size(self) -> float:
        """Number of combinations."""
        sizes = [
            math.inf if dimension.kind == "continuous"
            else len(dimension.distribution.choices) if dimension.kind == "categorical"
            else dimension.distribution.high - dimension.distribution.low + 1
            for dimension in self.dimensions
        ]
        return math.prod(sizes)

    def combinations(self) -> Iterator[Dict[str, Any]]:
        """All combinations of a finite space. The first dimension changes slowest."""
        keys = [dimension.key for dimension in self.dimensions]
        for values in itertools.product(*(dimension.values() or [] for dimension in self.dimensions)):
            yield dict(zip(keys, values))
