"""The candidates of an AutoML job: combinations of preprocessing, model and hyperparameters.

The first candidate of each model family uses good defaults; further candidates are sampled around these
defaults. A candidate depends only on its number, so a job has the same candidates on every machine.
"""

import math
import random
from typing import Any, Dict, List, NamedTuple, Optional

from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, QuantileTransformer, StandardScaler, TargetEncoder

from automl_features import CATEGORICAL, DATETIME, NUMERIC, TEXT, FeatureTable, SmallSVD
from automl_metrics import REGRESSION

SEED = 20

# Model families by their names in AutoMLAlgorithms. scikit-learn's histogram gradient boosting is not in
# AutoMLAlgorithms, so it is used only if the job does not select algorithms.
HIST_GRADIENT_BOOSTING = "hist-gradient-boosting"
FAMILIES = ["xgboost", HIST_GRADIENT_BOOSTING, "linear-learner", "extra-trees", "randomforest"]
_FORESTS = ("extra-trees", "randomforest")

MAX_CATEGORIES = 40
SVD_COMPONENTS = 20


class Candidate(NamedTuple):
    """An untrained candidate."""

    number: int
    family: str
    preprocessing: Dict[str, Any]
    hyperparameters: Dict[str, Any]


def candidate(number: int, algorithms: Optional[List[str]]) -> Candidate:
    """Returns the candidate with this number. Numbers start at 1."""
    families = [family for family in FAMILIES if not algorithms or family in algorithms]
    family = families[(number - 1) % len(families)]
    is_first = number <= len(families)
    chance = random.Random(SEED * 1000 + number)
    preprocessing = {
        # Tree models do not depend on the scale of numbers. Dense text features (tfidf-svd) keep tree models small.
        "categories": "one-hot",
        "text": "tfidf" if family in ("linear-learner", "xgboost") else "tfidf-svd",
        "numbers": "standard" if family == "linear-learner" else "as-is",
    }
    if not is_first:
        preprocessing["categories"] = chance.choice(["one-hot", "target"])
        if family == "linear-learner":
            preprocessing["numbers"] = chance.choice(["standard", "quantile"])
        if family == "xgboost":
            preprocessing["text"] = chance.choice(["tfidf", "tfidf-svd"])
    return Candidate(number, family, preprocessing, _hyperparameters(family, None if is_first else chance))


def _hyperparameters(family: str, chance: Optional[random.Random]) -> Dict[str, Any]:
    """Default hyperparameters, or a random sample if a random generator is given."""
    if family == "linear-learner":
        return {"strength": 1.0 if chance is None else _log_uniform(chance, 0.01, 100)}
    if family in _FORESTS:
        if chance is None:
            return {"trees": 100, "min_samples_leaf": 1, "max_features": "default"}
        return {
            "trees": chance.choice([100, 200]),
            "min_samples_leaf": chance.choice([1, 2, 3, 5, 10]),
            "max_features": chance.choice(["default", 0.3, 0.5, 0.8]),
        }
    if chance is None:
        return {"rounds": 200, "learning_rate": 0.08, "depth": 6, "min_leaf": 5, "l2": 1.0, "columns": 0.8}
    return {
        "rounds": chance.choice([100, 200, 300, 400]),
        "learning_rate": _log_uniform(chance, 0.02, 0.2),
        "depth": chance.randint(3, 8),
        "min_leaf": chance.choice([1, 2, 5, 10, 20]),
        "l2": _log_uniform(chance, 0.1, 20),
        "columns": chance.choice([0.5, 0.7, 0.9, 1.0]),
    }


def _log_uniform(chance: random.Random, low: float, high: float) -> float:
    return float(f"{math.exp(chance.uniform(math.log(low), math.log(high))):.4g}")


def build(chosen: Candidate, types: Dict[str, str], problem: str, classes: int, threads: int) -> Pipeline:
    """Builds an untrained pipeline that converts rows of strings to predictions. Its last step is called `model`."""
    table = FeatureTable(types)
    table_columns = [
        ("numbers", _numbers(chosen.preprocessing["numbers"]), table.columns_of(NUMERIC, DATETIME)),
        (
            "categories",
            _categories(chosen.preprocessing["categories"], problem, classes),
            table.columns_of(CATEGORICAL),
        ),
        *((f"text:{name}", _text(chosen.preprocessing["text"]), name) for name in table.columns_of(TEXT)),
    ]
    # scikit-learn's boosting does not support sparse data.
    dense = {"sparse_threshold": 0.0} if chosen.family == HIST_GRADIENT_BOOSTING else {}
    features = ColumnTransformer([step for step in table_columns if len(step[2]) > 0], **dense)
    return Pipeline([("table", table), ("features", features), ("model", _model(chosen, problem, threads))])


def _numbers(kind: str) -> Any:
    # If a column has no values in a fold, it is filled with zeros, so that every fold has the same columns.
    impute = SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True)
    if kind == "quantile":
        return make_pipeline(
            impute, QuantileTransformer(n_quantiles=100, output_distribution="normal", random_state=SEED)
        )
    return make_pipeline(impute, StandardScaler()) if kind == "standard" else impute


def _categories(kind: str, problem: str, classes: int) -> Any:
    if kind == "target":
        types = {REGRESSION: "continuous"}.get(problem, "binary" if classes == 2 else "multiclass")
        return make_pipeline(TargetEncoder(target_type=types, random_state=SEED), StandardScaler())
    return OneHotEncoder(handle_unknown="infrequent_if_exist", max_categories=MAX_CATEGORIES)


def _text(kind: str) -> Any:
    words = TfidfVectorizer(
        max_features=1000 if kind == "tfidf" else 3000,
        ngram_range=(1, 2),
        sublinear_tf=True,
        token_pattern=r"(?u)\b\w+\b",
    )
    return make_pipeline(words, SmallSVD(SVD_COMPONENTS, random_state=SEED)) if kind == "tfidf-svd" else words


def _model(chosen: Candidate, problem: str, threads: int) -> Any:
    values = chosen.hyperparameters
    is_regression = problem == REGRESSION
    if chosen.family == "linear-learner":
        if is_regression:
            return Ridge(alpha=values["strength"])
        return LogisticRegression(C=1 / values["strength"], max_iter=1000)
    if chosen.family in _FORESTS:
        default = 1.0 / 3 if is_regression else "sqrt"
        options = {
            "n_estimators": values["trees"],
            "min_samples_leaf": values["min_samples_leaf"],
            "max_features": default if values["max_features"] == "default" else values["max_features"],
            "n_jobs": threads,
            "random_state": SEED,
        }
        if chosen.family == "extra-trees":
            return ExtraTreesRegressor(**options) if is_regression else ExtraTreesClassifier(**options)
        return RandomForestRegressor(**options) if is_regression else RandomForestClassifier(**options)
    if chosen.family == HIST_GRADIENT_BOOSTING:
        options = {
            "max_iter": values["rounds"],
            "learning_rate": values["learning_rate"],
            "max_depth": values["depth"],
            "min_samples_leaf": values["min_leaf"],
            "l2_regularization": values["l2"],
            "max_features": values["columns"],
            "early_stopping": False,
            "random_state": SEED,
        }
        return (
            HistGradientBoostingRegressor(**options)
            if is_regression
            else HistGradientBoostingClassifier(**options)
        )
    return _xgboost(values, is_regression, threads)


def _xgboost(values: Dict[str, Any], is_regression: bool, threads: int) -> Any:
    import xgboost

    options = {
        "n_estimators": values["rounds"],
        "learning_rate": values["learning_rate"],
        "max_depth": values["depth"],
        "min_child_weight": values["min_leaf"],
        "reg_lambda": values["l2"],
        "colsample_bytree": values["columns"],
        "subsample": 0.9,
        "tree_method": "hist",
        "n_jobs": threads,
        "random_state": SEED,
    }
    return xgboost.XGBRegressor(**options) if is_regression else xgboost.XGBClassifier(**options)
