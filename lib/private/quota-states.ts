import { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { jsonata, literal, parsed } from './jsonata';

/**
 * The permissions of Service Quotas cannot be limited to one service or quota.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_servicequotas.html
 */
export const QUOTA_RESOURCES: readonly string[] = ['*'];

/**
 * The input of the state after `readQuotas`: the input of the execution, the quotas by name, and the error if quotas
 * could not be read.
 */
export const QUOTA_FIELDS = {
  input: jsonata('$states.input.input'),
  applied: jsonata('$states.input.quotas'),
  error: jsonata('$exists($states.input.error) ? $states.input.error : null'),
} as const;

/**
 * The states that read quotas of SageMaker, page by page: `ListQuotas`, `HasMoreQuotas` and `ListMoreQuotas`. SageMaker has more
 * than 1,000 quotas, and the API cannot search by name. An execution never fails because of these states.
 *
 * @see https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_ListServiceQuotas.html
 */
export function readQuotas(scope: Construct, names: readonly string[], next: sfn.State): sfn.State {
  const found = (before: string) =>
    jsonata(
      `$merge($append([${before}], $map($filter($states.result.Quotas, function($quota) { $quota.QuotaName in ${parsed(literal([...new Set(names)]))} }), function($quota) { {$quota.QuotaName: $quota.Value} })))`,
    );
  const list = (id: string, input: string, before: string, parameters: Record<string, string>) => {
    const task = tasks.CallAwsService.jsonata(scope, id, {
      stateName: id,
      comment: 'Reads quotas of Amazon SageMaker; the execution never fails because of it',
      service: 'servicequotas',
      action: 'listServiceQuotas',
      parameters: { ServiceCode: 'sagemaker', MaxResults: 100, ...parameters },
      iamResources: [...QUOTA_RESOURCES],
      outputs: {
        input: jsonata(input),
        quotas: found(before),
        next: jsonata('$exists($states.result.NextToken) ? $states.result.NextToken : null'),
      },
    });
    task.addRetry({
      errors: ['ServiceQuotas.TooManyRequestsException'],
      interval: Duration.seconds(2),
      backoffRate: 2,
      maxDelay: Duration.seconds(30),
      maxAttempts: 6,
      jitterStrategy: sfn.JitterType.FULL,
    });
    task.addCatch(next, {
      errors: [sfn.Errors.ALL],
      outputs: {
        input: jsonata(input),
        quotas: jsonata(before),
        error: jsonata("$substring($states.errorOutput.Error & ': ' & $states.errorOutput.Cause, 0, 500)"),
      },
    });
    return task;
  };
  const first = list('ListQuotas', '$states.input', '{}', {});
  const more = list('ListMoreQuotas', '$states.input.input', '$states.input.quotas', {
    NextToken: jsonata('$states.input.next'),
  });
  const hasMore = sfn.Choice.jsonata(scope, 'HasMoreQuotas', { stateName: 'HasMoreQuotas' })
    .when(sfn.Condition.jsonata(jsonata("$type($states.input.next) = 'string'")), more)
    .otherwise(next);
  more.next(hasMore);
  return first.next(hasMore).startState;
}
