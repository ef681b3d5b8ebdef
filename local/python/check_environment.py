"""Reports the installed packages of this interpreter without importing them, which would take seconds.

Usage: python check_environment.py PACKAGE... Prints one JSON object.
"""

import json
import sys

try:
    from importlib import metadata
except ImportError:  # Python 3.7 or older, which local mode refuses
    metadata = None


def _version(package):
    try:
        return metadata.version(package) if metadata else None
    except metadata.PackageNotFoundError:
        return None


print(json.dumps({
    "executable": sys.executable,
    "version": "%d.%d.%d" % sys.version_info[:3],
    "packages": {name: _version(name) for name in sys.argv[1:]},
}))
