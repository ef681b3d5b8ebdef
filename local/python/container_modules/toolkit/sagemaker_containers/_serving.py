"""Modules that start the server of a container. They can be imported, but not used."""


class ServingModule:
    """Stands in for a server module of `sagemaker_containers`. Any use raises an error: local mode has its own server.
    """

    def __init__(self, name):
        self._name = name

    def __getattr__(self, attribute):
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        raise NotImplementedError(
            f"sagemaker_containers.beta.framework.{self._name}.{attribute} belongs to the container's server, which local "
            "mode replaces: use only encoders and worker.Response, in input_fn, output_fn and transform_fn"
        )
