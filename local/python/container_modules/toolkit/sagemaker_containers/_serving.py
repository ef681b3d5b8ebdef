"""Modules for serving. They can be imported, but not used."""


class ServingModule:
    """Replaces a module of `sagemaker_containers` that serves models."""

    def __init__(self, name):
        self._name = name

    def __getattr__(self, attribute):
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        raise NotImplementedError(
            f"sagemaker_containers.beta.framework.{self._name}.{attribute} serves models, which local mode does not support: "
            "use it only in model_fn, input_fn, predict_fn and output_fn, which training does not call"
        )
