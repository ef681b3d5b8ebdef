import { type ExecutionRecord, inputTextOf, outputTextOf } from '../../executions/executions';

/** Number of days after an execution's end during which it can be redriven. */
const REDRIVABLE_DAYS = 14;
const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;
/** A redrive adds at least two events to a history, whose maximum is 25,000 events. */
const MOST_EVENTS_BEFORE_REDRIVE = 24_998;

/** What decides, in addition to the execution's record, whether the execution can be redriven. */
export interface RedriveState {
  readonly events: number;
  /** Whether the execution's position is stored. Earlier versions of local mode did not store it. */
  readonly hasPosition: boolean;
}

/** An execution in the format of ListExecutions. */
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

/** An execution in the format of DescribeExecution, with or without its data. */
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

/** The reason why an execution cannot be redriven, in AWS's words. @returns undefined if a redrive is possible */
export function whyNotRedrivable(
  { status, stopDate }: ExecutionRecord,
  { events, hasPosition }: RedriveState,
): string | undefined {
  if (status === 'RUNNING' || status === 'SUCCEEDED') return `Execution is ${status} and cannot be redriven`;
  const age = stopDate === undefined ? 0 : Date.now() - Date.parse(stopDate);
  if (age > REDRIVABLE_DAYS * DAY_MILLISECONDS) return 'Execution redrivable period exceeded';
  if (events > MOST_EVENTS_BEFORE_REDRIVE) return 'Execution has exceeded the maximum history event limit';
  if (!hasPosition) return 'Local mode does not know the position of the execution';
  return undefined;
}

/** A date as epoch seconds, the protocol's format. */
export function epochSeconds(isoDate: string): number {
  return Date.parse(isoDate) / 1000;
}

function data(name: 'input' | 'output', text: string): Record<string, unknown> {
  return { [name]: text, [`${name}Details`]: { included: true } };
}
