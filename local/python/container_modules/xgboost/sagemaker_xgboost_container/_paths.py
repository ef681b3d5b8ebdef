"""Converts container paths to paths of this machine."""

import os

CONTAINER_BASE = "/opt/ml"


def here(path):
    """Converts a path below /opt/ml to the folder that replaces it. Returns other paths unchanged."""
    base = os.environ.get("SAGEMAKER_BASE_DIR", CONTAINER_BASE)
    is_below = isinstance(path, str) and (path == CONTAINER_BASE or path.startswith(CONTAINER_BASE + "/"))
    return base + path[len(CONTAINER_BASE):] if is_below else path
