"""Makes local/src/services/model/sagemaker-model.json out of the service model that botocore ships.

The file holds what is needed to validate requests of the SageMaker operations that local mode has. Run it
by hand, with any Python that has botocore, when local mode gets another operation or AWS another value:

    python3 local/scripts/generate-service-model.py
    npx biome check --write local/src/services/model/sagemaker-model.json

`--print` writes to standard output instead of the file.
"""

import argparse
import json
from pathlib import Path
from typing import Any, Dict

import botocore
import botocore.loaders

OPERATIONS = [
    "AddTags",
    "CreateAutoMLJobV2",
    "CreateHyperParameterTuningJob",
    "CreateTrainingJob",
    "DeleteHyperParameterTuningJob",
    "DeleteTags",
    "DeleteTrainingJob",
    "DescribeAutoMLJobV2",
    "DescribeHyperParameterTuningJob",
    "DescribeTrainingJob",
    "ListAutoMLJobs",
    "ListCandidatesForAutoMLJob",
    "ListHyperParameterTuningJobs",
    "ListTags",
    "ListTrainingJobs",
    "ListTrainingJobsForHyperParameterTuningJob",
    "StopAutoMLJob",
    "StopHyperParameterTuningJob",
    "StopTrainingJob",
]

OUTPUT = Path(__file__).parent.parent / "src/services/model/sagemaker-model.json"

# What is kept of a shape as it is; documentation, which is most of the model, is not.
KEPT = ["type", "required", "enum", "pattern", "min", "max"]


def compact_shape(shape: Dict[str, Any]) -> Dict[str, Any]:
    """A shape without documentation, with the names of other shapes where botocore has references."""
    compact = {key: shape[key] for key in KEPT if shape.get(key) not in (None, [])}
    if shape["type"] == "structure":
        compact["members"] = {name: member["shape"] for name, member in shape["members"].items()}
    for key in ("member", "key", "value"):
        if key in shape:
            compact[key] = shape[key]["shape"]
    return compact


def references(shape: Dict[str, Any]) -> list:
    """Names of the shapes that a compact shape refers to."""
    return list(shape.get("members", {}).values()) + [
        shape[key] for key in ("member", "key", "value") if key in shape
    ]


def service_model() -> Dict[str, Any]:
    """The operations, and every shape that their requests are made of."""
    model = botocore.loaders.create_loader().load_service_model("sagemaker", "service-2")
    operations = {name: model["operations"][name]["input"]["shape"] for name in OPERATIONS}
    shapes: Dict[str, Any] = {}
    waiting = list(operations.values())
    while waiting:
        name = waiting.pop()
        if name not in shapes:
            shapes[name] = compact_shape(model["shapes"][name])
            waiting.extend(references(shapes[name]))
    return {
        "source": "the SageMaker service model (API version {}) in botocore {}".format(
            model["metadata"]["apiVersion"], botocore.__version__
        ),
        "operations": operations,
        "shapes": {name: shapes[name] for name in sorted(shapes)},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--print", action="store_true", help="write to standard output, not to the file")
    text = json.dumps(service_model()) + "\n"
    if parser.parse_args().print:
        print(text, end="")
    else:
        OUTPUT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
