"""The framework interface of `sagemaker_containers`."""

from sagemaker_containers import _content_types as content_types
from sagemaker_containers import _encoders as encoders
from sagemaker_containers import _errors as errors
from sagemaker_containers import _worker as worker
from sagemaker_containers import entry_point, training_env
from sagemaker_containers._serving import ServingModule

__all__ = ["content_types", "encoders", "entry_point", "errors", "training_env", "worker"]

env = ServingModule("env")
modules = ServingModule("modules")
server = ServingModule("server")
transformer = ServingModule("transformer")
