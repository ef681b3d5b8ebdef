import { readFileSync } from 'node:fs';
import { RedriveExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import type { LocalMode } from '../../src';
import type { ExecutionRecord } from '../../src/executions/executions';
import type { LocalExecution } from '../../src/library/local-execution';

/** Redrives an unsuccessful execution and waits for its end. */
export async function redrive(
  stack: LocalMode,
  { arn, recordFile }: LocalExecution,
): Promise<ExecutionRecord> {
  await new SFNClient(stack.clientConfig()).send(new RedriveExecutionCommand({ executionArn: arn }));
  const record = () => JSON.parse(readFileSync(recordFile, 'utf8')) as ExecutionRecord;
  await stack.waitFor(() => record().status !== 'RUNNING');
  return record();
}
