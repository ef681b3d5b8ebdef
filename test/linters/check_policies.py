"""Checks IAM policies against parliament's copy of IAM's tables of actions, resource types and condition keys.

Reads a JSON list of policy documents from the file named on the command line. For each document, prints a list of
findings such as `{"rule": "RESOURCE_MISMATCH", "message": "..."}`.
"""

import json
import sys

from parliament import analyze_policy_string

# A trust policy names no resource, because its resource is the role itself.
ROLE = "arn:aws:iam::123456789012:role/any"


def findings_of(statement):
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    findings = analyze_policy_string(json.dumps(policy), ignore_private_auditors=True).findings
    # parliament repeats a finding for every action that a wildcard matches. Keeps one finding.
    return [{"rule": rule, "message": message} for rule, message in {(one.issue, message_of(one)): 1 for one in findings}]


def message_of(finding):
    detail = finding.detail if isinstance(finding.detail, str) else json.dumps(finding.detail)
    return f"{detail} {finding.location.get('string', '')}".strip()


def check_statement(statement):
    # In the policy of a key or a bucket, "*" means only that resource.
    is_resource_policy = "Principal" in statement
    found = findings_of({"Resource": ROLE, **statement})
    yield from (each for each in found if not (is_resource_policy and each["rule"] == "RESOURCE_STAR"))
    if not found and not is_resource_policy:
        yield from unused_resources(statement)


def unused_resources(statement):
    """Checks that every resource has a matching action. parliament itself checks only the reverse."""
    resources = as_list(statement["Resource"])
    actions = as_list(statement["Action"])
    for resource in resources if len(resources) > 1 else []:
        if all(findings_of({**statement, "Action": action, "Resource": resource}) for action in actions):
            yield {"rule": "UNUSED_RESOURCE", "message": f"{resource} matches none of the actions {', '.join(actions)}"}


def as_list(value):
    return value if isinstance(value, list) else [value]


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        # parliament expects condition values as strings, which is how IAM stores them.
        policies = json.load(file, parse_int=str, parse_float=str)
    print(json.dumps([check_policy(policy) for policy in policies]))


def check_policy(policy):
    return [found for statement in as_list(policy["Statement"]) for found in check_statement(statement)]


main()
