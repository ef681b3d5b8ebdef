import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { DataLocation } from '../data-location';
import { endsOfExecutions } from './execution-events';
import { fleetLocation } from './fleet-functions';
import { outputKey } from './output-key';

/** Options for the rule. */
export interface SummarizeUnsuccessfulOptions {
  readonly stateMachine: sfn.StateMachine;
  readonly summarizeFunction: lambda.IFunction;
  readonly deadLetterQueue: sqs.IQueue;
  /** Price of an instance per second; undefined if no prices are given, or if the jobs have different prices. */
  readonly pricePerSecond?: number;
  /** Whether the search of an item learns from the item's last success. */
  readonly warmStartFromPrevious?: boolean;
  readonly output: DataLocation;
  readonly encryptionKey?: kms.IKey;
}

/**
 * Writes the summary of an execution that failed or was stopped. A state of the state machine could do this only after
 * a `Catch`. But with a `Catch`, a redrive would not continue the Map.
 */
export function summarizeUnsuccessful(scope: Construct, options: SummarizeUnsuccessfulOptions): void {
  const {
    stateMachine,
    summarizeFunction,
    deadLetterQueue,
    pricePerSecond,
    warmStartFromPrevious,
    output,
    encryptionKey,
  } = options;
  new events.Rule(scope, 'SummarizeUnsuccessful', {
    description: 'Executions of a fleet that failed or were stopped',
    eventPattern: endsOfExecutions(stateMachine, ['FAILED', 'TIMED_OUT', 'ABORTED']),
    targets: [
      new targets.LambdaFunction(summarizeFunction, {
        deadLetterQueue,
        event: events.RuleTargetInput.fromObject({
          folder: `${fleetLocation(output).uri}${stateMachine.stateMachineName}/${events.EventField.fromPath('$.detail.name')}/`,
          status: events.EventField.fromPath('$.detail.status'),
          pricePerSecond,
          warmStartFromPrevious: warmStartFromPrevious || undefined,
          encryptionKey: outputKey(output, encryptionKey)?.keyArn,
        }),
      }),
    ],
  });
}
