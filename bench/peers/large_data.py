"""Writes CSV data in the format of SageMaker's XGBoost: label first, no header, numbers with five decimals.

Takes JSON with `folder`, `rows` (number of training rows; the validation data has a fifth of this number), `columns`
(number of features) and `seed`. Prints the size in bytes.
"""

import json
import os

import numpy as np

from problem import arguments

ROWS_AT_ONCE = 100_000


def csv(values: np.ndarray) -> bytes:
    """Formats numbers from 0 to 10 as one digit, a decimal point, five decimals and a separator."""
    rest = np.rint(values * 1e5).clip(0, 999_999).astype(np.int32)
    text = np.full((*rest.shape, 8), ord("."), np.uint8)
    text[..., 7] = ord(",")
    text[:, -1, 7] = ord("\n")
    for place in (6, 5, 4, 3, 2, 0):
        rest, digit = np.divmod(rest, 10)
        text[..., place] = ord("0") + digit
    return text.tobytes()


def rows_of(random: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    """Generates rows: the label first, then all features. The label depends on four features and noise."""
    x = random.random((rows, columns)) * 10
    label = 5 + np.sin(x[:, 0]) + 0.05 * (x[:, 1] - 5) ** 2 * (x[:, 2] > 3) + 0.1 * x[:, 3]
    return np.column_stack([label + 0.3 * random.standard_normal(rows), x])


def main() -> None:
    task = arguments()
    random = np.random.default_rng(task["seed"])
    bytes_written = 0
    for channel, rows in (("train", task["rows"]), ("validation", task["rows"] // 5)):
        folder = os.path.join(task["folder"], channel)
        os.makedirs(folder)
        with open(os.path.join(folder, f"{channel}.csv"), "wb") as file:
            for start in range(0, rows, ROWS_AT_ONCE):
                at_once = min(ROWS_AT_ONCE, rows - start)
                bytes_written += file.write(csv(rows_of(random, at_once, task["columns"])))
    print(json.dumps(bytes_written))


main()
