"""The response that a script's output_fn or transform_fn can return."""


class Response:
    """A body, its content type and a status."""

    def __init__(
        self, response=None, accept=None, status=200, headers=None, mimetype=None, direct_passthrough=False
    ):
        self.response = response
        self.status = status
        self.mimetype = mimetype or accept or "application/json"
