import { Aws, Token } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { isJsonata } from './jsonata';
import { LIMITS } from './limits';

/**
 * How a task waits: as given, or not at all.
 *
 * @throws Error where SageMaker's integration does not know the pattern
 */
export function supportedPattern(
  pattern: sfn.IntegrationPattern = sfn.IntegrationPattern.REQUEST_RESPONSE,
): sfn.IntegrationPattern {
  if (pattern !== sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN) return pattern;
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

/**
 * A task of Step Functions' optimised integration: its `Resource`, and its request under the name and with the
 * placeholders that the query language wants.
 */
export function renderSageMakerTask(
  action: string,
  pattern: sfn.IntegrationPattern,
  request: object,
  language: sfn.QueryLanguage = sfn.QueryLanguage.JSON_PATH,
): object {
  const suffix = pattern === sfn.IntegrationPattern.RUN_JOB ? '.sync' : '';
  return {
    Resource: `arn:${Aws.PARTITION}:states:::sagemaker:${action}${suffix}`,
    ...(language === sfn.QueryLanguage.JSONATA
      ? { Arguments: request }
      : { Parameters: sfn.FieldUtils.renderObject(request) }),
  };
}
