"""Validates hyperparameters as SageMaker's XGBoost container does in algorithm mode.

The rules are in xgboost_hyperparameters.json next to this file.

Source: aws/sagemaker-xgboost-container, algorithm_mode/hyperparameter_validation.py and
sagemaker_algorithm_toolkit/hyperparameter_validation.py. The rules are the same in the images 1.7-1 to
3.2-0.
"""

import ast
import json
import os
from typing import Any, Dict, Mapping

from errors import AlgorithmError, ClientError
from intervals import describe_interval, is_inside

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "xgboost_hyperparameters.json")) as _file:
    _DATA = json.load(_file)

SPECIFICATIONS: Dict[str, Dict[str, Any]] = _DATA["hyperparameters"]
_ALIASES: Dict[str, str] = _DATA["aliases"]
MAXIMIZE_METRICS = frozenset(_DATA["metrics"]["Maximize"])
METRICS = MAXIMIZE_METRICS | frozenset(_DATA["metrics"]["Minimize"])

# Metrics with a threshold or cut-off: error@0.7, ndcg@5.
_METRICS_WITH_THRESHOLD = ("error", "ndcg", "map")
_LINEAR_UPDATERS = ("shotgun", "coord_descent")
_UPDATE_UPDATERS = ("refresh", "prune")
_GROW_UPDATERS = ("grow_colmaker", "distcol", "grow_histmaker")


def validate(hyperparameters: Mapping[str, str]) -> Dict[str, Any]:
    """Parses and validates all hyperparameters.

    Raises ClientError with the container's message, and AlgorithmError for exceptions that the container
    does not catch.
    """
    texts = {name: text for name, text in hyperparameters.items() if name not in _ALIASES}
    # XGBoost's aliases take precedence over the names that they stand for.
    texts.update((_ALIASES[name], text) for name, text in hyperparameters.items() if name in _ALIASES)
    for name, specification in SPECIFICATIONS.items():
        if specification.get("required") and name not in texts:
            raise ClientError(f"Missing required hyperparameter: {name}")
    parsed: Dict[str, Any] = {}
    for name, text in texts.items():
        if name not in SPECIFICATIONS:
            raise ClientError(f"Extraneous hyperparameter found: {name}")
        parsed[name] = _parse(name, SPECIFICATIONS[name]["type"], text)
    for name, value in parsed.items():
        _check_range(name, SPECIFICATIONS[name], value)
    _check_combinations(parsed)
    if parsed.get("use_dask_gpu_training") == "true":
        raise ClientError("Hyperparameter use_dask_gpu_training: Dask GPU training is not supported by local mode")
    return parsed


def _parse(name: str, kind: str, text: str) -> Any:
    try:
        if kind == "integer":
            return int(text)
        if kind == "continuous":
            return float(text)
        if kind == "list":
            return text.split(",")
        if kind in ("tuple", "nested list"):
            return ast.literal_eval(text)
    except ValueError:
        # The container evaluates a tuple as Python code. If the tuple contains a name, this raises an error, which the
        # container does not catch.
        if kind != "tuple":
            raise ClientError(
                f"Hyperparameter {name}: could not parse value {text!r} as {kind} (caused by ValueError)"
            ) from None
        raise AlgorithmError(f"Hyperparameter {name}: {text!r} is not a tuple such as (1,0,-1)") from None
    except (SyntaxError, TypeError) as error:
        raise AlgorithmError(f"Hyperparameter {name}: {type(error).__name__} in {text!r}") from None
    return text


def _check_range(name: str, specification: Mapping[str, Any], value: Any) -> None:
    kind = specification["type"]
    if name == "_tuning_objective_metric":
        names = {f"validation:{metric}" for metric in METRICS}
        if value not in names:
            raise ClientError(f"Hyperparameter {name}: {value} is not in {sorted(names)}")
    elif name == "eval_metric":
        for metric in value:
            _check_metric(metric, value)
    elif kind in ("list", "tuple", "nested list"):
        _check_items(name, specification, value)
    elif kind == "categorical":
        if value not in specification["values"]:
            raise ClientError(f"Hyperparameter {name}: {value} is not in {specification['values']}")
    elif not is_inside(specification, value):
        raise ClientError(f"Hyperparameter {name}: {value} is not in {describe_interval(specification)}")


def _check_items(name: str, specification: Mapping[str, Any], value: Any) -> None:
    is_nested = specification["type"] == "nested list"
    try:
        if is_nested:
            is_good = all(is_inside(specification, item) for row in value for item in row)
        else:
            is_good = all(item in specification["values"] for item in value)
    except TypeError:  # the value is not a list of numbers
        raise AlgorithmError(f"Hyperparameter {name}: unexpected failure when validating {value}") from None
    if not is_good:
        allowed = describe_interval(specification) if is_nested else specification["values"]
        raise ClientError(f"Hyperparameter {name}: value {value} not in range {allowed}")


def _check_metric(metric: str, metrics: Any) -> None:
    if "@" not in metric:
        if metric not in METRICS:
            raise ClientError(f"Hyperparameter eval_metric: value {metrics} not in range {sorted(METRICS)}")
        return
    name, threshold = (part.strip() for part in metric.split("@")[:2])
    if name not in _METRICS_WITH_THRESHOLD:
        raise ClientError(
            f"Metric '{metric}' is not supported. Parameter 'eval_metric' with customized threshold should "
            "be one of these options: 'error', 'ndcg', 'map'."
        )
    try:
        float(threshold)
    except ValueError:
        raise ClientError(f"Threshold value 't' in '{name}@t' expects float input.") from None


def _check_combinations(values: Mapping[str, Any]) -> None:
    objective = values.get("objective", "reg:squarederror")
    if objective in ("multi:softmax", "multi:softprob") and "num_class" not in values:
        raise ClientError("Require input for parameter 'num_class' for multi-classification")
    metrics = values.get("eval_metric", [])
    if metrics and "objective" not in values:
        raise AlgorithmError("KeyError: 'objective': the container needs hyperparameter objective with eval_metric")
    if "auc" in metrics and not objective.startswith(("binary:", "rank:")):
        raise ClientError("Metric 'auc' can only be applied for classification and ranking problems.")
    if "aft-nloglik" in metrics and objective != "survival:aft":
        raise ClientError("Metric 'aft-nloglik' can only be applied for 'survival:aft' objective.")
    tree_method = values.get("tree_method")
    if "monotone_constraints" in values and tree_method not in ("exact", "hist"):
        raise ClientError(
            "monotone_constraints can be used only when the tree_method parameter is set to "
            "either 'exact' or 'hist'."
        )
    if "interaction_constraints" in values and tree_method not in ("exact", "hist", "approx"):
        raise ClientError(
            "interaction_constraints can be used only when the tree_method parameter is set to "
            "either 'exact', 'hist' or 'approx'."
        )
    if "updater" in values:
        _check_updater(values["updater"], values)


def _check_updater(updaters: Any, values: Mapping[str, Any]) -> None:
    if values.get("booster") == "gblinear":
        if len(updaters) != 1 or updaters[0] not in _LINEAR_UPDATERS:
            raise ClientError("Linear updater should be one of these options: 'shotgun', 'coord_descent'.")
    elif values.get("process_type") == "update":
        if any(updater not in _UPDATE_UPDATERS for updater in updaters):
            raise ClientError("process_type 'update' can only be used with updater 'refresh' and 'prune'")
    elif any(updater in _LINEAR_UPDATERS for updater in updaters):
        raise ClientError(f"Tree updater should not be selected from these options: {', '.join(_LINEAR_UPDATERS)}.")
    elif sum(updater in _GROW_UPDATERS for updater in updaters) > 1:
        raise ClientError(f"Only one tree grow plugin can be selected. Choose one of: {', '.join(_GROW_UPDATERS)}")
