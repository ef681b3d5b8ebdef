"""Modules that start the server of a container. They can be imported, but not used."""


class ServingModule:
    """Replaces a module of `sagemaker_containers` that local mode's own server replaces."""

    def __init__(self, name):
        self._name = name

    def __getattr__(self, attribute):
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        raise NotImplementedError(
            f"sagemaker_containers.beta.framework.{self._name}.{attribute} belongs to the container's server, which local "
            "mode replaces: use only encoders and worker.Response, in input_fn, output_fn and transform_fn"
        )
