import { Aws } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { validationError } from './problems';

/** @throws Error named `TuningValidationError` if the request has JSONPath in a state that uses JSONata */
function checkLanguage(action: string, request: object, language: sfn.QueryLanguage): void {
  if (language !== sfn.QueryLanguage.JSONATA) return;
  const paths = sfn.FieldUtils.findReferencedPaths(request);
  if (paths.length === 0) return;
  throw validationError(
    `${action}: a state that uses JSONata does not evaluate JSONPath, got ${paths.join(', ')}: write {% … %}`,
  );
}

/**
 * A task with Step Functions' optimized integration: its `Resource`, and its request in the form that the query language
 * needs.
 */
export function renderSageMakerTask(
  action: string,
  pattern: sfn.IntegrationPattern,
  request: object,
  language: sfn.QueryLanguage = sfn.QueryLanguage.JSON_PATH,
): object {
  checkLanguage(action, request, language);
  const suffix = pattern === sfn.IntegrationPattern.RUN_JOB ? '.sync' : '';
  return {
    Resource: `arn:${Aws.PARTITION}:states:::sagemaker:${action}${suffix}`,
    ...(language === sfn.QueryLanguage.JSONATA
      ? { Arguments: request }
      : { Parameters: sfn.FieldUtils.renderObject(request) }),
  };
}
