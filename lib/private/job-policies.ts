import { ArnFormat, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { isJsonata } from './jsonata';

/** A kind of SageMaker job, with its names in actions, ARNs and the EventBridge rule. */
export interface JobKind {
  readonly action: 'HyperParameterTuningJob' | 'TrainingJob' | 'TransformJob';
  readonly resource: 'hyper-parameter-tuning-job' | 'training-job' | 'transform-job';
  /** The EventBridge rule with which Step Functions detects the end of a job. */
  readonly rule:
    | 'StepFunctionsGetEventsForSageMakerTuningJobsRule'
    | 'StepFunctionsGetEventsForSageMakerTrainingJobsRule'
    | 'StepFunctionsGetEventsForSageMakerTransformJobsRule';
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

export const TRANSFORM_JOB: JobKind = {
  action: 'TransformJob',
  resource: 'transform-job',
  rule: 'StepFunctionsGetEventsForSageMakerTransformJobsRule',
};

/** A SageMaker model: an image and a model archive. */
export const MODEL = { resource: 'model' } as const;

/** AutoML jobs have no EventBridge rule, because Step Functions has no optimized integration for them. */
export const AUTOML_JOB = { action: 'AutoMLJob', resource: 'automl-job' } as const;

/** ARN of all jobs whose names begin with a prefix. In ARNs, SageMaker writes names in lowercase. */
export function jobArn(scope: Construct, kind: { readonly resource: string }, namePrefix: string): string {
  const name = Token.isUnresolved(namePrefix) ? namePrefix : namePrefix.toLowerCase();
  return Stack.of(scope).formatArn({
    service: 'sagemaker',
    resource: kind.resource,
    resourceName: `${name}*`,
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });
}

/** Prefix of the job names in permissions: the given prefix, or else the name of the job, or else an empty string. */
export function knownNamePrefix(jobName: string, prefix: string | undefined): string {
  if (prefix !== undefined) return prefix;
  const isExpression = isJsonata(jobName) || sfn.JsonPath.isEncodedJsonPath(jobName);
  // An empty prefix means any job: the name is unknown until the state machine runs.
  return isExpression ? '' : jobName;
}

/**
 * Permissions of a state machine to start a job with a role and, if it waits for the job, to describe and stop it.
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
        // Step Functions tags the jobs that it starts.
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
 * Permission to list the candidates or training jobs of any job. Sources disagree on whether these actions have
 * resource-level permissions. If a narrower policy were wrong, the execution would fail only after the job had ended.
 * See decision 17.
 */
export function listingStatement(
  action: 'sagemaker:ListCandidatesForAutoMLJob' | 'sagemaker:ListTrainingJobsForHyperParameterTuningJob',
): iam.PolicyStatement {
  return new iam.PolicyStatement({ actions: [action], resources: ['*'] });
}

/**
 * Permission to read tuning jobs and their training jobs.
 *
 * @param tuningJobNames tuning jobs in addition to those with the prefix
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

/** Permission to tag what an execution creates. */
export function addTags(
  scope: Construct,
  kind: { readonly resource: string },
  jobNamePrefix: string,
): iam.PolicyStatement {
  return new iam.PolicyStatement({
    actions: ['sagemaker:AddTags'],
    resources: [jobArn(scope, kind, jobNamePrefix)],
  });
}

/** Permission to pass a role to SageMaker, and to no other service. */
export function passRole(role: iam.IRole): iam.PolicyStatement {
  return new iam.PolicyStatement({
    actions: ['iam:PassRole'],
    resources: [role.roleArn],
    conditions: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
  });
}
