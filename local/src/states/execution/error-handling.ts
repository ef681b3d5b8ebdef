import { EvaluationError, StatesError } from '../errors';
import type { JsonObject } from '../json';
import type { Catcher, Retrier, State } from '../types';
import { complete, type Scope } from './data-flow';
import type { Frame } from './frame';
import type { Step } from './run-graph';

/** The state under way and where it was entered. */
interface Entered {
  readonly state: State;
  readonly frame: Frame;
  readonly eventId: number;
  /** What the state's expressions see after so many retries. */
  readonly scopeAfter: (retryCount: number) => Scope;
}

/** Runs a state with its Retry and Catch; this is the only place that knows them. */
export async function withErrorHandling(
  entered: Entered,
  attempt: (scope: Scope) => Promise<Step>,
): Promise<Step> {
  const { state, frame, scopeAfter } = entered;
  const retriers = 'retry' in state ? state.retry : [];
  const catchers = 'catch' in state ? state.catch : [];
  const used = new Map<Retrier, number>();
  for (let retryCount = 0; ; retryCount++) {
    try {
      return await attempt(scopeAfter(retryCount));
    } catch (thrown) {
      const failure = asFailure(thrown, entered);
      const retrier = retriers.find((r) => matches(r.errorEquals, failure));
      const retries = retrier ? (used.get(retrier) ?? 0) : 0;
      if (retrier && retries < retrier.maxAttempts) {
        used.set(retrier, retries + 1);
        const { wait, random } = frame.services;
        await wait(retryDelay(retrier, retries, random) * 1000, frame.signal);
        continue;
      }
      const catcher = catchers.find((c) => matches(c.errorEquals, failure));
      if (!catcher) throw failure;
      return caught(catcher, failure, scopeAfter(retryCount), entered);
    }
  }
}

async function caught(catcher: Catcher, failure: StatesError, scope: Scope, entered: Entered): Promise<Step> {
  const value = errorOutput(failure);
  try {
    return { ...(await complete(catcher.flow, scope, { as: 'errorOutput', value })), next: catcher.next };
  } catch (thrown) {
    throw asFailure(thrown, entered);
  }
}

/** `{Error, Cause}`, as far as the error has them. */
function errorOutput(failure: StatesError): JsonObject {
  return {
    ...(failure.error !== undefined && { Error: failure.error }),
    ...(failure.cause !== undefined && { Cause: failure.cause }),
  };
}

function retryDelay(retrier: Retrier, retries: number, random: () => number): number {
  const grown = retrier.intervalSeconds * retrier.backoffRate ** retries;
  const delay = Math.min(grown, retrier.maxDelaySeconds ?? Number.POSITIVE_INFINITY);
  return retrier.fullJitter ? random() * delay : delay;
}

const TIMEOUTS = ['States.Timeout', 'States.HeartbeatTimeout'];

function matches(errorEquals: readonly string[], failure: StatesError): boolean {
  if (!failure.catchable) return false;
  const isTimeout = TIMEOUTS.includes(failure.error ?? '');
  return errorEquals.some(
    (name) =>
      name === failure.error ||
      name === 'States.ALL' ||
      (name === 'States.TaskFailed' && !isTimeout) ||
      (name === 'States.Timeout' && isTimeout),
  );
}

/** Puts the state's name before the text of a failed evaluation; passes on all else. */
function asFailure(thrown: unknown, { state, frame, eventId }: Entered): StatesError {
  if (thrown instanceof StatesError) return thrown;
  if (!(thrown instanceof EvaluationError)) throw thrown;
  const place = `An error occurred while executing the state '${state.name}' (entered at the event id #${eventId}).`;
  const cause = `${place} ${thrown.message}`;
  if (state.flow.language === 'JSONata') {
    const { error, location } = thrown;
    frame.track.record('EvaluationFailed', {
      error,
      cause,
      ...(location && { location }),
      state: state.name,
    });
  }
  return new StatesError(thrown.error, cause);
}
