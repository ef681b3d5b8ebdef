"""Reports imports of SageMaker's container modules that local mode does not provide.

Prints {"missing": [module or name, ...]}: imports from SageMaker's packages (PACKAGES) that would fail. Checks only
imports that always run. Imports inside try/except, a function or a condition are ignored.

Usage:
    check_imports.py SCRIPT
"""

import ast
import importlib.util
import json
import os
import sys

PACKAGES = (
    "sagemaker_containers", "sagemaker_inference", "sagemaker_xgboost_container", "sagemaker_algorithm_toolkit", "mlio",
)


def imports(tree):
    """Imported modules, and the names imported from them, which can also be modules."""
    for node in tree.body:
        if isinstance(node, ast.Import):
            yield from ((alias.name, None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield from ((node.module, alias.name) for alias in node.names)


def is_there(module, name):
    spec = find(module)
    if spec is None:
        return False
    return name in (None, "*") or find(f"{module}.{name}") is not None or name in names_in(spec.origin)


def find(module):
    try:
        return importlib.util.find_spec(module)
    except ModuleNotFoundError:  # relative import
        return None


def names_in(path):
    """The names that a module defines. Does not import the module, because importing XGBoost is slow."""
    with open(path, "rb") as file:
        tree = ast.parse(file.read())
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from (alias.asname or alias.name for alias in node.names)


def main(path):
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    with open(path, "rb") as file:
        tree = ast.parse(file.read())
    missing = [
        module if name is None else f"{module}.{name}"
        for module, name in imports(tree)
        if module.split(".")[0] in PACKAGES and not is_there(module, name)
    ]
    print(json.dumps({"missing": missing}))


if __name__ == "__main__":
    main(sys.argv[1])
