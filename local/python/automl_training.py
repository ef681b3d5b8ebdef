"""Validates a candidate, trains it on all rows, and writes the files of its model archive."""

import json
import os
import shutil
import sys
import time
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Tuple

import joblib
import numpy as np
import pandas as pd
import sklearn
from sklearn.model_selection import KFold, StratifiedKFold, train_test_split

import automl_candidates
from automl_candidates import Candidate, build
from automl_data import MIN_CLASS_ROWS, Data
from automl_features import AutoMLModel
from automl_metrics import MINIMIZED, REGRESSION, classification_metrics, regression_metrics

# Small data is cross-validated. Autopilot uses 5 folds for up to 50,000 rows; fewer folds take less time.
FOLDS = MIN_CLASS_ROWS
MAX_ROWS_FOR_FOLDS = 5000
DEFAULT_VALIDATION_FRACTION = 0.2

Split = Tuple[np.ndarray, np.ndarray]


class Validation(NamedTuple):
    """The validation method: splits of the training rows, or no splits if there is a validation channel."""

    text: str
    splits: List[Split]


class Result(NamedTuple):
    metrics: Dict[str, float]
    seconds: float


def plan_validation(data: Data, fraction: Optional[float]) -> Validation:
    rows = len(data.training)
    if data.validation is not None:
        return Validation(f"the validation channel ({len(data.validation)} rows)", [])
    # Rows of classes that are too rare to occur in every fold are used only for training.
    rare, common = _by_rarity(data)
    if fraction is None and rows <= MAX_ROWS_FOR_FOLDS:
        folds: Iterator[Split]
        if data.labels is None:
            folds = KFold(FOLDS, shuffle=True, random_state=automl_candidates.SEED).split(common)
        else:
            splitter = StratifiedKFold(FOLDS, shuffle=True, random_state=automl_candidates.SEED)
            folds = splitter.split(common, data.training_target[common])
        splits = [(np.concatenate([common[train], rare]), common[held]) for train, held in folds]
        return Validation(f"{FOLDS}-fold cross-validation", splits)
    fraction = DEFAULT_VALIDATION_FRACTION if fraction is None else fraction
    held_rows = min(max(1, round(fraction * len(common))), len(common) - 1)
    stratify = None
    if data.labels is not None:
        target = data.training_target[common]
        classes = len(np.unique(target))
        held_rows = min(max(held_rows, classes), len(common) - classes)
        stratify = target
    train, held = train_test_split(
        common, test_size=held_rows, stratify=stratify, random_state=automl_candidates.SEED
    )
    return Validation(f"{len(held)} held-out rows", [(np.concatenate([train, rare]), held)])


def _by_rarity(data: Data) -> Split:
    positions = np.arange(len(data.training))
    if data.labels is None:
        return positions[:0], positions
    is_rare = np.bincount(data.training_target)[data.training_target] < MIN_CLASS_ROWS
    return positions[is_rare], positions[~is_rare]


class Trainer:
    def __init__(self, data: Data, validation: Validation, threads: int) -> None:
        self._data = data
        self._validation = validation
        self._threads = threads

    def baseline(self) -> Dict[str, float]:
        """Metrics of a baseline that always predicts the mean or the class frequencies."""

        class Constant:
            def fit(self, rows: Any, target: Any, weights: Any) -> "Constant":
                self.target, self.weights = target, weights
                return self

            def predict(self, rows: Any) -> Any:
                return np.full(len(rows), np.average(self.target, weights=self.weights))

            def predict_proba(self, rows: Any, classes: int = len(self._data.labels or [])) -> Any:
                shares = np.bincount(self.target, weights=self.weights, minlength=classes)
                return np.tile(shares / shares.sum(), (len(rows), 1))

        return self._validate(lambda rows, target, weights: Constant().fit(rows, target, weights))

    def train(self, chosen: Candidate, folder: str, objective: str) -> Result:
        """Trains the candidate and writes the content of its model archive to `model/` in `folder`."""
        started = time.monotonic()
        metrics = self._validate(lambda rows, target, weights: self._fit(chosen, rows, target, weights))
        if not np.isfinite(metrics.get(objective, np.nan)):
            raise ValueError(f"{objective} is not defined for its predictions")
        data = self._data
        pipeline = self._fit(chosen, data.training, data.training_target, data.training_weights)
        seconds = time.monotonic() - started
        self._write(chosen, AutoMLModel(pipeline, data.labels), metrics, os.path.join(folder, "model"))
        return Result({name: value for name, value in metrics.items() if np.isfinite(value)}, seconds)

    def _fit(self, chosen: Candidate, rows: pd.DataFrame, target: Any, weights: Any) -> Any:
        data = self._data
        pipeline = build(chosen, data.types, data.problem, len(data.labels or []), self._threads)
        options = {} if weights is None else {"model__sample_weight": weights}
        return pipeline.fit(rows.astype(object), target, **options)

    def _validate(self, fit: Callable[[pd.DataFrame, Any, Any], Any]) -> Dict[str, float]:
        """Metrics of the predictions for all validated rows together."""
        data = self._data
        rows, target, weights = data.training, data.training_target, data.training_weights
        if data.validation is not None:
            model = fit(rows, target, weights)
            return self._metrics(
                data.validation_target, self._predict(model, data.validation), data.validation_weights
            )
        predicted = []
        for train, held in self._validation.splits:
            model = fit(rows.iloc[train], target[train], None if weights is None else weights[train])
            predicted.append(self._predict(model, rows.iloc[held]))
        held = np.concatenate([held for _, held in self._validation.splits])
        return self._metrics(
            target[held], np.concatenate(predicted), None if weights is None else weights[held]
        )

    def _predict(self, model: Any, rows: pd.DataFrame) -> Any:
        rows = rows.astype(object)
        return model.predict(rows) if self._data.problem == REGRESSION else model.predict_proba(rows)

    def _metrics(self, actual: Any, predicted: Any, weights: Any) -> Dict[str, float]:
        if self._data.problem == REGRESSION:
            return regression_metrics(actual, predicted, weights)
        return classification_metrics(self._data.problem, actual, predicted, weights)

    def _write(self, chosen: Candidate, model: AutoMLModel, metrics: Dict[str, float], folder: str) -> None:
        os.makedirs(folder)
        joblib.dump(model, os.path.join(folder, "model.joblib"), compress=3)
        here = os.path.dirname(os.path.abspath(__file__))
        shutil.copyfile(os.path.join(here, "automl_features.py"), os.path.join(folder, "automl_features.py"))
        shutil.copyfile(os.path.join(here, "automl_predict.py"), os.path.join(folder, "predict.py"))
        with open(os.path.join(folder, "metadata.json"), "w", encoding="utf-8") as stream:
            json.dump({**self._describe(chosen), "metrics": metrics}, stream, indent=2)

    def _describe(self, chosen: Candidate) -> Dict[str, Any]:
        data = self._data
        return {
            "madeBy": "local mode of cdk-sagemaker-tuning: a local equivalent, not a model of Autopilot",
            "usage": "python predict.py ROWS.csv, or load_model() in predict.py",
            "problemType": data.problem,
            "target": data.target_name,
            "labels": data.labels,
            "features": data.types,
            "algorithm": chosen.family,
            "preprocessing": chosen.preprocessing,
            "hyperparameters": chosen.hyperparameters,
            "validation": self._validation.text,
            "packages": package_versions(),
        }


def package_versions() -> Dict[str, str]:
    import xgboost

    modules = {"pandas": pd, "scikit-learn": sklearn, "xgboost": xgboost, "joblib": joblib, "numpy": np}
    return {
        "python": "%d.%d.%d" % sys.version_info[:3],
        **{name: str(module.__version__) for name, module in modules.items()},
    }


def direction(metric: str) -> str:
    return "Minimize" if metric in MINIMIZED else "Maximize"
