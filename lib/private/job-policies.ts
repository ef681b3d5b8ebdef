import { ArnFormat, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { isJsonata } from './jsonata';

/** A kind of SageMaker job, with the names that its actions, ARNs and EventBridge rule have. */
export interface JobKind {
  readonly action: 'HyperParameterTuningJob' | 'TrainingJob';
  readonly resource: 'hyper-parameter-tuning-job' | 'training-job';
  /** The rule that Step Functions manages to hear of a job's end. */
  readonly rule:
    | 'StepFunctionsGetEventsForSageMakerTuningJobsRule'
    | 'StepFunctionsGetEventsForSageMakerTrainingJobsRule';
}

export const TUNING_JOB: JobKind = {
  action: 'HyperParameterTuningJob',
  resource: 'hyper-parameter-tuning-job',
  rule: 'StepFunctionsGetEventsForSageMakerTuningJobsRule',
};

export const TRAINING_JOB: JobKind = {
  action: 'TrainingJob',
  resource: 'training-job',
  rule: 'StepFunctionsGetEventsForSageMakerTrainingJobsRule',
};

/** Step Functions has no integration of its own for it, and so no rule. */
export const AUTOML_JOB = { action: 'AutoMLJob', resource: 'automl-job' } as const;

/** ARN of all jobs whose names begin with a prefix. SageMaker writes names in ARNs in lower case. */
export function jobArn(scope: Construct, kind: { readonly resource: string }, namePrefix: string): string {
  const name = Token.isUnresolved(namePrefix) ? namePrefix : namePrefix.toLowerCase();
  return Stack.of(scope).formatArn({
    service: 'sagemaker',
    resource: kind.resource,
    resourceName: `${name}*`,
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });
}

/** What an action's job names begin with: the given prefix, or the name itself where it is known. */
export function knownNamePrefix(jobName: string, prefix: string | undefined): string {
  if (prefix !== undefined) return prefix;
  const isExpression = isJsonata(jobName) || sfn.JsonPath.isEncodedJsonPath(jobName);
  // Any job: nothing of the name is known before the state machine runs.
  return isExpression ? '' : jobName;
}

/**
 * What a state machine needs to start a job under a role and, where it waits for it, to follow and stop it.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-sagemaker.html
 */
export function jobPolicies(
  scope: Construct,
  kind: JobKind,
  options: { namePrefix: string; roles: readonly iam.IRole[]; waits: boolean },
): iam.PolicyStatement[] {
  const jobs = jobArn(scope, kind, options.namePrefix);
  const statements = [
    new iam.PolicyStatement({
      actions: [
        `sagemaker:Create${kind.action}`,
        ...(options.waits ? [`sagemaker:Describe${kind.action}`, `sagemaker:Stop${kind.action}`] : []),
        // Step Functions marks the jobs it starts with tags.
        'sagemaker:AddTags',
        'sagemaker:ListTags',
      ],
      resources: [jobs],
    }),
    ...[...new Set(options.roles)].map(passRole),
  ];
  if (options.waits) {
    statements.push(
      new iam.PolicyStatement({
        actions: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
        resources: [
          Stack.of(scope).formatArn({ service: 'events', resource: 'rule', resourceName: kind.rule }),
        ],
      }),
    );
  }
  return statements;
}

/**
 * Lets someone list what belongs to one job. For all jobs: sources disagree on whether such actions have resource-level permissions,
 * and a narrower policy would fail after the whole job: decision 17.
 */
export function listingStatement(
  action: 'sagemaker:ListCandidatesForAutoMLJob' | 'sagemaker:ListTrainingJobsForHyperParameterTuningJob',
): iam.PolicyStatement {
  return new iam.PolicyStatement({ actions: [action], resources: ['*'] });
}

/**
 * Lets someone read tuning jobs and their training jobs.
 *
 * @param tuningJobNames tuning jobs beside those with the prefix
 */
export function tuningReadStatements(
  scope: Construct,
  jobNamePrefix: string,
  tuningJobNames: readonly string[] = [],
): iam.PolicyStatement[] {
  const named = tuningJobNames.map((name) => jobArn(scope, TUNING_JOB, name).replace(/[*]$/, ''));
  return [
    new iam.PolicyStatement({
      actions: ['sagemaker:DescribeHyperParameterTuningJob'],
      resources: [jobArn(scope, TUNING_JOB, jobNamePrefix), ...named],
    }),
    new iam.PolicyStatement({
      actions: ['sagemaker:DescribeTrainingJob'],
      resources: [jobArn(scope, TRAINING_JOB, jobNamePrefix)],
    }),
    listingStatement('sagemaker:ListTrainingJobsForHyperParameterTuningJob'),
  ];
}

/** Lets SageMaker, and no other service, be given a role. */
export function passRole(role: iam.IRole): iam.PolicyStatement {
  return new iam.PolicyStatement({
    actions: ['iam:PassRole'],
    resources: [role.roleArn],
    conditions: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
  });
}
