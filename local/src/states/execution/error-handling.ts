import { EvaluationError, HeartbeatTimeout, StatesError } from '../errors';
import type { JsonObject } from '../json';
import type { Catcher, Retrier, State } from '../types';
import { complete, type Scope } from './data-flow';
import type { Frame } from './frame';
import type { StateProgress } from './position';
import { sleepAfterFailure } from './sleep-after-failure';
import type { Step } from './visit';

/** The running state, and the event that recorded when the state was entered. */
interface Entered {
  readonly state: State;
  readonly frame: Frame;
  readonly enteredEventId: number;
  /** Progress of the state in an earlier run. */
  readonly before: StateProgress | undefined;
  /** The scope of the state's expressions after a number of retries. */
  readonly scopeAfter: (retryCount: number) => Scope;
}

/** Runs a state and applies its Retry and Catch, which no other module handles. */
export async function withErrorHandling(
  entered: Entered,
  attempt: (scope: Scope, before: StateProgress | undefined) => Promise<Step>,
): Promise<Step> {
  const { state, frame, scopeAfter } = entered;
  const { clock, random, waitTimeScale } = frame.services;
  const retriers = 'retry' in state ? state.retry : [];
  const catchers = 'catch' in state ? state.catch : [];
  const used = retriers.map((_, i) => entered.before?.retries?.[i] ?? 0);
  let { before } = entered;
  await sleepUntil(before?.retryTime, frame);
  for (;;) {
    const retryCount = used.reduce((sum, times) => sum + times, 0);
    try {
      return await attempt(scopeAfter(retryCount), before);
    } catch (thrown) {
      const failure = asFailure(thrown, entered);
      before = undefined;
      const i = retriers.findIndex((r) => matches(r.errorEquals, failure));
      const [retrier, retries = 0] = [retriers[i], used[i]];
      if (retrier && retries < retrier.maxAttempts) {
        used[i] = retries + 1;
        const delay = retryDelay(retrier, retries, random) * 1000 * waitTimeScale;
        const retryTime = new Date(clock.now().getTime() + delay).toISOString();
        frame.progress.attempt({ retries: [...used], retryTime });
        await sleepAfterFailure(delay, failure, frame);
        continue;
      }
      const catcher = catchers.find((c) => matches(c.errorEquals, failure));
      const failedEventId = recordFailed(failure, entered);
      if (!catcher) {
        frame.track.continueBehind(failedEventId);
        throw failure;
      }
      const step = await caught(catcher, failure, scopeAfter(retryCount), entered);
      frame.track.continueBehind(failedEventId);
      return step;
    }
  }
}

async function sleepUntil(time: string | undefined, { services, signal }: Frame): Promise<void> {
  const left = time === undefined ? 0 : Date.parse(time) - services.clock.now().getTime();
  if (left > 0) await services.clock.sleep(left, signal);
}

async function caught(catcher: Catcher, failure: StatesError, scope: Scope, entered: Entered): Promise<Step> {
  const value = errorOutput(failure);
  try {
    return {
      ...(await complete(catcher.flow, scope, { as: 'errorOutput', value })),
      next: catcher.next,
      caught: failure,
    };
  } catch (thrown) {
    const another = asFailure(thrown, entered);
    entered.frame.track.continueBehind(recordFailed(another, entered));
    throw another;
  }
}

/**
 * Records the failure of a Parallel or Map state. Does not record failures that are retried or cannot be
 * caught.
 */
function recordFailed(failure: StatesError, { state, frame: { track } }: Entered): number {
  if (!failure.catchable) return track.newest;
  const hasChildren = state.type === 'Parallel' || state.type === 'Map';
  return hasChildren ? track.recordAside(`${state.type}StateFailed`) : track.last;
}

/** Returns `{Error, Cause}`. Omits members without a value. */
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

function matches(errorEquals: readonly string[], failure: StatesError): boolean {
  if (!failure.catchable) return false;
  return errorEquals.some(
    (name) =>
      name === failure.error ||
      name === 'States.ALL' ||
      (name === 'States.TaskFailed' && failure.error !== 'States.Timeout') ||
      (name === 'States.HeartbeatTimeout' && failure instanceof HeartbeatTimeout),
  );
}

/** Prefixes the message of a failed evaluation with the state's name. Returns all other errors unchanged. */
function asFailure(thrown: unknown, { state, frame, enteredEventId }: Entered): StatesError {
  if (thrown instanceof StatesError) return thrown;
  if (!(thrown instanceof EvaluationError)) throw thrown;
  const place = `An error occurred while executing the state '${state.name}' (entered at the event id #${enteredEventId}).`;
  const cause = thrown.isLimit ? thrown.message : `${place} ${thrown.message}`;
  const { error, location } = thrown;
  if (state.flow.language === 'JSONata' && error !== 'States.Runtime') {
    frame.track.record('EvaluationFailed', {
      error,
      cause,
      ...(location && { location }),
      state: state.name,
    });
  }
  return new StatesError(error, cause, thrown.isLimit ? false : undefined);
}
