"""The search of an AutoML job in a worker: reads the data once and trains candidates."""

import math
from typing import Any, Dict, List, Optional

import sklearn

from automl_candidates import candidate
from automl_data import Data
from automl_metrics import DEFAULT_OBJECTIVE
from automl_training import Trainer, direction, package_versions, plan_validation
from errors import ClientError


class Search:
    def __init__(self, config: Dict[str, Any]) -> None:
        """Reads and checks the data. All workers of a job get the same results."""
        self._algorithms: Optional[List[str]] = config.get("algorithms")
        self._data = Data(config)
        self._validation = plan_validation(self._data, config.get("validationFraction"))
        self._trainer = Trainer(self._data, self._validation, config["threads"])
        self.objective: str = config.get("objective") or DEFAULT_OBJECTIVE[self._data.problem]
        # Some metrics can be infinite or NaN, such as R2 of a single row.
        self.baseline = {k: v for k, v in self._trainer.baseline().items() if math.isfinite(v)}
        if self.objective not in self.baseline:
            raise ClientError(
                f"The metric {self.objective} is not defined for the validated rows of this "
                f"{self._data.problem} problem: {', '.join(self.baseline)} are."
            )

    def summary(self) -> Dict[str, Any]:
        data = self._data
        return {
            "problemType": data.problem,
            "objective": self.objective,
            "direction": direction(self.objective),
            "rows": len(data.training),
            "labels": data.labels,
            "features": data.types,
            "notes": data.notes,
            "validation": self._validation.text,
            "baseline": self.baseline,
            "sklearnVersion": sklearn.__version__,
            "packages": package_versions(),
        }

    def run(self, number: int, folder: str) -> Dict[str, Any]:
        chosen = candidate(number, self._algorithms)
        result = self._trainer.train(chosen, folder, self.objective)
        return {
            "algorithm": chosen.family,
            "preprocessing": chosen.preprocessing,
            "hyperparameters": chosen.hyperparameters,
            "metrics": result.metrics,
            "objective": result.metrics[self.objective],
            "seconds": result.seconds,
        }
