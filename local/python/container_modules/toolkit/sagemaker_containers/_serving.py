"""Modules that only serving needs: they can be imported, and not be used."""


class ServingModule:
    """Stands for a module of `sagemaker_containers` that serves models."""

    def __init__(self, name):
        self._name = name

    def __getattr__(self, attribute):
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        raise NotImplementedError(
            f"sagemaker_containers.beta.framework.{self._name}.{attribute} serves models, which local mode does not: "
            "use it in model_fn, input_fn, predict_fn and output_fn only, which training does not call"
        )
