"""Resolves the host names of a training job (algo-1, ...) on this machine.

Python imports this module from PYTHONPATH when it starts. SAGEMAKER_LOCAL_HOSTS contains a JSON object
with names and addresses. Only Python's socket module can resolve the names. A library that resolves names in
another way needs an address, such as socket.gethostbyname("algo-1").
"""

import os
import sys


def _resolve_hosts():
    import functools
    import json
    import socket

    hosts = json.loads(os.environ["SAGEMAKER_LOCAL_HOSTS"])

    def known(host):
        name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
        return hosts.get(name, host) if isinstance(name, str) else host

    def resolving(function):
        @functools.wraps(function)
        def with_known_host(host, *args, **kwargs):
            return function(known(host), *args, **kwargs)

        return with_known_host

    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
        setattr(socket, name, resolving(getattr(socket, name)))

    def connecting(method):
        @functools.wraps(method)
        def with_known_host(self, address, *args):
            if isinstance(address, tuple) and address:
                address = (known(address[0]),) + address[1:]
            return method(self, address, *args)

        return with_known_host

    for name in ("bind", "connect", "connect_ex"):
        setattr(socket.socket, name, connecting(getattr(socket.socket, name)))


def _import_other_sitecustomize():
    """Runs the sitecustomize module that this module shadows, if there is one."""
    import importlib.machinery
    import importlib.util

    here = os.path.dirname(os.path.abspath(__file__))
    path = [folder for folder in sys.path if os.path.abspath(folder) != here]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", path)
    if spec is not None and spec.loader is not None:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


if "SAGEMAKER_LOCAL_HOSTS" in os.environ:
    _resolve_hosts()
_import_other_sitecustomize()
