import { Aws, Token } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { isJsonata } from './jsonata';
import { LIMITS } from './limits';

/** The `Resource` of a SageMaker task in Step Functions' optimised integration. */
export function sageMakerResourceArn(action: string, pattern: sfn.IntegrationPattern): string {
  const suffix = pattern === sfn.IntegrationPattern.RUN_JOB ? '.sync' : '';
  return `arn:${Aws.PARTITION}:states:::sagemaker:${action}${suffix}`;
}

/** @throws Error where SageMaker's integration does not know the pattern */
export function requireSupportedPattern(pattern: sfn.IntegrationPattern): void {
  if (pattern !== sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN) return;
  throw new Error(
    `integrationPattern: SageMaker's jobs support REQUEST_RESPONSE and RUN_JOB, got ${pattern}`,
  );
}

/** @throws Error where the name of a job is known and not one that SageMaker takes */
export function requireJobName(prop: string, name: string, maxLength: number): void {
  if (isJsonata(name) || Token.isUnresolved(name)) return;
  if (LIMITS.jobNamePattern.test(name) && name.length <= maxLength) return;
  throw new Error(
    `${prop}: must be 1 to ${maxLength} letters, digits and inner hyphens, got ${JSON.stringify(name)}`,
  );
}

/** A task's request under the name and with the placeholders that its query language wants. */
export function renderRequest(request: object, language: sfn.QueryLanguage): object {
  return language === sfn.QueryLanguage.JSONATA
    ? { Arguments: request }
    : { Parameters: sfn.FieldUtils.renderObject(request) };
}
