import {
  type HistoryEvent,
  InvalidDefinitionError,
  type ItemReaderCall,
  type Json,
  type JsonObject,
  parseStateMachine,
  type RunTask,
  StatesError,
  startExecution,
} from '../../src/states';
import { VirtualClock } from './virtual-clock';

/** A state machine, the results of its tasks, and the expected result of the execution. */
export interface Case {
  readonly name: string;
  readonly definition: JsonObject;
  readonly input?: Json;
  /** Results by state, in call order; the last result repeats. A task without results returns its arguments. */
  readonly tasks?: Readonly<Record<string, readonly Answer[]>>;
  /** The items that an ItemReader receives. */
  readonly items?: string | readonly Json[];
  /** Objects by `bucket/key`, for readers of several objects. Other readers receive `items`. */
  readonly objects?: Readonly<Record<string, string>>;
  /** The constant that the random number generator returns. */
  readonly random?: number;
  /** The result's members that the case is about. These members must match exactly. */
  readonly expect: Expectation;
}

interface Answer {
  readonly return?: Json;
  readonly throw?: { readonly error: string; readonly cause?: string };
  readonly afterSeconds?: number;
  /** Seconds between heartbeats while the task runs. */
  readonly heartbeatSeconds?: number;
}

interface Expectation {
  readonly status?: string;
  readonly output?: Json;
  readonly error?: string;
  readonly cause?: string;
  /** The tasks' arguments, in call order. */
  readonly calls?: readonly Json[];
  readonly elapsedSeconds?: number;
  /** Event types in the history. */
  readonly events?: readonly string[];
  /** The events' `previousEventId` values. */
  readonly behind?: readonly number[];
  /** The maximum number of tasks that ran in parallel. */
  readonly concurrency?: number;
  /** Problems in the definition, as code and location. */
  readonly problems?: readonly string[];
}

/** Runs a case. Returns only those members of the result that `expect` lists. */
export async function runCase(one: Case): Promise<Expectation> {
  const machine = parse(one.definition);
  if ('problems' in machine) return machine;
  const clock = new VirtualClock();
  const start = clock.now();
  const events: HistoryEvent[] = [];
  const tasks = new MockedTasks(one.tasks ?? {}, clock);
  const result = await startExecution(machine, {
    input: one.input ?? {},
    context: IDENTITY,
    runTask: tasks.run,
    readItems: async (call) => findItems(one, call),
    clock,
    random: () => one.random ?? 0.5,
    onEvent: (event) => events.push(event),
  }).result;
  const { calls, elapsedSeconds, events: types, behind, concurrency } = one.expect;
  return {
    ...result,
    ...(calls && { calls: tasks.calls }),
    ...(elapsedSeconds !== undefined && { elapsedSeconds: (clock.now().getTime() - start.getTime()) / 1000 }),
    ...(types && { events: events.map((event) => event.type) }),
    ...(behind && { behind: events.map((event) => event.previousEventId) }),
    ...(concurrency && { concurrency: tasks.mostAtOnce }),
  };
}

function findItems({ objects, items }: Case, { resource, arguments: args }: ItemReaderCall) {
  const { Bucket, Key } = args as JsonObject;
  const listed = resource.endsWith('listObjectsV2') ? undefined : objects?.[`${Bucket}/${Key}`];
  return listed ?? items ?? [];
}

/** The identity of the execution in which the cases run. */
export const IDENTITY = {
  id: 'arn:aws:states:eu-west-1:123456789012:execution:machine:run-1',
  name: 'run-1',
  roleArn: 'arn:aws:iam::123456789012:role/machine',
  startTime: new Date('2030-01-01T00:00:00Z'),
  stateMachine: { id: 'arn:aws:states:eu-west-1:123456789012:stateMachine:machine', name: 'machine' },
};

function parse(definition: JsonObject) {
  try {
    return parseStateMachine(definition);
  } catch (error) {
    if (!(error instanceof InvalidDefinitionError)) throw error;
    return { problems: error.problems.map(({ code, location }) => `${code} ${location}`) };
  }
}

class MockedTasks {
  readonly calls: Json[] = [];
  mostAtOnce = 0;
  private running = 0;
  private readonly counts = new Map<string, number>();

  constructor(
    private readonly answers: NonNullable<Case['tasks']>,
    private readonly clock: VirtualClock,
  ) {}

  readonly run: RunTask = async ({ stateName, arguments: args, signal, heartbeat }) => {
    this.calls.push(args);
    const answers = this.answers[stateName] ?? [];
    const count = this.counts.get(stateName) ?? 0;
    this.counts.set(stateName, count + 1);
    const answer = answers[Math.min(count, answers.length - 1)] ?? { return: args };
    this.running += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.running);
    try {
      const beat = answer.heartbeatSeconds ?? Number.POSITIVE_INFINITY;
      for (let left = answer.afterSeconds ?? 0; left > 0; left -= beat) {
        heartbeat();
        await this.clock.sleep(Math.min(left, beat) * 1000, signal);
      }
    } finally {
      this.running -= 1;
    }
    if (answer.throw) throw new StatesError(answer.throw.error, answer.throw.cause);
    return answer.return;
  };
}
