"""Waits for the other hosts of a training job."""

import json
import os
import socket
import time

ATTEMPTS = 60


def _wait_hostname_resolution():
    """Waits until the names of all the job's hosts resolve."""
    for host in json.loads(os.environ["SM_HOSTS"]):
        _dns_lookup(host)


def _dns_lookup(host):
    for attempt in range(ATTEMPTS):
        try:
            return socket.gethostbyname(host)
        except socket.gaierror:
            if attempt == ATTEMPTS - 1:
                raise
            time.sleep(1)
