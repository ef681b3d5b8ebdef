import { type Json, jsonText, numberIn } from '../json';
import { unexpectedType } from '../jsonata/expression';
import { parseTimestamp } from '../timestamp';
import type { Computed, WaitState } from '../types';
import { complete, compute, fieldError, type Scope } from './data-flow';
import { sleepAfterFailure } from './sleep-after-failure';
import type { Step, Visit } from './visit';

/** Maximum wait in seconds: AWS's limit for the field. */
const LONGEST_WAIT_SECONDS = 99_999_999;

/** Waits for a duration or until a time. */
export async function runWait(state: WaitState, { frame, scope, before, lastFailure }: Visit): Promise<Step> {
  const { clock, waitTimeScale } = frame.services;
  const now = clock.now().getTime();
  const end =
    before?.waitUntil === undefined
      ? now + ((await endOf(state, now, scope)) - now) * waitTimeScale
      : Date.parse(before.waitUntil);
  if (end > now) {
    frame.progress.state({ waitUntil: new Date(end).toISOString() });
    if (lastFailure) await sleepAfterFailure(end - now, lastFailure, frame);
    else await clock.sleep(end - now, frame.signal);
  }
  return { ...(await complete(state.flow, scope)), next: state.next };
}

/** @returns milliseconds since the epoch */
async function endOf(state: WaitState, now: number, scope: Scope): Promise<number> {
  const value = await compute(state.until.value, state.flow, scope);
  return state.until.kind === 'seconds' ? now + seconds(state, value) * 1000 : timestamp(state, value);
}

function seconds(state: WaitState, value: Json): number {
  const field = state.until.value;
  if (field.kind === 'expression' && numberIn(value) === undefined) {
    throw unexpectedType(field.expression, field.field, 'number', value);
  }
  const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : numberIn(value);
  if (number === undefined || !Number.isInteger(number)) {
    throw fieldError(state.flow, unusable(field, value, 'cannot be parsed as a long value'), field.field);
  }
  if (number < 0 || number > LONGEST_WAIT_SECONDS) {
    throw fieldError(
      state.flow,
      unusable(field, value, `must be between 0 and ${LONGEST_WAIT_SECONDS}`),
      field.field,
    );
  }
  return number;
}

function timestamp(state: WaitState, value: Json): number {
  const field = state.until.value;
  if (field.kind === 'expression' && typeof value !== 'string') {
    throw unexpectedType(field.expression, field.field, 'string', value);
  }
  const nanoseconds = typeof value === 'string' ? parseTimestamp(value) : undefined;
  if (nanoseconds !== undefined) return Number(nanoseconds / 1_000_000n);
  const form = 'ISO-8601 extended offset date-time format string';
  const message =
    field.kind === 'path'
      ? `The ${field.field} parameter does not reference a valid ${form}: ${field.path} == ${asText(value)}`
      : `The ${field.field} field cannot be parsed as an ${form}: ${asText(value)}`;
  throw fieldError(state.flow, message, field.field);
}

function unusable(field: Computed, value: Json, problem: string): string {
  const subject = field.kind === 'path' ? `${field.path} == ` : '';
  return `The ${field.field} parameter ${problem}: ${subject}${asText(value)}`;
}

function asText(value: Json): string {
  return typeof value === 'string' ? value : jsonText(value);
}
