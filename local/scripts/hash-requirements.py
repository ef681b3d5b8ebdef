#!/usr/bin/env python3
"""Adds hashes to the pinned packages in requirements files, in place. Includes the wheels of all platforms.

usage: hash-requirements.py LIST.txt ...

Requires uv (`pip install uv`), which queries the package index. Comments, markers and `-r` lines are kept.
To change a version, edit the version in the file and run this script.
"""

import re
import subprocess
import sys
from typing import List, Optional

PIN = re.compile(r"([A-Za-z0-9._-]+==[^\s;\\]+)")
OPTIONS = [
    "--no-deps", "--universal", "--generate-hashes", "--only-binary", ":all:", "--no-header", "--no-annotate", "--quiet",
]
# Python versions, tried in this order until the release of a package supports one. The result contains the wheels for
# all Python versions.
PYTHONS = ["3.11", "3.12", "3.13", "3.10", "3.9"]
HASH = re.compile(r"\s+--hash=(sha256:[0-9a-f]{64})")


def main(paths: List[str]) -> None:
    lists = {path: read_lines(path) for path in paths}
    pins = sorted({pin for lines in lists.values() for pin in map(pin_of, lines) if pin})
    hashes = {pin: find_hashes(pin) for pin in pins}
    for path, lines in lists.items():
        with open(path, "w", encoding="utf-8") as file:
            for line in lines:
                pin = pin_of(line)
                options = [f"    --hash={digest}" for digest in hashes[pin]] if pin else []
                file.write(" \\\n".join([line, *options]) + "\n")


def read_lines(path: str) -> List[str]:
    """The lines of a requirements file, without hashes."""
    with open(path, encoding="utf-8") as file:
        return [line.rstrip(" \\\n") for line in file if not HASH.match(line)]


def pin_of(line: str) -> Optional[str]:
    found = PIN.match(line)
    return found.group(1) if found else None


def find_hashes(pin: str) -> List[str]:
    """The hashes of all wheels of a release."""
    for python in PYTHONS:
        command = ["uv", "pip", "compile", *OPTIONS, "--python-version", python, "-"]
        result = subprocess.run(command, input=pin, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        found = [match.group(1) for match in map(HASH.match, result.stdout.splitlines()) if match]
        if result.returncode == 0 and found:
            return found
    raise SystemExit(f"no wheels of {pin} for Python {', '.join(PYTHONS)}")


if __name__ == "__main__":
    main(sys.argv[1:])
