import type { KeptEvent } from '../../executions/executions';

/** Members of event details, from the shapes `…EventDetails` of Step Functions in botocore 1.43.11. */
const DETAILS: Readonly<Record<string, readonly string[]>> = {
  activityScheduled: ['resource', 'input', 'timeoutInSeconds', 'heartbeatInSeconds'],
  activitySucceeded: ['output'],
  activityFailed: ['error', 'cause'],
  activityTimedOut: ['error', 'cause'],
  lambdaFunctionScheduled: ['resource', 'input', 'timeoutInSeconds'],
  lambdaFunctionSucceeded: ['output'],
  lambdaFunctionFailed: ['error', 'cause'],
  lambdaFunctionTimedOut: ['error', 'cause'],
  taskScheduled: [
    'resourceType',
    'resource',
    'region',
    'parameters',
    'timeoutInSeconds',
    'heartbeatInSeconds',
  ],
  taskStarted: ['resourceType', 'resource'],
  taskSubmitted: ['resourceType', 'resource', 'output'],
  taskSucceeded: ['resourceType', 'resource', 'output'],
  taskFailed: ['resourceType', 'resource', 'error', 'cause'],
  taskTimedOut: ['resourceType', 'resource', 'error', 'cause'],
  stateEntered: ['name', 'input'],
  stateExited: ['name', 'output', 'assignedVariables'],
  mapStateStarted: ['length'],
  mapIterationStarted: ['name', 'index'],
  mapIterationSucceeded: ['name', 'index'],
  mapIterationFailed: ['name', 'index'],
  mapIterationAborted: ['name', 'index'],
  mapRunStarted: ['mapRunArn'],
  mapRunRedriven: ['mapRunArn', 'redriveCount'],
  mapRunFailed: ['error', 'cause'],
  evaluationFailed: ['error', 'cause', 'location', 'state'],
  executionStarted: ['input', 'roleArn'],
  executionSucceeded: ['output'],
  executionFailed: ['error', 'cause'],
  executionTimedOut: ['error', 'cause'],
  executionAborted: ['error', 'cause'],
  executionRedriven: ['redriveCount'],
};

/** Fields with execution data. A request can exclude these fields. */
const DATA = ['input', 'output', 'parameters', 'assignedVariables'];
/** Fields with data for which AWS reports whether it was truncated. Local mode never truncates data. */
const WITH_DETAILS = ['input', 'output', 'assignedVariables'];

/** Options for showing an event. */
export interface HistoryView {
  readonly region: string;
  readonly includeData: boolean;
}

/** An event in the format of GetExecutionHistory. */
export function historyEvent(event: KeptEvent, view: HistoryView): Record<string, unknown> {
  const { id, previousEventId, type, timestamp } = event;
  const [member, allowed] = detailsOf(type);
  const details = allowed && detailMembers(event, allowed, view);
  return {
    timestamp: Date.parse(timestamp) / 1000,
    type,
    id,
    previousEventId,
    ...(details && Object.keys(details).length > 0 && { [`${member}EventDetails`]: details }),
  };
}

function detailsOf(type: string): readonly [member: string, allowed: readonly string[] | undefined] {
  const [state] = /State(?:Entered|Exited)$/.exec(type) ?? [];
  const member = lowerFirst(state ?? type);
  return [member, DETAILS[member]];
}

function detailMembers(
  { type, details }: KeptEvent,
  allowed: readonly string[],
  { region, includeData }: HistoryView,
): Record<string, unknown> {
  const all: Record<string, unknown> = type === 'TaskScheduled' ? { ...details, region } : { ...details };
  return Object.fromEntries(
    allowed
      .filter((name) => all[name] !== undefined && (includeData || !DATA.includes(name)))
      .flatMap((name) => [
        [name, all[name]],
        ...(WITH_DETAILS.includes(name) ? [[`${name}Details`, { truncated: false }]] : []),
      ]),
  );
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
