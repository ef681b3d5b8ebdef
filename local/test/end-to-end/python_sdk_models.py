"""Predicts and registers with the SageMaker Python SDK 2: Transformer, Model.register and ModelPackage.

Argument: a folder with train/. Prints the results that the test compares.
"""

import sys
from pathlib import Path

import sagemaker
from botocore.exceptions import ClientError
from sagemaker import ModelPackage
from sagemaker.estimator import Estimator
from sagemaker.inputs import TrainingInput
from sagemaker.transformer import Transformer

DATA = Path(sys.argv[1])
ROLE = "arn:aws:iam::123456789012:role/of-another-stack"
GROUP = "python-sdk"

session = sagemaker.Session()
client = session.sagemaker_client
bucket = session.default_bucket()
rows = session.upload_data(str(DATA / "train"), bucket, "models/train")
image = sagemaker.image_uris.retrieve("xgboost", session.boto_region_name, "3.0-5")
options = {
    "content_type": "text/csv", "split_type": "Line", "input_filter": "$[1:]", "join_source": "Input",
    "output_filter": "$[0,-1]", "logs": False,
}

estimator = Estimator(
    image, ROLE, instance_count=1, instance_type="ml.m5.large", sagemaker_session=session,
    hyperparameters={"objective": "reg:squarederror", "num_round": 5},
)
estimator.fit({"train": TrainingInput(rows, content_type="text/csv")}, wait=False)
client.get_waiter("training_job_completed_or_stopped").wait(
    TrainingJobName=estimator.latest_training_job.name, WaiterConfig={"Delay": 1}
)

transformer = estimator.transformer(
    1, "ml.m5.large", assemble_with="Line", output_path=f"s3://{bucket}/models/a", max_payload=2
)
transformer.transform(rows, wait=False, **options)
wait = client.get_waiter("transform_job_completed_or_stopped").wait
wait(TransformJobName=transformer.latest_transform_job.name, WaiterConfig={"Delay": 1})
attached = Transformer.attach(transformer.latest_transform_job.name, session)
print("attached", attached.model_name == transformer.model_name, attached.output_path)

package = estimator.create_model().register(
    ["text/csv"], ["text/csv"], ["ml.m5.large"], ["ml.m5.large"], model_package_group_name=GROUP,
    approval_status="PendingManualApproval", description="from the SDK",
)
print("group", client.describe_model_package_group(ModelPackageGroupName=GROUP)["ModelPackageGroupStatus"])
arn = package.model_package_arn
try:
    client.create_model(ModelName="pending", PrimaryContainer={"ModelPackageName": arn}, ExecutionRoleArn=ROLE)
except ClientError as error:
    print("refused:", error)
model = ModelPackage(ROLE, model_package_arn=arn, sagemaker_session=session)
model.update_approval_status("Approved", "good enough")
described = client.describe_model_package(ModelPackageName=arn)
print("approved", described["ModelApprovalStatus"], described["ApprovalDescription"], described["ModelPackageVersion"])
again = model.transformer(1, "ml.m5.large", assemble_with="Line", output_path=f"s3://{bucket}/models/b")
again.transform(rows, wait=True, **options)
outputs = [
    session.read_s3_file(bucket, f"models/{run}/train.csv.out") for run in ("a", "b")
]
print("same predictions", outputs[0] == outputs[1], len(outputs[0].splitlines()))
again.delete_model()
