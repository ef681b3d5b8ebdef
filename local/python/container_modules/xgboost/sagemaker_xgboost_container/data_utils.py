"""Reads channels the way the container does, with XGBoost's own parsers. The label is in the first column."""

import csv
import logging
import os
import shutil
import tempfile

import xgboost as xgb
from sagemaker_algorithm_toolkit import exceptions as exc
from sagemaker_xgboost_container._paths import here

CSV = "csv"
LIBSVM = "libsvm"
PARQUET = "parquet"
RECORDIO_PROTOBUF = "recordio-protobuf"
# Maximum depth of folders in a channel. Deeper folders are skipped.
MAX_FOLDER_DEPTH = 3

_KINDS = {
    "csv": CSV, "text/csv": CSV,
    "libsvm": LIBSVM, "text/libsvm": LIBSVM, "text/x-libsvm": LIBSVM,
    "parquet": PARQUET, "application/x-parquet": PARQUET,
    "recordio-protobuf": RECORDIO_PROTOBUF, "application/x-recordio-protobuf": RECORDIO_PROTOBUF,
}
VALID_CONTENT_TYPES = list(_KINDS)


def get_content_type(content_type_cfg_val):
    """The format of a content type, such as `csv` for `text/csv; label_size=1`. The default is libsvm."""
    if content_type_cfg_val is None:
        return LIBSVM
    name, *parameters = [part.strip() for part in content_type_cfg_val.lower().split(";")]
    kind = _KINDS.get(name)
    if kind is None:
        raise exc.UserError(f"{content_type_cfg_val} is not an accepted ContentType: {', '.join(VALID_CONTENT_TYPES)}.")
    sizes = [value for key, _, value in (parameter.partition("=") for parameter in parameters) if key == "label_size"]
    if kind == CSV and any(size != "1" for size in sizes):
        raise exc.UserError(
            f"{content_type_cfg_val} is not an accepted csv ContentType. Optional parameter label_size must be equal to 1"
        )
    return kind


def get_dmatrix(data_path, content_type, csv_weights=0, is_pipe=False):
    """Loads the data of a folder, a file, or a list of folders and files.

    :param content_type: csv, libsvm or parquet
    :param csv_weights: 1 if the second column of CSV files contains weights
    :return: xgb.DMatrix; None if the path does not exist
    """
    if is_pipe:
        raise exc.UserError("Local mode does not support Pipe mode for scripts: use File or FastFile.")
    paths = [here(path) for path in (data_path if isinstance(data_path, list) else [data_path])]
    files = [file for path in paths for file in _files_below(path, 1)]
    if not isinstance(data_path, list) and not os.path.exists(here(data_path)):
        logging.info("File path %s does not exist!", data_path)
        return None
    if not files:
        raise exc.UserError(f"No data in {data_path}")
    readers = {
        CSV: lambda folder: get_csv_dmatrix(folder, csv_weights),
        LIBSVM: get_libsvm_dmatrix,
        PARQUET: get_parquet_dmatrix,
        RECORDIO_PROTOBUF: get_recordio_protobuf_dmatrix,
    }
    reader = readers.get(content_type.lower())
    if reader is None:
        raise exc.UserError(f"{content_type} is not one of {', '.join(readers)}")
    with tempfile.TemporaryDirectory(prefix="sagemaker_xgboost_input_data") as folder:
        for number, file in enumerate(files):
            _give_name(file, os.path.join(folder, f"{number:06}"))
        dmatrix = reader(folder)
    if dmatrix.get_label().size == 0:
        raise exc.UserError("Got input data without labels. Please check the input data set.")
    return dmatrix


def get_csv_dmatrix(path, csv_weights, is_pipe=False):
    """Loads CSV files. The first line determines the delimiter."""
    with open(_first_file(path), encoding="utf-8", errors="ignore") as file:
        line = file.readline()
    try:
        delimiter = csv.Sniffer().sniff(line).delimiter
    except csv.Error as error:
        raise exc.UserError(f"Could not determine delimiter on line {line[:50]}:\n{error}") from None
    weights = "&weight_column=1" if csv_weights == 1 else ""
    return _load(CSV, f"{path}?format=csv&label_column=0&delimiter={delimiter}{weights}")


def get_libsvm_dmatrix(files_path, is_pipe=False):
    """Loads LIBSVM files."""
    return _load(LIBSVM, f"{files_path}?format=libsvm")


def get_parquet_dmatrix(path, is_pipe=False):
    """Loads Parquet files. The first column is the label."""
    try:
        import pyarrow.parquet
    except ImportError:
        raise exc.UserError("Parquet requires pyarrow, which SageMaker's image contains: add it to requirements.txt") from None
    try:
        data = pyarrow.parquet.read_table(path).to_pandas().to_numpy()
        return xgb.DMatrix(data[:, 1:], label=data[:, 0])
    except Exception as error:
        raise exc.UserError(f"Failed to load parquet data with exception:\n{error}") from None


def get_recordio_protobuf_dmatrix(path, is_pipe=False):
    """Not implemented in local mode."""
    raise exc.UserError("Local mode does not support recordio-protobuf: use csv, libsvm or parquet.")


def get_size(data_path, is_pipe=False):
    """Total size of the files at a path in bytes; 0 if the path does not exist."""
    data_path = here(data_path)
    if not os.path.exists(data_path):
        return 0
    if os.path.isfile(data_path):
        return os.path.getsize(data_path)
    files = [os.path.join(root, name) for root, _, names in os.walk(data_path) for name in names]
    if any(os.path.basename(file).startswith(".") for file in files):
        raise exc.UserError("Hidden file found in the data path! Remove that before training.")
    return sum(map(os.path.getsize, files))


def _load(kind, uri):
    try:
        return xgb.DMatrix(uri)
    except Exception as error:
        raise exc.UserError(f"Failed to load {kind} data with exception:\n{error}") from None


def _first_file(path):
    if os.path.isfile(path):
        return path
    return next(entry.path for entry in sorted(os.scandir(path), key=lambda entry: entry.name) if entry.is_file())


def _files_below(path, depth):
    if os.path.isfile(path):
        return [path]
    if not os.path.isdir(path):
        return []
    if depth > MAX_FOLDER_DEPTH:
        logging.warning("The depth of folder %s exceeds the limit %d: its files are not loaded.", path, MAX_FOLDER_DEPTH)
        return []
    return [file for name in sorted(os.listdir(path)) for file in _files_below(os.path.join(path, name), depth + 1)]


def _give_name(file, name):
    """Gives a file a name that XGBoost can handle, with a hard link or else a copy. A symbolic link would not help,
    because XGBoost resolves it."""
    try:
        os.link(os.path.realpath(file), name)
    except OSError:
        shutil.copyfile(file, name)
