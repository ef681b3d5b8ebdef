"""Intervals in the JSON files of hyperparameters, with the keys min_open, min_closed, max_open and max_closed."""

from typing import Any, Mapping


def is_inside(interval: Mapping[str, Any], value: float) -> bool:
    """Whether an interval contains a value. Every interval contains NaN, as in SageMaker's containers."""
    return not (
        ("min_open" in interval and value <= interval["min_open"])
        or ("min_closed" in interval and value < interval["min_closed"])
        or ("max_open" in interval and value >= interval["max_open"])
        or ("max_closed" in interval and value > interval["max_closed"])
    )


def describe_interval(interval: Mapping[str, Any]) -> str:
    """An interval in mathematical notation, such as (0, 1]."""
    low = (
        f"({interval['min_open']}" if "min_open" in interval
        else f"[{interval['min_closed']}" if "min_closed" in interval else "(-inf"
    )
    high = (
        f"{interval['max_open']})" if "max_open" in interval
        else f"{interval['max_closed']}]" if "max_closed" in interval else "+inf)"
    )
    return f"{low}, {high}"
