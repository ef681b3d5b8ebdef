"""A model server for scripts. It calls a script's functions as SageMaker's containers do.

Sources: aws/sagemaker-inference-toolkit (transformer.py, encoder.py, decoder.py),
aws/sagemaker-pytorch-inference-toolkit (default_pytorch_inference_handler.py), aws/sagemaker-xgboost-container
(handler_service.py) and aws/sagemaker-scikit-learn-container (serving.py, which uses sagemaker_containers)
"""

import importlib
import importlib.util
import inspect
import json
import os
import traceback
from types import ModuleType, SimpleNamespace
from typing import Any, Callable, Dict, Mapping, Optional

from batch_transform import Answer
from errors import InvocationError

_JSON, _CSV = "application/json", "text/csv"
_BAD_FORMAT, _NOT_ACCEPTABLE, _SERVER_ERROR = 415, 406, 500

Functions = Dict[str, Callable[..., Any]]


class Server:
    """Handles the requests of a transform job with the functions of a script, or the framework's defaults."""

    def __init__(self, job: Mapping[str, Any]) -> None:
        """`job` contains the framework, the name of the script's module, and the folder of the model."""
        folder = job["modelFolder"]
        self._framework = _FRAMEWORKS[job["framework"]]()
        self._context = SimpleNamespace(system_properties={"model_dir": folder, "gpu_id": None})
        try:
            self._functions = self._find_functions(self._framework.find_module(job["module"]))
            self._call("pre_model_fn", folder)
            self._model = self._call("model_fn", folder)
            self._call("model_warmup_fn", folder, self._model)
        except Exception as error:
            raise InvocationError(_SERVER_ERROR, _last_line(error)) from None

    def __call__(self, body: bytes, content_type: Optional[str], accept: Optional[str]) -> Answer:
        kind = content_type or self._framework.default_content_type
        wanted = accept if accept not in (None, "", "*/*") else os.environ.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", _JSON)
        try:
            data = body.decode("utf-8") if kind in (_JSON, _CSV) else body
            return _answer(self._transform(data, kind, wanted), str(wanted))
        except InvocationError:
            raise
        except Exception as error:
            raise InvocationError(self._framework.status(error), _last_line(error)) from None

    def _find_functions(self, module: Optional[ModuleType]) -> Functions:
        names = ("pre_model_fn", "model_fn", "model_warmup_fn", "input_fn", "predict_fn", "output_fn", "transform_fn")
        own = {name: getattr(module, name) for name in names if callable(getattr(module, name, None))}
        if "transform_fn" in own and {"input_fn", "predict_fn", "output_fn"} & own.keys():
            raise ValueError(
                "Cannot use transform_fn implementation in conjunction with input_fn, predict_fn, and/or output_fn implementation"
            )
        defaults = ((name, getattr(self._framework, name, None)) for name in names)
        return {**{name: default for name, default in defaults if default}, **own}

    def _transform(self, data: Any, kind: Optional[str], accept: Any) -> Any:
        if "transform_fn" in self._functions:
            return self._call("transform_fn", self._model, data, kind, accept)
        rows = self._call_or("input_fn", _BAD_FORMAT, data, kind)
        prediction = self._call("predict_fn", rows, self._model)
        return self._call_or("output_fn", _NOT_ACCEPTABLE, prediction, accept)

    def _call_or(self, name: str, status: int, *arguments: Any) -> Any:
        """Calls a function of the script. `status` is the HTTP status with which some frameworks respond if the
        function does not support the format."""
        try:
            return self._call(name, *arguments)
        except Exception as error:
            if self._framework.has_format_status and type(error).__name__ == "UnsupportedFormatError":
                raise InvocationError(status, str(error)) from None
            raise

    def _call(self, name: str, *arguments: Any) -> Any:
        """Calls a function of the script, if the script defines it. Passes the context to a function that has a
        parameter for it."""
        function = self._functions.get(name)
        if function is None:
            return None
        parameters = len(inspect.signature(function).parameters)
        return function(*arguments, *([self._context] if parameters == len(arguments) + 1 else []))


class _Framework:
    """The default functions of the containers that use the inference toolkit."""

    default_content_type: Optional[str] = None
    has_format_status = False

    def find_module(self, name: str) -> Optional[ModuleType]:
        return importlib.import_module(name)

    def status(self, error: Exception) -> int:
        """The HTTP status of the response if the script raises this error."""
        return int(getattr(error, "status_code", _SERVER_ERROR))

    def model_fn(self, _: str) -> Any:
        raise NotImplementedError(
            "Please provide a model_fn implementation. See documentation for model_fn at "
            "https://github.com/aws/sagemaker-python-sdk"
        )


class _ScikitLearn(_Framework):
    default_content_type = _JSON
    has_format_status = True

    def input_fn(self, data: Any, content_type: str) -> Any:
        import numpy
        from sagemaker_containers import _encoders

        array = _encoders.decode(data, content_type)
        return array.astype(numpy.float32) if content_type in (_JSON, _CSV) else array

    def predict_fn(self, data: Any, model: Any) -> Any:
        return model.predict(data)

    def output_fn(self, prediction: Any, accept: str) -> Any:
        from sagemaker_containers import _encoders

        return _encoders.encode(prediction, accept)


class _XGBoost(_Framework):
    def input_fn(self, data: Any, content_type: str) -> Any:
        from sagemaker_xgboost_container import encoder

        return encoder.decode(data, content_type)

    def predict_fn(self, data: Any, model: Any) -> Any:
        return model.predict(data, validate_features=False)

    def output_fn(self, prediction: Any, accept: str) -> Any:
        from sagemaker_containers import _encoders

        return _encoders.encode(prediction, accept)


class _PyTorch(_Framework):
    def find_module(self, name: str) -> Optional[ModuleType]:
        """The script is optional: the default functions serve TorchScript models."""
        return importlib.import_module(name) if importlib.util.find_spec(name) else None

    def model_fn(self, folder: str) -> Any:
        import torch

        path = os.path.join(folder, "model.pt")
        if not os.path.exists(path):
            files = [name for name in sorted(os.listdir(folder)) if name.endswith((".pt", ".pth"))]
            if len(files) != 1:
                raise ValueError(f"Exactly one .pth or .pt file is required for PyTorch models: {files}")
            path = os.path.join(folder, files[0])
        try:
            return torch.jit.load(path, map_location=self._device()).to(self._device())
        except RuntimeError as error:
            raise RuntimeError(f"Failed to load {path}. Please ensure model is saved using torchscript.") from error

    def input_fn(self, data: Any, content_type: str) -> Any:
        import torch
        from sagemaker_inference import decoder

        array = decoder.decode(data, content_type)
        tensor = torch.FloatTensor(array) if content_type in (_JSON, _CSV) else torch.from_numpy(array)
        return tensor.to(self._device())

    def predict_fn(self, data: Any, model: Any) -> Any:
        import torch

        with torch.no_grad():
            model = model.to(self._device())
            model.eval()
            return model(data.to(self._device()))

    def output_fn(self, prediction: Any, accept: str) -> Any:
        from sagemaker_inference import encoder, errors

        values = prediction.detach().cpu().numpy().tolist() if hasattr(prediction, "detach") else prediction
        for content_type in accept.replace(" ", "").split(","):
            if content_type in encoder.SUPPORTED_CONTENT_TYPES:
                return encoder.encode(values, content_type)
        raise errors.UnsupportedFormatError(accept)

    def _device(self) -> Any:
        import torch

        return torch.device("cuda" if torch.cuda.is_available() else "cpu")


_FRAMEWORKS: Mapping[str, Callable[[], _Framework]] = {
    "scikit-learn": _ScikitLearn, "xgboost": _XGBoost, "pytorch": _PyTorch,
}


def _answer(result: Any, accept: str) -> Answer:
    """Converts the value that a script returned: a body, a body with its content type, or a `worker.Response`."""
    body, kind = result if isinstance(result, tuple) else (result, accept)
    if hasattr(body, "response") and hasattr(body, "mimetype"):
        if int(body.status) >= 400:
            raise InvocationError(int(body.status), str(body.response))
        body, kind = body.response, body.mimetype
    if isinstance(body, str):
        return Answer(body.encode("utf-8"), kind)
    if isinstance(body, (bytes, bytearray)):
        return Answer(bytes(body), kind)
    return Answer(json.dumps(body, default=lambda value: value.tolist()).encode("utf-8"), kind)


def _last_line(error: Exception) -> str:
    """Prints the traceback to the log. Returns the type and the message of the error."""
    traceback.print_exc()
    return f"{type(error).__name__}: {getattr(error, 'message', error)}"
