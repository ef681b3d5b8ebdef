"""Reads and checks the data of an AutoML job, and determines its target and features."""

import csv
import gzip
import io
import json
import os
from typing import Any, Dict, List, Optional, Tuple

import numpy as np
import pandas as pd

from automl_features import CATEGORICAL, DATETIME, NUMERIC, TEXT, to_numbers, type_of_column
from automl_metrics import BINARY, MULTICLASS, REGRESSION
from errors import ClientError

# Minimum number of rows with a target. The validation metrics of fewer rows would be meaningless.
MIN_ROWS = 20
# Autopilot's minimum number of rows (CreateAutoMLJob, InputDataConfig). The documentation of CreateAutoMLJobV2 does
# not mention it, so local mode only adds a note.
AUTOPILOT_MIN_ROWS = 500
# Numbers are treated as classes if they are integers, there are few distinct values, and each value has enough
# rows.
MAX_NUMERIC_CLASSES = 20
MAX_NUMERIC_CLASS_SHARE = 0.05
# A target with more classes is probably text, an identifier or a mistake, so the job has to set ProblemType.
MAX_INFERRED_CLASSES = 100
MAX_CLASSES = 1000
# Minimum number of rows for a class to be used in validation. Rarer classes are used only for training.
MIN_CLASS_ROWS = 3
SHOWN_NAMES = 30


def read_channel(channel: Dict[str, Any], name: str) -> pd.DataFrame:
    """Reads all files of a channel into one table of strings. Each file has a header."""
    tables: List[pd.DataFrame] = []
    for path in channel["files"]:
        file = os.path.basename(path)
        table = _read_parquet(path) if channel["parquet"] else _read_csv(path, channel["gzip"], file)
        if tables and list(table.columns) != list(tables[0].columns):
            different = sorted(set(table.columns) ^ set(tables[0].columns))
            raise ClientError(
                f"The files of the {name} data have different headers: {file} and "
                f"{os.path.basename(channel['files'][0])}"
                + (f" differ in {_list(different)}." if different else " have the columns in another order.")
            )
        tables.append(table)
    table = pd.concat(tables, ignore_index=True)
    if len(table) == 0:
        raise ClientError(f"The {name} data is empty: it has no rows after the header.")
    return table


def _read_csv(path: str, is_gzip: bool, file: str) -> pd.DataFrame:
    with open(path, "rb") as stream:
        content = stream.read()
    try:
        content = gzip.decompress(content) if is_gzip else content
        text = content.decode("utf-8-sig")
    except (OSError, EOFError):
        raise ClientError(f"Cannot read {file} as Gzip, which is its CompressionType.")
    except UnicodeDecodeError as error:
        raise ClientError(f"{file} is not UTF-8 text (byte {error.start + 1} of the file).")
    if not text.strip():
        raise ClientError(f"{file} is empty: a CSV file with a header is required.")
    header = [name.strip() for name in next(csv.reader(io.StringIO(text)))]
    doubled = sorted({name for name in header if header.count(name) > 1})
    if doubled or "" in header:
        problem = f"names {_list(doubled)} more than once" if any(doubled) else "has a column without a name"
        raise ClientError(f"The header of {file} {problem}: every column needs a unique name.")
    try:
        table = pd.read_csv(io.StringIO(text), dtype=str, skipinitialspace=True, index_col=None)
    except pd.errors.ParserError as error:
        raise ClientError(f"{file} is not a CSV file with {len(header)} columns: {str(error).strip()}")
    if not isinstance(table.index, pd.RangeIndex):
        raise ClientError(f"The rows of {file} have more fields than its header, which has {len(header)}.")
    table.columns = pd.Index(header)
    return table


def _read_parquet(path: str) -> pd.DataFrame:
    try:
        table = pd.read_parquet(path)
    except Exception as error:
        raise ClientError(f"Cannot read {os.path.basename(path)} as Parquet: {error}")
    for name in table.columns:
        is_missing = table[name].isna()
        table[name] = table[name].astype(str).astype(object)
        table.loc[is_missing, name] = np.nan
    return table


class Data:
    """The rows of a job, with a numeric target, the feature types, and notes about the data."""

    def __init__(self, config: Dict[str, Any]) -> None:
        self.notes: List[str] = []
        self.target_name: str = config["target"]
        rows = read_channel(config["training"], "training")
        self._require_column(rows, self.target_name, "TargetAttributeName", "training")
        self.weight_name: Optional[str] = config.get("sampleWeight")
        if self.weight_name:
            self._require_column(rows, self.weight_name, "SampleWeightAttributeName", "training")
        validation = None
        if config.get("validation"):
            validation = read_channel(config["validation"], "validation")
            absent = [name for name in rows.columns if name not in validation.columns]
            if absent:
                raise ClientError(
                    f"The validation data lacks columns of the training data: {_list(absent)}. "
                    "Both must have the same header."
                )
        self.training, self.training_weights = self._usable_rows(rows, "training")
        if len(self.training) < MIN_ROWS:
            raise ClientError(
                f"The training data has {len(self.training)} rows with a target: at least {MIN_ROWS} are required "
                f"(Autopilot: {AUTOPILOT_MIN_ROWS})."
            )
        if len(self.training) < AUTOPILOT_MIN_ROWS:
            self.notes.append(
                f"The training data has {len(self.training)} rows. Autopilot requires {AUTOPILOT_MIN_ROWS}: AWS may refuse "
                "the job."
            )
        target = self.training[self.target_name]
        self.problem = self._problem_type(target, config.get("problemType"))
        self.labels: Optional[List[str]] = None if self.problem == REGRESSION else _sorted_labels(target)
        self.training_target = self._encode(target, "training")
        self.validation: Optional[pd.DataFrame] = None
        self.validation_target: Any = None
        self.validation_weights: Any = None
        if validation is not None:
            self.validation, self.validation_weights = self._usable_rows(validation, "validation")
            if len(self.validation) == 0:
                raise ClientError("The validation data has no row with a target.")
            self.validation_target = self._encode(self.validation[self.target_name], "validation")
        self.types = self._feature_types(config.get("featureSpecification"))

    def _require_column(self, rows: pd.DataFrame, name: str, member: str, channel: str) -> None:
        if name in rows.columns:
            return
        known = list(rows.columns)
        message = f'No column "{name}" ({member}) in the {channel} data. Its columns: {_list(known)}.'
        if sum(_is_number(column) for column in known) * 2 > len(known):
            message += " The first line of the file must be a header with the names of the columns."
        raise ClientError(message)

    def _usable_rows(self, rows: pd.DataFrame, channel: str) -> Tuple[pd.DataFrame, Any]:
        present = rows[self.target_name].notna()
        if not present.any():
            raise ClientError(
                f'Every value of the target "{self.target_name}" is missing in the {channel} data.'
            )
        if not present.all():
            self.notes.append(f"{int((~present).sum())} rows of the {channel} data have no target and are ignored.")
        rows = rows[present].reset_index(drop=True)
        if not self.weight_name:
            return rows, None
        weights = to_numbers(rows[self.weight_name])
        valid = weights >= 0
        if not valid.any() or weights[valid].sum() == 0:
            raise ClientError(f'No row of the {channel} data has a weight above 0 in "{self.weight_name}".')
        if not valid.all():
            self.notes.append(
                f"{int((~valid).sum())} rows of the {channel} data have no valid weight and are ignored."
            )
        return rows[valid].reset_index(drop=True), weights[valid].to_numpy()

    def _problem_type(self, target: pd.Series, given: Optional[str]) -> str:
        distinct = target.nunique()
        numbers = to_numbers(target)
        if distinct == 1:
            what = "one class" if given in (BINARY, MULTICLASS) else "one value"
            raise ClientError(
                f'The target "{self.target_name}" has only {what}, "{target.iloc[0]}", in all {len(target)} rows: '
                "there is nothing to predict."
            )
        strange = target[numbers.isna()]
        if given == REGRESSION and len(strange) > 0:
            raise ClientError(
                f'The target "{self.target_name}" has {len(strange)} values that are not numbers, such as '
                f'"{strange.iloc[0]}": ProblemType Regression requires numbers.'
            )
        problem = given or self._infer_problem_type(target, numbers, distinct)
        if problem == BINARY and distinct != 2:
            raise ClientError(
                f'The target "{self.target_name}" has {distinct} distinct values: ProblemType '
                "BinaryClassification requires exactly two."
            )
        if problem == MULTICLASS and distinct > MAX_CLASSES:
            raise ClientError(
                f'The target "{self.target_name}" has {distinct} distinct values, but at most {MAX_CLASSES} classes '
                "are allowed."
            )
        if problem != REGRESSION and (target.value_counts() >= MIN_CLASS_ROWS).sum() < 2:
            raise ClientError(
                f'Fewer than two classes of the target "{self.target_name}" have {MIN_CLASS_ROWS} rows or more: '
                "rarer classes cannot be validated."
            )
        return problem

    def _infer_problem_type(self, target: pd.Series, numbers: pd.Series, distinct: int) -> str:
        if distinct == 2:
            return BINARY
        strange = target[numbers.isna()]
        if len(strange) == 0:
            is_whole = bool((numbers % 1 == 0).all())
            few = min(MAX_NUMERIC_CLASSES, MAX_NUMERIC_CLASS_SHARE * len(target))
            return MULTICLASS if is_whole and distinct <= few else REGRESSION
        if distinct > min(MAX_INFERRED_CLASSES, len(target) / 2):
            mixed = f', {len(strange)} of them not numbers (such as "{strange.iloc[0]}")'
            raise ClientError(
                f'Cannot infer the problem type: the target "{self.target_name}" has {distinct} distinct values '
                f"in {len(target)} rows{mixed}. Clean the column, or set ProblemType and AutoMLJobObjective."
            )
        return MULTICLASS

    def _encode(self, target: pd.Series, channel: str) -> Any:
        if self.labels is None:
            numbers = to_numbers(target)
            if numbers.isna().any():
                raise ClientError(
                    f'The target "{self.target_name}" of the {channel} data has values that are not numbers.'
                )
            return numbers.to_numpy()
        positions = {label: position for position, label in enumerate(self.labels)}
        unknown = sorted(set(target) - set(positions))
        if unknown:
            raise ClientError(
                f"The {channel} data has classes that are missing in the training data: {_list(unknown)}."
            )
        return target.map(positions).to_numpy(dtype=int)

    def _feature_types(self, specification: Optional[str]) -> Dict[str, str]:
        others = {self.target_name, self.weight_name}
        names = [name for name in self.training.columns if name not in others]
        given: Dict[str, str] = {}
        if specification:
            chosen, given = _read_specification(specification, names)
            names = [name for name in names if name in chosen]
        types: Dict[str, str] = {}
        for name in names:
            kind, reason = type_of_column(self.training[name])
            if name in given:
                kind, reason = given[name], ""
            if kind is None:
                self.notes.append(f'Column "{name}" is not used: {reason}.')
                continue
            if reason:
                self.notes.append(f'Column "{name}": {reason}.')
            types[name] = kind
        if not types:
            raise ClientError(
                f'No column can be used to predict "{self.target_name}". ' + " ".join(self.notes)
            )
        return types


def _read_specification(path: str, names: List[str]) -> Tuple[List[str], Dict[str, str]]:
    """Reads the file at FeatureSpecificationS3Uri, which lists the feature columns and their types."""
    try:
        with open(path, encoding="utf-8") as stream:
            specification = json.load(stream)
        chosen = list(specification.get("FeatureAttributeNames") or names)
        given = dict(specification.get("FeatureDataTypes") or {})
    except (ValueError, AttributeError, TypeError):
        raise ClientError(
            "The file of FeatureSpecificationS3Uri is not a JSON object with FeatureAttributeNames."
        )
    unknown = [name for name in [*chosen, *given] if name not in names]
    if unknown:
        raise ClientError(
            f"FeatureSpecificationS3Uri has unknown features: {_list(unknown)}. Available: {_list(names)}."
        )
    known = (NUMERIC, CATEGORICAL, TEXT, DATETIME)
    for name, kind in given.items():
        if kind not in known:
            raise ClientError(
                f'FeatureSpecificationS3Uri: "{name}" has the type {kind}; local mode supports {_list(known)}.'
            )
    return chosen, given


def _sorted_labels(target: pd.Series) -> List[str]:
    """Sorts labels: by value if all are numbers, else as strings. The second of two labels is the positive class."""
    labels = list(target.unique())
    return sorted(labels, key=float) if all(_is_number(label) for label in labels) else sorted(labels)


def _is_number(text: str) -> bool:
    try:
        float(text)
        return True
    except ValueError:
        return False


def _list(names: Any) -> str:
    names = list(names)
    shown = ", ".join(str(name) for name in names[:SHOWN_NAMES])
    return shown if len(names) <= SHOWN_NAMES else f"{shown}, ... ({len(names)} in all)"
