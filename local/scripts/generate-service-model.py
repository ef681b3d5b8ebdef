"""Generates local/src/services/model/<service>-model.json and sagemaker-rest-model.json from botocore's
service models, and NOTICE from botocore's notice, which the license of the models requires.

The models contain everything needed to validate requests of the supported operations. For REST services,
they also contain the HTTP location of each member; for other services, the response members that are
timestamps. sagemaker-rest-model.json lists the operations of other services whose requests are signed as
`sagemaker`. The content depends only on this script and the version of botocore, which
local/python/requirements/boto3.txt pins. A test checks that the files are up to date. After adding an
operation or raising the version of botocore, run:

    .venv/boto3/bin/python local/scripts/generate-service-model.py

`--check` writes nothing and fails if a file is not up to date.
"""

import argparse
import json
import sys
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, Dict, Iterable, Iterator, List, Set

import botocore
import botocore.loaders

# Operations by service. The keys are the service names that local mode and signatures use.
OPERATIONS: Dict[str, List[str]] = {
    "sagemaker": [
        "AddTags",
        "CreateAutoMLJobV2",
        "CreateHyperParameterTuningJob",
        "CreateModel",
        "CreateModelPackage",
        "CreateModelPackageGroup",
        "CreateTrainingJob",
        "CreateTransformJob",
        "DeleteHyperParameterTuningJob",
        "DeleteModel",
        "DeleteModelPackage",
        "DeleteModelPackageGroup",
        "DeleteTags",
        "DeleteTrainingJob",
        "DescribeAutoMLJobV2",
        "DescribeHyperParameterTuningJob",
        "DescribeModel",
        "DescribeModelPackage",
        "DescribeModelPackageGroup",
        "DescribeTrainingJob",
        "DescribeTransformJob",
        "ListAutoMLJobs",
        "ListCandidatesForAutoMLJob",
        "ListHyperParameterTuningJobs",
        "ListModelPackageGroups",
        "ListModelPackages",
        "ListModels",
        "ListTags",
        "ListTrainingJobs",
        "ListTrainingJobsForHyperParameterTuningJob",
        "ListTransformJobs",
        "Search",
        "StopAutoMLJob",
        "StopHyperParameterTuningJob",
        "StopTrainingJob",
        "StopTransformJob",
        "UpdateModelPackage",
    ],
    "states": [
        "DescribeExecution",
        "DescribeStateMachine",
        "DescribeStateMachineForExecution",
        "GetExecutionHistory",
        "ListExecutions",
        "ListStateMachines",
        "ListTagsForResource",
        "RedriveExecution",
        "SendTaskFailure",
        "SendTaskHeartbeat",
        "SendTaskSuccess",
        "StartExecution",
        "StopExecution",
        "TagResource",
        "UntagResource",
    ],
    "lambda": ["Invoke"],
    "logs": ["DescribeLogGroups", "DescribeLogStreams", "FilterLogEvents", "GetLogEvents"],
    "monitoring": ["GetMetricData", "GetMetricStatistics", "ListMetrics"],
    "sts": ["GetCallerIdentity"],
    "iam": ["GetRole", "SimulatePrincipalPolicy"],
    "cloudformation": ["DescribeStacks"],
    "servicequotas": ["ListServiceQuotas"],
    "s3": [
        "AbortMultipartUpload",
        "CompleteMultipartUpload",
        "CopyObject",
        "CreateBucket",
        "CreateMultipartUpload",
        "DeleteBucket",
        "DeleteObject",
        "DeleteObjects",
        "GetBucketLocation",
        "GetBucketVersioning",
        "GetObject",
        "GetObjectAttributes",
        "GetObjectTagging",
        "HeadBucket",
        "HeadObject",
        "ListBuckets",
        "ListMultipartUploads",
        "ListObjects",
        "ListObjectsV2",
        "ListParts",
        "PutObject",
        "UploadPart",
        "UploadPartCopy",
    ],
}

# Services with a different name in botocore.
BOTOCORE_NAMES = {"monitoring": "cloudwatch", "servicequotas": "service-quotas", "states": "stepfunctions"}

# Services whose models contain the HTTP locations of members.
REST_SERVICES = ["lambda", "s3"]

FOLDER = Path(__file__).parent.parent / "src/services/model"

# Properties to keep in all shapes, and further properties to keep in request shapes. Drops the documentation, the
# largest part of a model.
KEPT = ["type", "flattened", "payload"]
KEPT_OF_REQUESTS = ["required", "enum", "pattern", "min", "max", "sensitive"]


LOADER = botocore.loaders.create_loader()


def compact_shape(shape: Dict[str, Any], kept: List[str], is_rest: bool) -> Dict[str, Any]:
    """A shape without documentation, in which references are replaced by names of shapes."""
    compact = {key: shape[key] for key in kept if shape.get(key) not in (None, [])}
    if shape["type"] == "structure":
        compact["members"] = {name: member["shape"] for name, member in shape["members"].items()}
        places = {name: place(name, member) for name, member in shape["members"].items()}
        moved = {name: where for name, where in places.items() if where != "body " + name}
        if is_rest and moved:
            compact["places"] = moved
    for key in ("member", "key", "value"):
        if key in shape:
            compact[key] = shape[key]["shape"]
    if is_rest and "locationName" in shape.get("member", {}):
        compact["item"] = shape["member"]["locationName"]
    return compact


def place(name: str, member: Dict[str, Any]) -> str:
    """The HTTP location and name of a member: `header x-amz-acl`, `body Delete`."""
    return "{} {}".format(member.get("location", "body"), member.get("locationName", name))


def binding(operation: Dict[str, Any]) -> Dict[str, Any]:
    """The HTTP binding of an operation, and the shape of its response."""
    http = operation["http"]
    return {
        "method": http["method"],
        "uri": http["requestUri"],
        **({"status": http["responseCode"]} if http.get("responseCode", 200) != 200 else {}),
        **({"output": operation["output"]["shape"]} if "output" in operation else {}),
    }


def references(shape: Dict[str, Any]) -> List[str]:
    """Names of the shapes that a compact shape refers to."""
    return list(shape.get("members", {}).values()) + [
        shape[key] for key in ("member", "key", "value") if key in shape
    ]


def time_members(model: Dict[str, Any], outputs: List[str]) -> List[str]:
    """Names of response members that are timestamps or lists of timestamps."""
    kinds: Dict[str, Set[bool]] = {}
    seen: Set[str] = set()
    waiting = list(outputs)
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        shape = model["shapes"][name]
        for member, value in shape.get("members", {}).items():
            item = model["shapes"][value["shape"]]
            inner = model["shapes"][item["member"]["shape"]] if item["type"] == "list" else item
            kinds.setdefault(member, set()).add(inner["type"] == "timestamp")
        waiting.extend(references(compact_shape(shape, KEPT, False)))
    ambiguous = [member for member, are_times in kinds.items() if len(are_times) > 1]
    if ambiguous:
        sys.exit("Members that are a timestamp in one shape and not in another: {}".format(", ".join(ambiguous)))
    return sorted(member for member, are_times in kinds.items() if True in are_times)


def service_model(service: str) -> Dict[str, Any]:
    """The operations of a service, and all shapes of their requests."""
    model = LOADER.load_service_model(BOTOCORE_NAMES.get(service, service), "service-2")
    operations = {name: model["operations"][name]["input"]["shape"] for name in OPERATIONS[service]}
    is_rest = service in REST_SERVICES
    bindings = {name: binding(model["operations"][name]) for name in OPERATIONS[service]} if is_rest else {}
    shapes: Dict[str, Any] = {}

    def collect(names: Iterable[str], kept: List[str]) -> None:
        waiting = list(names)
        while waiting:
            shape = waiting.pop()
            if shape not in shapes:
                shapes[shape] = compact_shape(model["shapes"][shape], kept, is_rest)
                waiting.extend(references(shapes[shape]))

    results = [model["operations"][name].get("output", {}).get("shape") for name in OPERATIONS[service]]
    times = [] if is_rest else time_members(model, [each for each in results if each])
    collect(operations.values(), KEPT + KEPT_OF_REQUESTS)
    collect([each["output"] for each in bindings.values() if "output" in each], KEPT)
    return {
        "source": "{} (API version {}) in botocore {}".format(
            model["metadata"]["serviceId"], model["metadata"]["apiVersion"], botocore.__version__
        ),
        "operations": operations,
        **({"bindings": bindings} if bindings else {}),
        **({"times": times} if times else {}),
        "shapes": {shape: shapes[shape] for shape in sorted(shapes)},
    }


def rest_operations() -> Dict[str, Any]:
    """The operations of SageMaker's other services, such as SageMaker Runtime, which use REST and are also
    signed as `sagemaker`.
    """
    names = [name for name in LOADER.list_available_services("service-2") if name.startswith("sagemaker")]
    models = [LOADER.load_service_model(name, "service-2") for name in names]
    return {
        "source": "botocore {}".format(botocore.__version__),
        "services": {
            model["metadata"]["serviceId"]: [
                {
                    "name": operation["name"],
                    "method": operation["http"]["method"],
                    "path": operation["http"]["requestUri"].split("?")[0],
                }
                for operation in model["operations"].values()
            ]
            for model in models
            if model["metadata"].get("signingName") == "sagemaker" and model["metadata"]["protocol"] == "rest-json"
        },
    }


def notice() -> str:
    """The notice for the models, without the paragraphs about other projects' code that botocore contains."""
    [file] = [file for file in distribution("botocore").files or [] if file.name == "NOTICE"]
    return "\n".join(
        [
            "The service models of local mode are excerpts from those of botocore {}".format(botocore.__version__),
            "(Apache-2.0), in a compact form.",
            "",
            file.read_text(encoding="utf-8").split("----")[0].strip(),
            "",
        ]
    )


def lines(model: Dict[str, Any]) -> Iterator[str]:
    """JSON with one line per operation and shape: compact, and readable in a diff."""
    yield "{"
    yield '"source": {},'.format(json.dumps(model["source"]))
    yield '"operations": {},'.format(json.dumps(model["operations"]))
    if "bindings" in model:
        yield '"bindings": {'
        yield members(model["bindings"])
        yield "},"
    if "times" in model:
        yield '"times": {},'.format(json.dumps(model["times"]))
    yield '"shapes": {'
    yield members(model["shapes"])
    yield "}"
    yield "}"


def members(values: Dict[str, Any]) -> str:
    return ",\n".join("{}: {}".format(json.dumps(name), json.dumps(value)) for name, value in values.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="fail if a file is not up to date, without writing")
    is_check = parser.parse_args().check
    texts = {"{}-model.json".format(service): "\n".join(lines(service_model(service))) + "\n" for service in OPERATIONS}
    texts["NOTICE"] = notice()
    texts["sagemaker-rest-model.json"] = json.dumps(rest_operations(), indent=1) + "\n"
    outdated = []
    for name, text in texts.items():
        file = FOLDER / name
        if is_check and (not file.exists() or file.read_text(encoding="utf-8") != text):
            outdated.append(name)
        elif not is_check:
            file.write_text(text, encoding="utf-8")
    if outdated:
        sys.exit("Not what botocore {} has: {}".format(botocore.__version__, ", ".join(outdated)))


if __name__ == "__main__":
    main()
