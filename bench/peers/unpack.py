"""Extracts data sets from wheels. Usage: `unpack.py <folder of the wheels> <folder for the data sets>`."""

import pathlib
import sys
import zipfile

FOLDERS = ("ISLP/data/", "plotnine/data/")


def main() -> None:
    wheels, target = map(pathlib.Path, sys.argv[1:])
    for wheel in wheels.glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                if name.startswith(FOLDERS) and name.endswith(".csv"):
                    (target / pathlib.PurePath(name).name).write_bytes(archive.read(name))


main()
