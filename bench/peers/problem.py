"""Reads the tuning problem: data as DMatrix objects, and parameter ranges for Optuna."""

import json
import sys
from typing import Any, Dict

import numpy as np
import optuna
import xgboost as xgb

optuna.logging.set_verbosity(optuna.logging.WARNING)


def arguments() -> Dict[str, Any]:
    """Parses the script's only argument, which is JSON."""
    return json.loads(sys.argv[1])


def read_csv(path: str) -> xgb.DMatrix:
    """Reads a CSV file with the label in the first column and no header."""
    data = np.loadtxt(path, delimiter=",", ndmin=2)
    return xgb.DMatrix(data[:, 1:], label=data[:, 0])


def suggest(trial: optuna.Trial, ranges: Dict[str, Any]) -> Dict[str, Any]:
    """Samples values from SageMaker's parameter ranges, with the same scaling."""
    params: Dict[str, Any] = {}
    for each in ranges.get("CategoricalParameterRanges", []):
        params[each["Name"]] = trial.suggest_categorical(each["Name"], each["Values"])
    for each in ranges.get("IntegerParameterRanges", []):
        log = each["ScalingType"] == "Logarithmic"
        params[each["Name"]] = trial.suggest_int(each["Name"], int(each["MinValue"]), int(each["MaxValue"]), log=log)
    for each in ranges.get("ContinuousParameterRanges", []):
        name, scale = each["Name"], each["ScalingType"]
        low, high = float(each["MinValue"]), float(each["MaxValue"])
        if scale == "ReverseLogarithmic":
            params[name] = 1 - trial.suggest_float(f"1-{name}", 1 - high, 1 - low, log=True)
        else:
            params[name] = trial.suggest_float(name, low, high, log=scale == "Logarithmic")
    return params
