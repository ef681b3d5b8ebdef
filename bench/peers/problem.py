"""What is tuned: data as DMatrix objects, and ranges as Optuna has them."""

import json
import sys
from typing import Any, Dict

import numpy as np
import optuna
import xgboost as xgb

optuna.logging.set_verbosity(optuna.logging.WARNING)


def arguments() -> Dict[str, Any]:
    """The only argument of the script, which is JSON."""
    return json.loads(sys.argv[1])


def read_csv(path: str) -> xgb.DMatrix:
    """A CSV file with the label in front and no header."""
    data = np.loadtxt(path, delimiter=",", ndmin=2)
    return xgb.DMatrix(data[:, 1:], label=data[:, 0])


def suggest(trial: optuna.Trial, ranges: Dict[str, Any]) -> Dict[str, Any]:
    """Values from SageMaker's parameter ranges, on the same scales."""
    params: Dict[str, Any] = {}
    for each in ranges.get("IntegerParameterRanges", []):
        log = each["ScalingType"] == "Logarithmic"
        params[each["Name"]] = trial.suggest_int(each["Name"], int(each["MinValue"]), int(each["MaxValue"]), log=log)
    for each in ranges.get("ContinuousParameterRanges", []):
        log = each["ScalingType"] == "Logarithmic"
        low, high = float(each["MinValue"]), float(each["MaxValue"])
        params[each["Name"]] = trial.suggest_float(each["Name"], low, high, log=log)
    return params
