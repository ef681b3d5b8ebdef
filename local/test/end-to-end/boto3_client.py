"""Typical uses of boto3, configured only by the environment: endpoint, region and access keys.

Argument: a folder with train/ and validation/. Raises an AssertionError if a result differs from AWS.
"""

import io
import sys
import tarfile
import time
import urllib.error
import urllib.request
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Callable, List

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

BUCKET = "clients-data"
DATA = Path(sys.argv[1])
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0"
SORT_KEYS: dict = {
    "Name": lambda job: job["TrainingJobName"],
    "CreationTime": lambda job: job["CreationTime"],
    "Status": lambda job: job["TrainingJobStatus"],
    "FinalObjectiveMetricValue": lambda job: job["FinalHyperParameterTuningJobObjectiveMetric"]["Value"],
}

# The log group of training jobs, and the namespace of their metrics.
LOG_GROUP = "/aws/sagemaker/TrainingJobs"
CONTENT_TYPES = {
    "smithy-rpc-v2-cbor": "application/cbor",
    "json": "application/x-amz-json-1.0",
    "query": "text/xml",
}

s3 = boto3.client("s3")
sfn = boto3.client("stepfunctions")
sagemaker = boto3.client("sagemaker")


def until(call: Callable[[], Any], passes: Callable[[Any], bool]) -> Any:
    """Repeats a call until its response passes the check."""
    while True:
        answer = call()
        if passes(answer):
            return answer
        time.sleep(0.1)


def code_of(call: Callable[[], Any]) -> str:
    """The error code of a call that must fail."""
    try:
        call()
    except ClientError as error:
        return error.response["Error"]["Code"]
    raise AssertionError("expected an error")


def identity() -> str:
    caller = boto3.client("sts").get_caller_identity()
    assert caller["Arn"].endswith(":user/local"), caller
    assert caller["ResponseMetadata"]["RequestId"]
    return caller["Account"]


def objects() -> None:
    """Uploads, downloads, copies, lists, presigns and deletes objects. Some objects have several parts."""
    assert BUCKET in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    big, copy = DATA / "big.bin", DATA / "copy.bin"
    big.write_bytes(bytes(range(256)) * (80 << 10))  # 20 MiB: three parts
    s3.upload_file(str(big), BUCKET, "boto3/big.bin", ExtraArgs={"Metadata": {"owner": "me"}})
    head = s3.head_object(Bucket=BUCKET, Key="boto3/big.bin")
    assert head["ETag"].endswith('-3"') and head["Metadata"] == {"owner": "me"}, head
    s3.download_file(BUCKET, "boto3/big.bin", str(copy))
    assert copy.read_bytes() == big.read_bytes()
    s3.copy({"Bucket": BUCKET, "Key": "boto3/big.bin"}, BUCKET, "boto3/copied")
    assert s3.get_object(Bucket=BUCKET, Key="boto3/copied", Range="bytes=256-258")["Body"].read() == b"\x00\x01\x02"

    odd = "boto3/odd/ a+b & ü%20.txt"
    for key, body in [(odd, b"odd"), ("boto3/odd/empty", b""), ("boto3/odd/x", b"x")]:
        s3.put_object(Bucket=BUCKET, Key=key, Body=body)
        assert s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() == body
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=BUCKET, Prefix="boto3/odd/", PaginationConfig={"PageSize": 1}
    )
    assert [item["Key"] for page in pages for item in page["Contents"]] == [odd, "boto3/odd/empty", "boto3/odd/x"]
    assert [item.key for item in boto3.resource("s3").Bucket(BUCKET).objects.filter(Prefix="boto3/odd/e")] == [
        "boto3/odd/empty"
    ]
    # In us-east-1, boto3 signs URLs with signature version 2 by default.
    for client in (s3, boto3.client("s3", config=Config(signature_version="s3v4"))):
        url = client.generate_presigned_url("put_object", Params={"Bucket": BUCKET, "Key": odd})
        urllib.request.urlopen(urllib.request.Request(url, data=b"presigned", method="PUT", headers={"Content-Type": ""}))
        url = client.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": odd})
        assert urllib.request.urlopen(url).read() == b"presigned"
        try:
            urllib.request.urlopen(url.replace("odd", "oth"))
            raise AssertionError('the presigned URL also works for another key')
        except urllib.error.HTTPError as error:
            assert error.code == 403, error.code
    deleted = s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": odd}, {"Key": "boto3/odd/x"}]})
    assert len(deleted["Deleted"]) == 2, deleted
    assert code_of(lambda: s3.get_object(Bucket=BUCKET, Key=odd)) == "NoSuchKey"
    assert code_of(lambda: s3.head_object(Bucket=BUCKET, Key=odd)) == "404"
    assert code_of(lambda: s3.list_object_versions(Bucket=BUCKET)) == "NotImplemented"


def executions() -> None:
    """Redrives an execution that failed because of missing data, and stops another execution."""
    machines = {
        machine["name"]: machine["stateMachineArn"]
        for page in sfn.get_paginator("list_state_machines").paginate(PaginationConfig={"PageSize": 1})
        for machine in page["stateMachines"]
    }
    assert sorted(machines) == ["predict", "train", "wait"], machines
    arn = sfn.start_execution(
        stateMachineArn=machines["train"],
        name="boto3",
        input='{"data": "s3://%s/boto3/train/"}' % BUCKET,
    )["executionArn"]
    ended = lambda: until(lambda: sfn.describe_execution(executionArn=arn), lambda it: it["status"] != "RUNNING")
    failed = ended()
    assert failed["status"] == "FAILED" and "No S3 objects found" in failed["cause"], failed
    assert failed["redriveStatus"] == "REDRIVABLE", failed
    s3.upload_file(str(DATA / "train/train.csv"), BUCKET, "boto3/train/train.csv")
    sfn.redrive_execution(executionArn=arn)
    done = ended()
    assert done["status"] == "SUCCEEDED" and done["redriveCount"] == 1, done
    pages = sfn.get_paginator("get_execution_history").paginate(
        executionArn=arn, PaginationConfig={"PageSize": 3}
    )
    events = [event for page in pages for event in page["events"]]
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    types = [event["type"] for event in events]
    assert types[0] == "ExecutionStarted" and types[-1] == "ExecutionSucceeded", types
    assert {"ExecutionFailed", "ExecutionRedriven", "TaskSubmitted", "TaskSucceeded"} <= set(types), types

    archive = s3.get_object(Bucket=BUCKET, Key=done["output"].strip('"').split("/", 3)[3])["Body"].read()
    assert tarfile.open(fileobj=io.BytesIO(archive)).getnames() == ["xgboost-model"]

    waiting = sfn.start_execution(stateMachineArn=machines["wait"], name="boto3")["executionArn"]
    assert code_of(
        lambda: sfn.start_execution(stateMachineArn=machines["wait"], name="boto3", input="1")
    ) == "ExecutionAlreadyExists"
    sfn.stop_execution(executionArn=waiting, error="Enough", cause="for today")
    stopped = sfn.describe_execution(executionArn=waiting)
    assert (stopped["status"], stopped["error"]) == ("ABORTED", "Enough"), stopped
    aborted = sfn.list_executions(stateMachineArn=machines["wait"], statusFilter="ABORTED")["executions"]
    assert waiting in [execution["executionArn"] for execution in aborted]
    assert code_of(lambda: sfn.describe_execution(executionArn=waiting + "x")) == "ExecutionDoesNotExist"
    assert code_of(lambda: sfn.delete_state_machine(stateMachineArn=machines["wait"])) == "UnknownOperationException"


def tuning_request(name: str, account: str, jobs: int, rounds: str) -> dict:
    def channel(of: str) -> dict:
        source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/boto3/data/{of}/"}
        return {"ChannelName": of, "ContentType": "text/csv", "DataSource": {"S3DataSource": source}}

    return {
        "HyperParameterTuningJobName": name,
        "HyperParameterTuningJobConfig": {
            "Strategy": "Random",
            "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "validation:rmse"},
            "ResourceLimits": {"MaxNumberOfTrainingJobs": jobs, "MaxParallelTrainingJobs": 2},
            "ParameterRanges": {
                "ContinuousParameterRanges": [{"Name": "eta", "MinValue": "0.1", "MaxValue": "0.9"}]
            },
        },
        "TrainingJobDefinition": {
            "AlgorithmSpecification": {
                "TrainingImage": IMAGE,
                "TrainingInputMode": "File",
            },
            "RoleArn": f"arn:aws:iam::{account}:role/training",
            "StaticHyperParameters": {"objective": "reg:squarederror", "num_round": rounds},
            "InputDataConfig": [channel("train"), channel("validation")],
            "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/boto3/output/"},
            "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
            "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        },
        "Tags": [{"Key": "team", "Value": "ml"}],
    }


def cloudwatch_in(protocol: str) -> Any:
    """A CloudWatch client for one of the protocols in its service model."""
    session = botocore.session.get_session()
    loader = session.get_component("data_loader")
    load = loader.load_service_model

    def load_one(name: str, *args: Any, **more: Any) -> dict:
        model = load(name, *args, **more)
        spoken = {"protocol": protocol, "protocols": [protocol]} if name == "cloudwatch" else {}
        return {**model, "metadata": {**model["metadata"], **spoken}} if "metadata" in model else model

    loader.load_service_model = load_one
    return session.create_client("cloudwatch")


def metrics(job: str, protocol: str) -> None:
    """Reads the metrics of a training job with ten rounds."""
    cloudwatch, now = cloudwatch_in(protocol), datetime.now(timezone.utc)
    metric = {
        "Namespace": LOG_GROUP,
        "MetricName": "validation:rmse",
        "Dimensions": [{"Name": "TrainingJobName", "Value": job}],
    }
    between = {"StartTime": now - timedelta(minutes=10), "EndTime": now + timedelta(minutes=1)}
    answer = cloudwatch.get_metric_statistics(Period=3600, Statistics=["SampleCount", "Minimum"], **metric, **between)
    content_type = answer["ResponseMetadata"]["HTTPHeaders"]["content-type"]
    assert content_type == CONTENT_TYPES[protocol], content_type
    points = answer["Datapoints"]
    assert sum(point["SampleCount"] for point in points) == 10, points
    assert all(abs(point["Timestamp"] - now) < timedelta(hours=2) for point in points), points
    [point, *_] = cloudwatch.get_metric_statistics(Period=3600, ExtendedStatistics=["p50"], **metric, **between)["Datapoints"]
    assert point["ExtendedStatistics"]["p50"] > 0, point
    query = {"Id": "rmse", "MetricStat": {"Metric": metric, "Period": 1, "Stat": "Average"}}
    pages = cloudwatch.get_paginator("get_metric_data").paginate(
        MetricDataQueries=[query, {**query, "Id": "again"}], MaxDatapoints=1, **between
    )
    found = [(result["Id"], value) for page in pages for result in page["MetricDataResults"] for value in result["Values"]]
    values = [[value for of, value in found if of == wanted] for wanted in ("rmse", "again")]
    assert values[0] and values[0] == values[1], found
    listed = cloudwatch.get_paginator("list_metrics").paginate(Namespace=LOG_GROUP, Dimensions=metric["Dimensions"])
    assert metric in [each for page in listed for each in page["Metrics"]]
    wrong = lambda: cloudwatch.get_metric_statistics(Period=7, Statistics=["Sum"], **metric, **between)
    assert code_of(wrong) == "InvalidParameterValue"
    assert code_of(lambda: cloudwatch.describe_alarms()) == "UnknownOperationException"


def log_search(job: str) -> None:
    """Reads the log of a training job with ten rounds."""
    logs = boto3.client("logs")
    # Another client may have run transform jobs in the meantime.
    assert LOG_GROUP in [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]]
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=LOG_GROUP, logStreamNamePrefix=job, filterPattern='"validation-rmse"', PaginationConfig={"PageSize": 3}
    )
    rounds = [event["message"].split("#")[0] for page in pages for event in page["events"]]
    assert rounds == [f"[{number}]" for number in range(10)], rounds


def beside(account: str) -> None:
    """Describes roles, state machines and buckets, and makes unsupported requests."""
    pages = boto3.client("iam").get_paginator("simulate_principal_policy").paginate(
        PolicySourceArn=f"arn:aws:iam::{account}:role/training",
        ActionNames=["s3:PutObject", "sagemaker:CreateEndpoint"],
        ResourceArns=[f"arn:aws:s3:::{BUCKET}/*"],
        PaginationConfig={"PageSize": 1},
    )
    results = [result for page in pages for result in page["EvaluationResults"]]
    assert [result["EvalActionName"] for result in results] == ["s3:PutObject", "sagemaker:CreateEndpoint"], results
    machine = sfn.list_state_machines()["stateMachines"][0]["stateMachineArn"]
    sfn.tag_resource(resourceArn=machine, tags=[{"key": "stage", "value": "test"}])
    assert {"key": "stage", "value": "test"} in sfn.list_tags_for_resource(resourceArn=machine)["tags"]
    sfn.untag_resource(resourceArn=machine, tagKeys=["stage"])
    assert "Status" not in s3.get_bucket_versioning(Bucket=BUCKET)
    assert boto3.client("service-quotas").list_service_quotas(ServiceCode="sagemaker")["Quotas"] == []
    runtime = boto3.client("sagemaker-runtime")
    try:
        runtime.invoke_endpoint(EndpointName="mine", Body=b"1,2")
        raise AssertionError("there are no endpoints")
    except ClientError as error:
        assert "SageMaker Runtime (InvokeEndpoint)" in error.response["Error"]["Message"], error


def training_jobs(name: str, **more: Any) -> List[dict]:
    """The training jobs of a tuning job, from all pages."""
    pages = sagemaker.get_paginator("list_training_jobs_for_hyper_parameter_tuning_job").paginate(
        HyperParameterTuningJobName=name, PaginationConfig={"PageSize": 3}, **more
    )
    return [job for page in pages for job in page["TrainingJobSummaries"]]


def tuning(account: str) -> None:
    """Watches a tuning job, lists its training jobs in every order, and tags the tuning job. Stops another one."""
    for of in ("train", "validation"):
        s3.upload_file(str(DATA / of / f"{of}.csv"), BUCKET, f"boto3/data/{of}/{of}.csv")
    name = "boto3-search"
    arn = sagemaker.create_hyper_parameter_tuning_job(**tuning_request(name, account, 8, "10"))[
        "HyperParameterTuningJobArn"
    ]
    describe = lambda: sagemaker.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)
    assert describe()["HyperParameterTuningJobStatus"] == "InProgress"
    assert code_of(
        lambda: sagemaker.create_hyper_parameter_tuning_job(**tuning_request(name, account, 8, "10"))
    ) == "ResourceInUse"
    done = until(describe, lambda it: it["HyperParameterTuningJobStatus"] != "InProgress")
    assert done["TrainingJobStatusCounters"]["Completed"] == 8, done

    by_name = training_jobs(name)
    assert len(by_name) == 8
    for sort_by, key in SORT_KEYS.items():
        for order in ("Ascending", "Descending"):
            jobs = training_jobs(name, SortBy=sort_by, SortOrder=order)
            keys = [key(job) for job in jobs]
            assert keys == sorted(keys, reverse=order == "Descending"), (sort_by, order, keys)
            assert {job["TrainingJobName"] for job in jobs} == {job["TrainingJobName"] for job in by_name}
    assert training_jobs(name, StatusEquals="Failed") == []
    best = training_jobs(name, SortBy="FinalObjectiveMetricValue", SortOrder="Ascending")[0]
    assert done["BestTrainingJob"]["TrainingJobName"] == best["TrainingJobName"]
    job = sagemaker.describe_training_job(TrainingJobName=best["TrainingJobName"])
    _, _, bucket, key = job["ModelArtifacts"]["S3ModelArtifacts"].split("/", 3)
    assert s3.head_object(Bucket=bucket, Key=key)["ContentLength"] > 0
    for protocol in CONTENT_TYPES:
        metrics(best["TrainingJobName"], protocol)
    log_search(best["TrainingJobName"])
    sagemaker.get_waiter("training_job_completed_or_stopped").wait(TrainingJobName=best["TrainingJobName"])
    listed = sagemaker.list_hyper_parameter_tuning_jobs(NameContains="BOTO3-", SortBy="CreationTime")
    assert [each["HyperParameterTuningJobName"] for each in listed["HyperParameterTuningJobSummaries"]] == [name]

    tags = lambda: {tag["Key"]: tag["Value"] for tag in sagemaker.list_tags(ResourceArn=arn)["Tags"]}
    sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "stage", "Value": "test"}])
    assert tags() == {"team": "ml", "stage": "test"}
    sagemaker.delete_tags(ResourceArn=arn, TagKeys=["team"])
    assert tags() == {"stage": "test"}

    long = "boto3-stopped"
    sagemaker.create_hyper_parameter_tuning_job(**tuning_request(long, account, 500, "3000"))
    until(lambda: training_jobs(long, StatusEquals="InProgress"), lambda jobs: len(jobs) > 0)
    sagemaker.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName=long)
    describe_long = lambda: sagemaker.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=long)
    stopped = until(
        describe_long, lambda it: it["HyperParameterTuningJobStatus"] not in ("InProgress", "Stopping")
    )
    assert stopped["HyperParameterTuningJobStatus"] == "Stopped", stopped
    assert training_jobs(long, StatusEquals="InProgress") == []
    assert code_of(
        lambda: sagemaker.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName=long)
    ) == "ValidationException"
    assert code_of(lambda: sagemaker.list_endpoints()) == "UnknownOperationException"
    predictions(account, job["ModelArtifacts"]["S3ModelArtifacts"])


def predictions(account: str, artifacts: str) -> None:
    """Creates a model from the best training job and predicts the validation data with it."""
    container = {"Image": IMAGE, "ModelDataUrl": artifacts}
    role = f"arn:aws:iam::{account}:role/training"
    tags = [{"Key": "team", "Value": "ml"}]
    arn = sagemaker.create_model(
        ModelName="boto3-model", PrimaryContainer=container, ExecutionRoleArn=role, Tags=tags
    )["ModelArn"]
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == tags
    model = sagemaker.describe_model(ModelName="boto3-model")
    assert model["PrimaryContainer"]["ModelDataUrl"] == artifacts and model["CreationTime"].tzinfo, model
    pages = sagemaker.get_paginator("list_models").paginate(NameContains="boto3")
    assert [model["ModelName"] for page in pages for model in page["Models"]] == ["boto3-model"]
    source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/boto3/data/validation/"}
    sagemaker.create_transform_job(
        TransformJobName="boto3-transform",
        ModelName="boto3-model",
        TransformInput={
            "DataSource": {"S3DataSource": source}, "ContentType": "text/csv", "SplitType": "Line",
        },
        TransformOutput={"S3OutputPath": f"s3://{BUCKET}/boto3/predictions", "AssembleWith": "Line"},
        TransformResources={"InstanceType": "ml.m5.large", "InstanceCount": 1},
        DataProcessing={"InputFilter": "$[1:]", "JoinSource": "Input", "OutputFilter": "$[0,-1]"},
    )
    sagemaker.get_waiter("transform_job_completed_or_stopped").wait(
        TransformJobName="boto3-transform", WaiterConfig={"Delay": 1}
    )
    job = sagemaker.describe_transform_job(TransformJobName="boto3-transform")
    assert job["TransformJobStatus"] == "Completed" and job["TransformEndTime"] >= job["TransformStartTime"], job
    (done,) = sagemaker.list_transform_jobs(StatusEquals="Completed", NameContains="boto3")["TransformJobSummaries"]
    assert done["TransformJobArn"] == job["TransformJobArn"], done
    output = s3.get_object(Bucket=BUCKET, Key="boto3/predictions/validation.csv.out")["Body"].read().decode()
    rows = [[float(cell) for cell in line.split(",")] for line in output.splitlines()]
    labels = [line.split(",")[0] for line in (DATA / "validation/validation.csv").read_text().splitlines()]
    assert [row[0] for row in rows] == [float(label) for label in labels]
    assert sum((label - predicted) ** 2 for label, predicted in rows) / len(rows) < 0.5, rows[:3]
    registry(role, container)
    sagemaker.delete_model(ModelName="boto3-model")
    assert code_of(lambda: sagemaker.describe_model(ModelName="boto3-model")) == "ValidationException"


def registry(role: str, container: dict) -> None:
    """Registers a model, approves it, and creates a model from the approved version."""
    group = "boto3-group"
    sagemaker.create_model_package_group(ModelPackageGroupName=group, ModelPackageGroupDescription="houses")
    specification = {
        "Containers": [container], "SupportedContentTypes": ["text/csv"], "SupportedResponseMIMETypes": ["text/csv"],
    }
    version = lambda: sagemaker.create_model_package(
        ModelPackageGroupName=group, InferenceSpecification=specification, ModelApprovalStatus="PendingManualApproval"
    )["ModelPackageArn"]
    first, second = version(), version()
    assert (first.rsplit("/", 1)[1], second.rsplit("/", 1)[1]) == ("1", "2"), (first, second)
    use = {"ModelName": "boto3-version", "PrimaryContainer": {"ModelPackageName": first}, "ExecutionRoleArn": role}
    assert code_of(lambda: sagemaker.create_model(**use)) == "ValidationException"
    sagemaker.update_model_package(ModelPackageArn=first, ModelApprovalStatus="Approved", ApprovalDescription="good")
    sagemaker.update_model_package(ModelPackageArn=second, ModelApprovalStatus="Rejected")
    pages = sagemaker.get_paginator("list_model_packages").paginate(
        ModelPackageGroupName=group, SortBy="CreationTime", SortOrder="Descending", PaginationConfig={"PageSize": 1}
    )
    listed = [each for page in pages for each in page["ModelPackageSummaryList"]]
    assert [(each["ModelPackageVersion"], each["ModelApprovalStatus"]) for each in listed] == [
        (2, "Rejected"), (1, "Approved"),
    ], listed
    sagemaker.create_model(**use)
    assert sagemaker.describe_model(ModelName="boto3-version")["PrimaryContainer"]["ModelPackageName"] == first
    assert code_of(lambda: sagemaker.delete_model_package_group(ModelPackageGroupName=group)) == "ConflictException"
    for package in (first, second):
        sagemaker.delete_model_package(ModelPackageName=package)
    sagemaker.delete_model_package_group(ModelPackageGroupName=group)
    assert sagemaker.list_model_package_groups(NameContains=group)["ModelPackageGroupSummaryList"] == []
    assert code_of(lambda: sagemaker.describe_model_package(ModelPackageName=first)) == "ValidationException"
    sagemaker.delete_model(ModelName="boto3-version")


def function() -> None:
    client = boto3.client("lambda")
    answer = client.invoke(FunctionName="greet", Payload=b'{"name": "boto3"}', LogType="Tail")
    assert answer["Payload"].read() == b'"hello boto3"' and answer["LogResult"], answer
    failed = client.invoke(FunctionName="greet")
    assert failed["FunctionError"] == "Unhandled" and b"no name" in failed["Payload"].read(), failed
    assert code_of(lambda: client.invoke(FunctionName="other")) == "ResourceNotFoundException"


if __name__ == "__main__":
    of_account = identity()
    objects()
    function()
    executions()
    tuning(of_account)
    beside(of_account)
    print("boto3", boto3.__version__, "has done it all")
