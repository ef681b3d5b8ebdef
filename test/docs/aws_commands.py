"""Makes the requests of AWS CLI commands with botocore, as the AWS CLI does, configured by the environment.

Reads a JSON list of commands from standard input. A command is a list of words, without `aws`. Writes a list of
responses: {"answer": ...} or {"error": ...}. With `--check`, checks operations and options without sending requests.
"""
import json
import sys

import botocore.session
from botocore import xform_name
from botocore.validate import validate_parameters


def value(words, shape):
    """The value of an option: a list of words, JSON, or the shorthand Name=...,Value=..."""
    if shape.type_name == "list":
        return [value([word], shape.member) for word in words]
    [word] = words
    if shape.type_name == "structure":
        return json.loads(word) if word.startswith("{") else pairs(word, shape)
    if shape.type_name in ("integer", "long"):
        return int(word)
    return word


def pairs(word, shape):
    """Parses a structure in the shorthand syntax of the AWS CLI."""
    given = dict(pair.split("=", 1) for pair in word.split(","))
    return {name: value([text], shape.members[name]) for name, text in given.items()}


def request(client, operation, words):
    """The client's method and its parameters. Raises an exception if the operation or an option is unknown."""
    methods = {xform_name(name, "-"): name for name in client.meta.service_model.operation_names}
    shape = client.meta.service_model.operation_model(methods[operation]).input_shape
    options = {"--" + xform_name(name, "-"): name for name in (shape.members if shape else {})}
    given = {}
    for word in words:
        if word.startswith("--"):
            last = options[word]
            given[last] = []
        else:
            given[last].append(word)
    parameters = {name: value(texts, shape.members[name]) for name, texts in given.items()}
    if shape:
        validate_parameters(parameters, shape)
    return xform_name(methods[operation]), parameters


def without_region(words):
    """The words of a command without `--region`, which is an option of the AWS CLI and not of the operation."""
    at = words.index("--region") if "--region" in words else len(words)
    return words[:at] + words[at + 2 :]


def answer(session, words, is_check):
    """The response to a command, or the error."""
    try:
        client = session.create_client(words[0], region_name="us-east-1")
        method, parameters = request(client, words[1], without_region(words[2:]))
        return {"answer": {} if is_check else getattr(client, method)(**parameters)}
    except Exception as error:  # noqa: BLE001, the test reports every error
        return {"error": "{}: {}".format(type(error).__name__, error)}


if __name__ == "__main__":
    SESSION = botocore.session.get_session()
    CHECK = "--check" in sys.argv
    json.dump([answer(SESSION, words, CHECK) for words in json.load(sys.stdin)], sys.stdout, default=str)
