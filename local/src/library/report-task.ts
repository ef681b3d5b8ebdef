import { randomInt } from 'node:crypto';
import { evaluateTemplate, isObject, type Json, type JsonObject, statesIn } from '../states';

/** What a report is about. */
export interface ReportSubject {
  readonly kind: 'tuning job' | 'AutoML job';
  readonly name: string;
  /** The best training job so far. @default - none has completed */
  readonly bestTrainingJobName?: string;
  /** The training job of the final model. @default - none was created */
  readonly finalTrainingJobName?: string;
}

/** A call of the Lambda function that writes a report. */
export interface ReportTask {
  /** Name or ARN. */
  readonly functionName: string;
  readonly payload: Json;
}

/** What the payload names a job by. */
const FIELDS = { 'tuning job': 'tuningJobName', 'AutoML job': 'autoMlJobName' } as const;

/** How long the expressions of a payload may take. */
const MILLISECONDS = 10_000;

/**
 * The call that a state machine makes to have a report written: as its state would make it now, whatever state it is in.
 *
 * @returns undefined where the definition has no such state
 */
export async function reportTask(
  definition: Readonly<Record<string, unknown>>,
  subject: ReportSubject,
): Promise<ReportTask | undefined> {
  const found = reportStates(definition).find(({ Payload }) => Object.hasOwn(Payload, FIELDS[subject.kind]));
  if (found === undefined) return undefined;
  const { FunctionName, Payload } = found;
  const payload = await evaluateTemplate(Payload, '/Arguments/Payload', {
    states: { input: inputOf(subject), context: {} },
    variables: {},
    random: () => randomInt(2 ** 32) / 2 ** 32,
    signal: AbortSignal.timeout(MILLISECONDS),
  });
  return { functionName: FunctionName, payload };
}

/** Whether a state machine has reports written. */
export function writesReports(definition: Readonly<Record<string, unknown>>): boolean {
  return reportStates(definition).length > 0;
}

/** What the states before have put together by then. */
function inputOf({ kind, name, bestTrainingJobName, finalTrainingJobName }: ReportSubject): JsonObject {
  return {
    [FIELDS[kind]]: name,
    ...(bestTrainingJobName !== undefined && {
      result: { tuningJob: { name }, bestTrainingJob: { name: bestTrainingJobName } },
    }),
    ...(finalTrainingJobName !== undefined && { trainingJobName: finalTrainingJobName }),
  };
}

/** The arguments of the states that have reports written: they name a job and where the report goes. */
function reportStates(
  definition: Readonly<Record<string, unknown>>,
): { readonly FunctionName: string; readonly Payload: JsonObject }[] {
  return statesIn(definition).flatMap(({ state }) => {
    const { FunctionName, Payload } = Object(state['Arguments']) as Readonly<Record<string, Json>>;
    const isReport =
      typeof FunctionName === 'string' &&
      isObject(Payload) &&
      Object.hasOwn(Payload, 'output') &&
      Object.values(FIELDS).some((field) => Object.hasOwn(Payload, field));
    return isReport ? [{ FunctionName, Payload: Payload as JsonObject }] : [];
  });
}
