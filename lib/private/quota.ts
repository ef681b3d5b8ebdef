import { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { jsonata } from './jsonata';
import { failAgain } from './poll-job';

/** Options for the states that wait for a quota. */
export interface QuotaWaitOptions {
  /** Suffix that makes the names of the waiting states unique within the chain. */
  readonly suffix: string;
  /** Maximum total wait. @default Duration.hours(1) */
  readonly maxWait?: Duration;
  /** JSONata for a string to append to the error's cause, such as the results so far. */
  readonly also?: string;
  /** Next state if the quota is still exceeded. Its input has the error in `failure`. @default - the execution fails */
  readonly exceeded?: sfn.State;
}

/** Default of the maximum wait for a quota. */
const DEFAULT_QUOTA_WAIT = Duration.hours(1);

/** Name of SageMaker's error for an exceeded quota, in both Step Functions integrations. */
const QUOTA_ERROR = 'SageMaker.ResourceLimitExceededException';

/** The first wait, its growth (as a share of the time waited so far), and the maximum of a single wait. */
const WAIT_SECONDS = { first: 300, growth: 0.5, longest: 1800 };

/**
 * Waits for a quota before each new attempt to create a job. The waits take 5, 7.5, 11 … minutes, at most 30 minutes each.
 * Once they add up to `maxWait`, the execution fails with `QuotaExceeded`. If the quota is lower than what the job needs,
 * waiting cannot help. The execution then fails immediately with `QuotaTooLow`.
 *
 * The states do not wait with a `Retry`, because a `Retry` cannot read the error message. A job that starts immediately
 * takes no additional state transitions.
 */
export function waitForQuota(scope: Construct, create: sfn.TaskStateBase, options: QuotaWaitOptions): void {
  const { suffix, maxWait = DEFAULT_QUOTA_WAIT, also = "''" } = options;
  const wait = sfn.Wait.jsonata(scope, `WaitForQuota${suffix}`, {
    time: sfn.WaitTime.seconds(jsonata('$states.input.quota.wait')),
  });
  const exceeded =
    options.exceeded ??
    (scope.node.tryFindChild('QuotaExceeded') as sfn.Fail | undefined) ??
    failAgain(scope, 'QuotaExceeded');
  const canWait = sfn.Choice.jsonata(scope, `CanWaitForQuota${suffix}`)
    .when(sfn.Condition.jsonata(jsonata('$states.input.quota.wait > 0')), wait)
    .otherwise(exceeded);
  create.addCatch(canWait, {
    errors: [QUOTA_ERROR],
    outputs: jsonata(refusal(maxWait.toSeconds(), also)),
  });
  wait.next(create);
}

/**
 * JSONata for the state's input with two additions: `quota`, the time to wait (0 for no wait), and `failure`, the error.
 *
 * SageMaker's messages have one of two forms:
 *
 * - A quota is too low: "The account-level service limit '…' is 0 Instances, with current utilization of 0 Instances
 *   and a request delta of 1 Instances. …"
 * - The region lacks the resource: "The requested resource … is not available in this region"
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/debugger-troubleshooting.html
 * @see https://github.com/data-science-on-aws/data-science-on-aws/issues/200
 * @see https://github.com/aws/amazon-sagemaker-examples/issues/1001
 */
function refusal(maxSeconds: number, also: string): string {
  const { first, growth, longest } = WAIT_SECONDS;
  return `(
  $message := $states.errorOutput.Cause;
  $name := $match($message, /service limit '([^']+)'/)[0].groups[0];
  $limit := $number($match($message, / is ([0-9]+) [^,]*, with current utilization/)[0].groups[0]);
  $delta := $number($match($message, /request delta of ([0-9]+)/)[0].groups[0]);
  $isTooLow := $exists($limit) and $exists($delta) and $limit < $delta;
  $isUnknown := $contains($message, 'is not available in this region');
  $waited := $exists($states.input.quota) ? $states.input.quota.waited : 0;
  $wait := $isTooLow or $isUnknown ? 0 : $floor($min([${longest}, ${first} + ${growth} * $waited, ${maxSeconds} - $waited]));
  $merge([$states.input, {
    'quota': {'wait': $wait, 'waited': $waited + $wait},
    'failure': {
      'Error': $isTooLow ? 'QuotaTooLow' : $isUnknown ? $states.errorOutput.Error : 'QuotaExceeded',
      'Cause': (
        $isTooLow ? 'The quota ' & ($exists($name) ? '"' & $name & '" ') & 'of Amazon SageMaker is ' & $limit & ' in this account and region, and the job needs ' & $delta & '. Waiting does not help: request an increase in the Service Quotas console (AWS services, Amazon SageMaker), and start a new execution once it is granted. '
        : $isUnknown ? ''
        : 'A quota of Amazon SageMaker ' & ($waited = 0 ? 'is used up, and the execution does not wait for it' : 'was still used up after ' & $round($waited / 60) & ' minutes') & ' (maxQuotaWait). Wait until other jobs have ended, or request an increase in the Service Quotas console (AWS services, Amazon SageMaker). '
      ) & $message & ${also}
    }
  }])
)`;
}
