"""Validates the hyperparameters of SageMaker's LightGBM and CatBoost algorithms against their documentation.

The rules are in lightgbm_hyperparameters.json and catboost_hyperparameters.json next to this file.
Undocumented hyperparameters are refused, because their effect is unknown.
"""

import json
import os
import re
from typing import Any, Dict, Mapping

from errors import ClientError
from intervals import describe_interval, is_inside

_INTEGER = re.compile(r"[+-]?[0-9]+")
# Prefixes of hyperparameters that are not passed to the script, because they configure script mode or tuning jobs.
_NOT_THE_SCRIPTS = ("sagemaker_", "_tuning")


def read_specifications(name: str) -> Dict[str, Dict[str, Any]]:
    """Reads the hyperparameters in `<name>_hyperparameters.json`."""
    folder = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(folder, f"{name}_hyperparameters.json"), encoding="utf-8") as file:
        return json.load(file)["hyperparameters"]


def validate(
    specifications: Mapping[str, Mapping[str, Any]], given: Mapping[str, str], algorithm: str
) -> Dict[str, Any]:
    """Returns the hyperparameters by name, including documented defaults. Raises ClientError."""
    values = {name: entry["default"] for name, entry in specifications.items() if "default" in entry}
    for name, text in given.items():
        if name.startswith(_NOT_THE_SCRIPTS):
            continue
        if name not in specifications:
            raise ClientError(
                f"Extraneous hyperparameter found: {name}. The documented hyperparameters of {algorithm} are "
                f"{', '.join(sorted(specifications))}."
            )
        values[name] = _parse(name, specifications[name], _plain(text))
    return values


def _plain(text: str) -> str:
    """The value that the script receives. Decodes JSON strings, which the SageMaker Python SDK sends."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, str) else text


def _parse(name: str, specification: Mapping[str, Any], text: str) -> Any:
    kind = specification["type"]
    if kind == "categorical":
        for value in specification["values"]:
            # Also accepts Python's True for true.
            if text == value or (value in ("True", "False") and text.lower() == value.lower()):
                return value
        if "numbers" not in specification:
            raise ClientError(f"Hyperparameter {name}: {text} is not in {specification['values']}")
        kind, specification = "integer", specification["numbers"]
    if kind == "text":
        return text
    value = _number(name, text, kind)
    if (value != value or not is_inside(specification, value)) and value not in specification.get("also", []):
        also = "".join(f" or {one}" for one in specification.get("also", []))
        raise ClientError(f"Hyperparameter {name}: {value} is not in {describe_interval(specification)}{also}")
    return value


def _number(name: str, text: str, kind: str) -> Any:
    try:
        if kind == "continuous":
            return float(text)
        if not _INTEGER.fullmatch(text.strip()):
            raise ValueError
        return int(text)
    except ValueError:
        raise ClientError(f"Hyperparameter {name}: could not parse value {text!r} as {kind}") from None
