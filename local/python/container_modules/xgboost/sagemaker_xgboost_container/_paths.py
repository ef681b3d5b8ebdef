"""Paths of the container, on this machine."""

import os

CONTAINER_BASE = "/opt/ml"


def here(path):
    """A path below /opt/ml in the folder that stands for it; any other path as it is."""
    base = os.environ.get("SAGEMAKER_BASE_DIR", CONTAINER_BASE)
    is_below = isinstance(path, str) and (path == CONTAINER_BASE or path.startswith(CONTAINER_BASE + "/"))
    return base + path[len(CONTAINER_BASE):] if is_below else path
