"""AutoML: the stack of examples/automl/app.ts."""

from pathlib import Path

from aws_cdk import App, RemovalPolicy, Stack
from aws_cdk.aws_s3_deployment import BucketDeployment, Source
from cdk_sagemaker_tuning import AutoMlWorkflow

app = App()
stack = Stack(app, "AutoMlExample")

# AutoML needs only a CSV file with a header, and the name of the column to predict.
data = Path(__file__).resolve().parents[2] / "automl" / "data" / "train" / "birdstrikes.csv"

workflow = AutoMlWorkflow(
    stack,
    "Model",
    target="Damage",
    max_candidates=8,
    removal_policy=RemovalPolicy.DESTROY,
)

BucketDeployment(
    stack,
    "Data",
    sources=[Source.data(data.name, data.read_text(encoding="utf-8"))],
    destination_bucket=workflow.bucket,
    destination_key_prefix="input/train/",
)

app.synth()
