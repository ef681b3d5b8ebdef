"""Trains a model on several hosts with XGBoost's collective. The first host runs the tracker."""

import logging
import socket
import sys

import xgboost as xgb
from sagemaker_containers.entry_point import _dns_lookup
from xgboost import collective
from xgboost.tracker import RabitTracker

LOCAL_HOSTNAME = "127.0.0.1"
DEFAULT_PORT = 9099
# The other hosts can start before the first host's tracker, so they retry the connection.
CONNECT_RETRIES = 10

_IS_OLD = int(xgb.__version__.split(".")[0]) < 2


def wait_hostname_resolution(sm_hosts):
    """Waits until the names of all hosts resolve."""
    for host in sm_hosts:
        _dns_lookup(host)


def rabit_run(
    exec_fun,
    args,
    include_in_training,
    hosts,
    current_host,
    first_port=None,
    second_port=None,
    update_rabit_args=False,
):
    """Connects the participating hosts and calls a function on each of them.

    :param exec_fun: function that trains in this process
    :param args: its keyword arguments
    :param include_in_training: whether this host participates, for example because it has data. If false,
    the host's process ends
    :param update_rabit_args: whether to pass `is_master` to the function
    """
    with Rabit(hosts=hosts, current_host=current_host, port=first_port) as cluster:
        records = cluster.synchronize({"host": cluster.current_host, "include_in_training": include_in_training})
        port = cluster.master_port
    with_data = [record["host"] for record in records if record["include_in_training"]]
    if not include_in_training:
        logging.warning("Host %s not being used for distributed training.", current_host)
        sys.exit(0)
    if len(with_data) == 1:
        _call(exec_fun, args, True, update_rabit_args)
        return
    with Rabit(hosts=with_data, current_host=current_host, port=second_port or port + 1) as cluster:
        _call(exec_fun, args, cluster.is_master, update_rabit_args)


def _call(exec_fun, args, is_master, update_rabit_args):
    if update_rabit_args:
        args.update({"is_master": is_master})
    exec_fun(**args)


class RabitHelper:
    """Information about the connected hosts."""

    def __init__(self, is_master, current_host, master_port):
        self.is_master = is_master
        self.rank = collective.get_rank()
        self.current_host = current_host
        self.master_port = master_port

    def synchronize(self, data):
        """Exchanges data with all hosts. Returns the data of each host, ordered by rank."""
        return [
            collective.broadcast(data if rank == self.rank else None, rank) for rank in range(collective.get_world_size())
        ]


class Rabit:
    """Connects hosts: `with Rabit(hosts, current_host) as cluster`. The alphabetically first host is the
    master.
    """

    def __init__(
        self, hosts, current_host=None, master_host=None, port=None, max_connect_attempts=CONNECT_RETRIES, connect_retry_timeout=3
    ):
        self.hosts = sorted(hosts)
        self.n_workers = len(self.hosts)
        self.current_host = current_host or LOCAL_HOSTNAME
        self.master_host = master_host or self.hosts[0]
        self.is_master_host = self.current_host == self.master_host
        self.port = port or DEFAULT_PORT
        self.max_connect_attempts = max_connect_attempts
        self._tracker = None

    def start(self):
        # XGBoost receives an address, because only Python can resolve the names of the hosts.
        address = socket.gethostbyname(self.master_host)
        if self.is_master_host:
            self._tracker = RabitTracker(n_workers=self.n_workers, host_ip=address, port=self.port)
            self._tracker.start(*([self.n_workers] if _IS_OLD else []))
        collective.init(**self._connection(address))
        return RabitHelper(self.is_master_host, self.current_host, self.port)

    def stop(self):
        collective.finalize()
        if self._tracker is not None:
            self._tracker.join() if _IS_OLD else self._tracker.wait_for()

    def _connection(self, address):
        if _IS_OLD:
            return {"DMLC_TRACKER_URI": address, "DMLC_TRACKER_PORT": self.port, "DMLC_NUM_WORKER": self.n_workers}
        return {
            "dmlc_communicator": "rabit",
            "dmlc_tracker_uri": address,
            "dmlc_tracker_port": self.port,
            "dmlc_retry": self.max_connect_attempts,
        }

    def __enter__(self):
        return self.start()

    def __exit__(self, exc_type, exc_value, exc_traceback):
        self.stop()
