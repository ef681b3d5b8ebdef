"""Runs training jobs with the entry point of SageMaker's training toolkit, each in a separate process.

Reads {"jobs": [{"base": folder, "environment": {...}}, ...]} from standard input and prints {"exitCodes":
[...]}. The output of a job is in output.txt in its folder.
"""

import json
import os
import sys

# These imports are slow, so all jobs share them. Each job imports the toolkit's own modules itself, after the
# folder of the job is known.
import boto3  # noqa: F401
import paramiko  # noqa: F401

HERE = os.path.dirname(os.path.abspath(__file__))


def train(job):
    os.environ.clear()
    os.environ.update(job["environment"], SAGEMAKER_BASE_DIR=job["base"])
    os.chdir(job["base"])
    output = os.open("output.txt", os.O_WRONLY | os.O_CREAT)
    os.dup2(output, 1)
    os.dup2(output, 2)
    sys.path.insert(0, HERE)  # for capturing_framework.py
    from sagemaker_training.cli.train import main

    main()


def run(job):
    pid = os.fork()
    if pid == 0:
        code = 70
        try:
            train(job)
        except SystemExit as end:
            code = end.code or 0
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    return pid


def main():
    jobs = json.load(sys.stdin)["jobs"]
    codes = {}
    running = {}
    waiting = list(enumerate(jobs))
    while waiting or running:
        while waiting and len(running) < (os.cpu_count() or 1):
            number, job = waiting.pop(0)
            running[run(job)] = number
        pid, status = os.wait()
        codes[running.pop(pid)] = os.waitstatus_to_exitcode(status)
    print(json.dumps({"exitCodes": [codes[number] for number in range(len(jobs))]}))


if __name__ == "__main__":
    main()
