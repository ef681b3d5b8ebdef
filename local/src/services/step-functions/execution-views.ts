import { type ExecutionRecord, inputTextOf, outputTextOf } from '../../executions/executions';

/** How long after its end an execution may be redriven. */
const REDRIVABLE_DAYS = 14;
const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;
/** A redrive adds two events at the least to the 25,000 that a history may have. */
const MOST_EVENTS_BEFORE_REDRIVE = 24_998;

/** What a redrive needs to know of an execution beside its record. */
export interface RedriveState {
  readonly events: number;
  /** Whether the state that it had reached is known: earlier versions of local mode kept none. */
  readonly hasPosition: boolean;
}

/** An execution in ListExecutions. */
export function summarizeExecution(record: ExecutionRecord): Record<string, unknown> {
  const { arn, stateMachineArn, stateMachineVersionArn, stateMachineAliasArn } = record;
  const { name, status, startDate, stopDate, redriveDate } = record;
  return {
    executionArn: arn,
    stateMachineArn,
    ...(stateMachineVersionArn !== undefined && { stateMachineVersionArn }),
    ...(stateMachineAliasArn !== undefined && { stateMachineAliasArn }),
    name,
    status,
    startDate: epochSeconds(startDate),
    ...(stopDate !== undefined && { stopDate: epochSeconds(stopDate) }),
    redriveCount: record.redriveCount ?? 0,
    ...(redriveDate !== undefined && { redriveDate: epochSeconds(redriveDate) }),
  };
}

/** An execution in DescribeExecution, with or without its data. */
export function describeExecution(
  record: ExecutionRecord,
  redrive: RedriveState,
  includeData: boolean,
): Record<string, unknown> {
  const { error, cause } = record;
  const output = outputTextOf(record);
  const reason = whyNotRedrivable(record, redrive);
  return {
    ...summarizeExecution(record),
    ...(includeData && {
      ...data('input', inputTextOf(record)),
      ...(output !== undefined && data('output', output)),
      ...(error !== undefined && { error }),
      ...(cause !== undefined && { cause }),
    }),
    redriveStatus: reason === undefined ? 'REDRIVABLE' : 'NOT_REDRIVABLE',
    ...(reason !== undefined && { redriveStatusReason: reason }),
  };
}

/** Why an execution cannot be redriven, in AWS's words. @returns undefined when it can */
export function whyNotRedrivable(
  { status, stopDate }: ExecutionRecord,
  { events, hasPosition }: RedriveState,
): string | undefined {
  if (status === 'RUNNING' || status === 'SUCCEEDED') return `Execution is ${status} and cannot be redriven`;
  const age = stopDate === undefined ? 0 : Date.now() - Date.parse(stopDate);
  if (age > REDRIVABLE_DAYS * DAY_MILLISECONDS) return 'Execution redrivable period exceeded';
  if (events > MOST_EVENTS_BEFORE_REDRIVE) return 'Execution has exceeded the maximum history event limit';
  if (!hasPosition) return 'Local mode does not know the state that the execution had reached';
  return undefined;
}

/** A date as the protocol has it. */
export function epochSeconds(isoDate: string): number {
  return Date.parse(isoDate) / 1000;
}

function data(name: 'input' | 'output', text: string): Record<string, unknown> {
  return { [name]: text, [`${name}Details`]: { included: true } };
}
