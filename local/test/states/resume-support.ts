import {
  applyChange,
  type ExecutionOptions,
  type ExecutionResult,
  type HistoryEvent,
  type JsonObject,
  type PositionChange,
  parseStateMachine,
  type ResumePoint,
  redrivePoint,
  StatesError,
  startExecution,
  type TaskCall,
} from '../../src/states';
import { IDENTITY } from './run-case';
import { VirtualClock } from './virtual-clock';

const LAMBDA = 'arn:aws:states:::lambda:invoke';

/** The data that local mode stores about an execution. */
export interface Run {
  readonly result: ExecutionResult;
  readonly events: readonly HistoryEvent[];
  readonly changes: readonly PositionChange[];
  readonly calls: readonly TaskCall[];
}

export async function run(definition: JsonObject, options: Partial<ExecutionOptions> = {}): Promise<Run> {
  const events: HistoryEvent[] = [];
  const changes: PositionChange[] = [];
  const calls: TaskCall[] = [];
  const runTask = options.runTask ?? (async ({ arguments: args }: TaskCall) => args);
  const { result } = startExecution(parseStateMachine({ QueryLanguage: 'JSONata', ...definition }), {
    input: {},
    context: IDENTITY,
    clock: new VirtualClock(),
    onEvent: (event) => events.push(event),
    // A deep copy, as if read from a file.
    onPosition: (change) => changes.push(JSON.parse(JSON.stringify(change)) as PositionChange),
    ...options,
    runTask: (call) => {
      calls.push(call);
      return runTask(call);
    },
  });
  return { result: await result, events, changes, calls };
}

export function positionAfter(changes: readonly PositionChange[]): ResumePoint {
  const copies = JSON.parse(JSON.stringify(changes)) as PositionChange[];
  const point = copies.reduce<ResumePoint | undefined>(applyChange, undefined);
  if (!point) throw new Error('nothing was reached');
  return point;
}

/** Redrives an execution that has ended. */
export function redrive(
  definition: JsonObject,
  before: Run,
  options: Partial<ExecutionOptions> = {},
): Promise<Run> {
  const { error } = before.result as { error?: string };
  return run(definition, {
    ...options,
    resumeFrom: redrivePoint(positionAfter(before.changes), error),
    isRedrive: true,
    eventsBefore: before.events.length,
    context: { ...IDENTITY, redriveCount: 1, redriveTime: new Date('2030-01-02T00:00:00Z') },
  });
}

export const task = (more: JsonObject = {}): JsonObject => ({
  Type: 'Task',
  Resource: LAMBDA,
  End: true,
  ...more,
});
export const graph = (name: string, state: JsonObject): JsonObject => ({
  StartAt: name,
  States: { [name]: state },
});
export const lines = (events: readonly HistoryEvent[]) =>
  events.map(({ id, previousEventId, type }) => `${id} ${type} <- ${previousEventId}`);
export const failing = (...names: string[]) =>
  jest.fn(async ({ stateName, arguments: args }: TaskCall) => {
    if (names.includes(stateName)) throw new StatesError('Bad', 'for now');
    return args;
  });
