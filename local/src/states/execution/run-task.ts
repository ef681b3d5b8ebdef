import { randomUUID } from 'node:crypto';
import { linkedController } from '../../linked-controller';
import { dataLimitError, HeartbeatTimeout, StatesError } from '../errors';
import { copyJson, type Json, jsonSize, jsonText, PAYLOAD_LIMIT } from '../json';
import type { TaskState } from '../types';
import { computeInteger } from './computed-number';
import { complete, effectiveArguments, fieldError, fill, type Scope } from './data-flow';
import type { Frame } from './frame';
import type { TaskCall } from './service-calls';
import { Stop } from './stop';
import { describeResource, type TaskEvents } from './task-events';
import type { Step, Visit } from './visit';

/** Calls a service within the state's timeouts. */
export async function runTask(state: TaskState, visit: Visit): Promise<Step> {
  const { frame, before } = visit;
  const { track, progress } = frame;
  const takesToken = state.resource.endsWith('.waitForTaskToken');
  const taskToken = takesToken ? (before?.call?.taskToken ?? randomUUID()) : undefined;
  const scope: Scope = taskToken
    ? { ...visit.scope, context: { ...visit.scope.context, Task: { Token: taskToken } } }
    : visit.scope;
  const events = describeResource(state.resource);
  const args = before?.call ? before.call.arguments : await effectiveArguments(state.flow, scope);
  const call = {
    resource: state.resource,
    arguments: args,
    stateName: state.name,
    context: scope.context,
    place: frame.place,
    timeoutSeconds: await limit(state, 'timeoutSeconds', scope),
    heartbeatSeconds: await limit(state, 'heartbeatSeconds', scope),
    credentials: state.credentials && (await fill(state.credentials, 'Credentials', state.flow, scope)),
    taskToken,
    ...(before?.call && { resumed: { submitted: before.call.submitted } }),
    submitted: (output: Json) => {
      const eventId = track.record(`${events.prefix}Submitted`, {
        ...events.details,
        output: jsonText(output),
      });
      progress.state({ call: { arguments: args, taskToken, eventId, submitted: output } });
    },
  };
  if (before?.call) track.continueBehind(before.call.eventId);
  else {
    track.record(`${events.prefix}Scheduled`, {
      ...events.details,
      [events.inputMember]: jsonText(args),
      ...(call.timeoutSeconds !== undefined && { timeoutInSeconds: call.timeoutSeconds }),
      ...(call.heartbeatSeconds !== undefined && { heartbeatInSeconds: call.heartbeatSeconds }),
    });
  }
  const value = await recorded(events, frame, async () => {
    if (!before?.call) {
      const eventId = track.record(`${events.prefix}Started`, events.startedDetails);
      progress.state({ call: { arguments: args, taskToken, eventId } });
    }
    const result = copyJson(await withinLimits(call, takesToken || events.prefix === 'Activity', frame));
    if (jsonSize(result) > PAYLOAD_LIMIT) throw dataLimitError(events.producer, true);
    return result;
  });
  return { ...(await complete(state.flow, scope, { as: 'result', value })), next: state.next };
}

async function limit(
  state: TaskState,
  which: 'timeoutSeconds' | 'heartbeatSeconds',
  scope: Scope,
): Promise<number | undefined> {
  const field = state[which];
  if (!field) return undefined;
  const seconds = await computeInteger(field, state.flow, scope);
  if (seconds < 1) throw fieldError(state.flow, `${field.field} must be positive.`, field.field);
  return seconds;
}

/** Records the result of the call. */
async function recorded(events: TaskEvents, frame: Frame, run: () => Promise<Json>): Promise<Json> {
  try {
    const result = await run();
    frame.track.record(`${events.prefix}Succeeded`, { ...events.details, output: jsonText(result) });
    return result;
  } catch (error) {
    if (error instanceof StatesError) {
      const ended = error.error === 'States.Timeout' ? 'TimedOut' : 'Failed';
      frame.track.record(`${events.prefix}${ended}`, {
        ...events.details,
        error: error.error,
        cause: error.cause,
      });
    }
    throw error;
  }
}

async function withinLimits(
  call: Omit<TaskCall, 'signal' | 'heartbeat'>,
  takesHeartbeats: boolean,
  frame: Frame,
): Promise<unknown> {
  const { clock, runTask: run } = frame.services;
  const { controller, release } = linkedController(frame.signal);
  const { signal } = controller;
  let lastBeat = clock.now().getTime();
  const heartbeat = () => {
    lastBeat = clock.now().getTime();
  };
  const tooLong = async (seconds: number): Promise<never> => {
    await clock.sleep(seconds * 1000, signal);
    throw new StatesError('States.Timeout');
  };
  const tooQuiet = async (seconds: number): Promise<never> => {
    for (;;) {
      const left = lastBeat + seconds * 1000 - clock.now().getTime();
      if (left <= 0) throw new HeartbeatTimeout();
      await clock.sleep(left, signal);
    }
  };
  const runners: Promise<unknown>[] = [run({ ...call, signal, heartbeat }), rejectOnAbort(signal)];
  if (call.timeoutSeconds !== undefined) runners.push(tooLong(call.timeoutSeconds));
  if (call.heartbeatSeconds !== undefined && takesHeartbeats) runners.push(tooQuiet(call.heartbeatSeconds));
  try {
    return await Promise.race(runners);
  } finally {
    controller.abort(new Stop());
    release();
  }
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
