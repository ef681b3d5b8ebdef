import { randomUUID } from 'node:crypto';
import type { Environment } from '../../assembly/deployment';
import { type ExecutionRecord, inputTextOf, outputTextOf } from '../../executions/executions';
import type { ServiceEvent } from './service-event';

/** The event that Step Functions sends at the end of an execution. Input and output are JSON strings. */
export function executionEvent(record: ExecutionRecord, { accountId, region }: Environment): ServiceEvent {
  const stop = record.stopDate === undefined ? new Date() : new Date(record.stopDate);
  const output = outputTextOf(record) ?? null;
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Step Functions Execution Status Change',
    source: 'aws.states',
    account: accountId,
    time: stop.toISOString().replace(/\.\d+Z$/, 'Z'),
    region,
    resources: [record.arn],
    detail: {
      executionArn: record.arn,
      stateMachineArn: record.stateMachineArn,
      name: record.name,
      status: record.status,
      startDate: Date.parse(record.startDate),
      stopDate: stop.getTime(),
      input: inputTextOf(record),
      inputDetails: { included: true },
      output,
      outputDetails: output === null ? null : { included: true },
      ...(record.error !== undefined && { error: record.error }),
      ...(record.cause !== undefined && { cause: record.cause }),
    },
  };
}
