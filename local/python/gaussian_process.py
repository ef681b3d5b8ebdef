"""Gaussian process regression.

Uses a Matérn 5/2 kernel with a length scale per feature, an amplitude and noise, as is usual in Bayesian
optimization and also in SageMaker. With only a few values, maximizing the likelihood would overfit.
Therefore, the kernel's parameters have priors, and the mode of their posterior is used.
"""

import math
from typing import Tuple

import numpy as np
from scipy.linalg import cho_solve, lapack, solve_triangular
from scipy.optimize import minimize

# Log-normal priors: median, and standard deviation of the logarithm. The priors suit any problem, because
# points lie in the unit cube and values are standardized. The length scale grows with the square root of the
# number of features, as distances in the cube do.
LENGTH_SCALE, LENGTH_SCALE_SD = 0.4, 1.0
AMPLITUDE, AMPLITUDE_SD = 1.0, 1.0
NOISE, NOISE_SD = 1e-3, 1.5

_LENGTH_SCALE_BOUNDS = (0.02, 50.0)
_AMPLITUDE_BOUNDS = (0.05, 20.0)
_NOISE_BOUNDS = (1e-6, 1.0)
_MOST_STEPS = 40
_JITTER = 1e-8


class GaussianProcess:
    """A Gaussian process conditioned on observed values."""

    def __init__(self, points: np.ndarray, values: np.ndarray) -> None:
        """Fits the kernel. `points` has one row of features in [0, 1] for each of the standardized `values`."""
        parameters = np.exp(_fit(points, values))
        self._scales, (self._amplitude, self._noise) = parameters[:-2], parameters[-2:]
        self._condition(points, values)

    def believe(self, points: np.ndarray) -> np.ndarray:
        """Adds points whose values are unknown. Assumes and returns their expected values."""
        expected, _ = self.predict(points)
        self._condition(np.vstack([self._points, points]), np.append(self._values, expected))
        return expected

    def predict(self, points: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
        """Expected values at points, and their standard deviations."""
        cross = self._kernel(points, self._points)
        variances = self._amplitude - np.sum((cross @ self._whitening.T) ** 2, axis=1)
        return cross @ self._weights, np.sqrt(np.maximum(variances, 1e-10))

    def _condition(self, points: np.ndarray, values: np.ndarray) -> None:
        self._points, self._values = points, values
        noise = (self._noise + _JITTER) * np.eye(len(points))
        factor = np.linalg.cholesky(self._kernel(points, points) + noise)
        self._whitening = solve_triangular(factor, np.eye(len(points)), lower=True)
        self._weights = cho_solve((factor, True), values)

    def _kernel(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        left, right = left / self._scales, right / self._scales
        squares = np.sum(left**2, axis=1)[:, None] + np.sum(right**2, axis=1) - 2 * left @ right.T
        distances = np.sqrt(5 * np.maximum(squares, 0.0))
        return self._amplitude * (1 + distances + distances**2 / 3) * np.exp(-distances)


def _fit(points: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The logarithms of the most probable length scales, amplitude and noise."""
    count, features = points.shape
    squares = ((points[:, None, :] - points[None, :, :]) ** 2).reshape(-1, features)
    length_scale = LENGTH_SCALE * math.sqrt(features)
    center = np.log([length_scale] * features + [AMPLITUDE, NOISE])
    spread = np.array([LENGTH_SCALE_SD] * features + [AMPLITUDE_SD, NOISE_SD])

    def loss(parameters: np.ndarray) -> Tuple[float, np.ndarray]:
        """The negative log posterior and its gradient."""
        inverse_squares = np.exp(-2 * parameters[:features])
        amplitude, noise = np.exp(parameters[features:])
        distances = np.sqrt(5 * squares @ inverse_squares).reshape(count, count)
        decay = np.exp(-distances)
        correlation = (1 + distances + distances**2 / 3) * decay
        covariance = amplitude * correlation
        covariance.flat[:: count + 1] += noise + _JITTER
        factor, problem = lapack.dpotrf(covariance, lower=1)
        if problem:
            return 1e10, np.zeros_like(parameters)
        lower, _ = lapack.dpotri(factor, lower=1)
        inverse = np.tril(lower) + np.tril(lower, -1).T
        weights = inverse @ values
        outer = np.outer(weights, weights) - inverse
        deviation = (parameters - center) / spread
        value = (values @ weights + deviation @ deviation) / 2 + np.log(factor.diagonal()).sum()
        by_square = (outer * (5 / 3 * amplitude * (1 + distances) * decay)).ravel()
        gradient = np.concatenate([
            by_square @ squares * inverse_squares,
            [np.sum(outer * correlation) * amplitude, np.trace(outer) * noise],
        ])
        return value, deviation / spread - gradient / 2

    bounds = [_LENGTH_SCALE_BOUNDS] * features + [_AMPLITUDE_BOUNDS, _NOISE_BOUNDS]
    found = minimize(
        loss, center, jac=True, method="L-BFGS-B", bounds=np.log(bounds), options={"maxiter": _MOST_STEPS, "ftol": 1e-5}
    )
    return found.x
