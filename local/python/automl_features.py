"""Converts a table of strings, such as a CSV file, to features. This module is part of every AutoML model.

The model archive contains a copy of this file next to `model.joblib`. This module needs pandas, scikit-learn and, for
some models, XGBoost, but no other module of local mode.
"""

import re
from typing import Any, Dict, List, Optional, Tuple

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.decomposition import TruncatedSVD

NUMERIC, CATEGORICAL, TEXT, DATETIME = "numeric", "categorical", "text", "datetime"

# Minimum share of numbers in a numeric column, and of dates in a datetime column. Other values count as missing.
SAME_TYPE_SHARE = 0.95
# Minimum average number of words per value in a text column, and minimum share of distinct values.
TEXT_WORDS = 3.0
TEXT_DISTINCT_SHARE = 0.1
# Minimum number of values of a feature. With fewer values, a text column could be empty in some folds.
MIN_VALUES = 10
# Matches possible dates before pandas parses them: 2024-01-31, 31/01/2024, 2024-01-31T10:00:00Z.
_DATE = re.compile(r"^\s*(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})([T\s].*)?$")
_DATE_PARTS = ("year", "month", "day", "dayofweek", "hour", "minute")


def to_numbers(values: pd.Series) -> pd.Series:
    """Converts values to numbers. Infinity, and values that are not numbers, become NaN."""
    numbers = pd.to_numeric(values, errors="coerce").astype("float64")
    return numbers.replace([np.inf, -np.inf], np.nan)


def to_times(values: pd.Series) -> pd.Series:
    """Converts values to times in UTC. Values that are not times become NaT."""
    return pd.to_datetime(values, errors="coerce", format="mixed", utc=True)


def type_of_column(values: pd.Series) -> Tuple[Optional[str], str]:
    """The feature type of a column of strings, or None and the reason why the column is not a feature."""
    present = values.dropna()
    distinct = present.nunique()
    if distinct == 0:
        return None, "every value is missing"
    if distinct == 1 and len(present) == len(values):
        return None, "every value is the same"
    numbers = to_numbers(present)
    if numbers.notna().mean() >= SAME_TYPE_SHARE:
        if _is_row_number(numbers):
            return None, "it is a row number"
        others = int(numbers.isna().sum())
        return NUMERIC, f"{others} values that are not numbers count as missing" if others else ""
    sample = present.sample(min(len(present), 1000), random_state=0)
    looks_like_date = sample.map(lambda value: _DATE.match(value) is not None).mean()
    if looks_like_date >= SAME_TYPE_SHARE and to_times(sample).notna().mean() >= SAME_TYPE_SHARE:
        return DATETIME, ""
    words = sample.str.split().str.len().mean()
    if len(present) < MIN_VALUES:
        return None, f"it has fewer than {MIN_VALUES} values"
    if words >= TEXT_WORDS and distinct / len(present) >= TEXT_DISTINCT_SHARE:
        return TEXT, ""
    if distinct == len(present) and len(present) > 20:
        return None, "every value is different (an identifier)"
    return CATEGORICAL, ""


def _is_row_number(numbers: pd.Series) -> bool:
    steps = np.diff(numbers.dropna().to_numpy())
    return len(steps) > 20 and bool(np.all(steps == 1))


class FeatureTable(BaseEstimator, TransformerMixin):
    """Selects the feature columns of a table of strings and converts them to their types. Dates are split into
    year, month, day, and so on.
    """

    def __init__(self, types: Dict[str, str]) -> None:
        self.types = types

    def fit(self, rows: pd.DataFrame, target: Any = None) -> "FeatureTable":
        self.fitted_ = True
        return self

    def transform(self, rows: pd.DataFrame) -> pd.DataFrame:
        absent = [name for name in self.types if name not in rows.columns]
        if absent:
            raise ValueError(f"columns that the model was trained with are missing: {', '.join(absent)}")
        columns: Dict[str, Any] = {}
        for name, kind in self.types.items():
            values = rows[name]
            if kind == NUMERIC:
                columns[name] = to_numbers(values)
            elif kind == DATETIME:
                times = to_times(values)
                for part in _DATE_PARTS:
                    columns[f"{name}.{part}"] = getattr(times.dt, part).astype("float64")
                columns[f"{name}.days"] = (times - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(days=1)
            elif kind == TEXT:
                columns[name] = values.fillna("").astype(str)
            else:
                columns[name] = values.fillna("(missing)").astype(str)
        return pd.DataFrame(columns, index=rows.index)

    def columns_of(self, *kinds: str) -> List[str]:
        """Names of the columns that `transform` creates for the features of the given types."""
        names: List[str] = []
        for name, kind in self.types.items():
            if kind in kinds:
                parts = [f"{name}.{part}" for part in (*_DATE_PARTS, "days")]
                names += parts if kind == DATETIME else [name]
        return names


class SmallSVD(TruncatedSVD):
    """A truncated SVD with `n_components` components, or with fewer components if there are fewer words."""

    def fit_transform(self, words: Any, target: Any = None) -> np.ndarray:
        wanted = self.n_components
        try:
            self.n_components = max(1, min(wanted, words.shape[1] - 1))
            return super().fit_transform(words, target)
        finally:
            self.n_components = wanted


class AutoMLModel:
    """A trained candidate. Predicts values or labels from a table with the columns of the training data."""

    def __init__(self, pipeline: Any, labels: Optional[List[Any]]) -> None:
        self.pipeline = pipeline
        self.labels = labels  # None for regression

    def predict(self, rows: pd.DataFrame) -> np.ndarray:
        """Predicts numbers for a regression, or labels for a classification."""
        predicted = self.pipeline.predict(rows.astype(object))
        if self.labels is None:
            return np.asarray(predicted, dtype=float)
        return np.asarray(self.labels, dtype=object)[np.asarray(predicted, dtype=int)]

    def predict_proba(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The probability of each label."""
        if self.labels is None:
            raise ValueError("a regression model has no probabilities")
        probabilities = self.pipeline.predict_proba(rows.astype(object))
        return pd.DataFrame(probabilities, columns=self.labels, index=rows.index)
