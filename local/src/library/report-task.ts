import { randomInt } from 'node:crypto';
import { evaluateTemplate, isObject, type Json, type JsonObject, statesIn } from '../states';

/** The jobs that a report is about. */
export interface ReportSubject {
  readonly kind: 'tuning job' | 'AutoML job';
  readonly name: string;
  /** Names of the earlier tuning jobs of the same search. @default - none */
  readonly earlierTuningJobNames?: readonly string[];
  /** Name of the best training job so far. @default - none has completed */
  readonly bestTrainingJobName?: string;
  /** Name of the final training job. @default - none was created */
  readonly finalTrainingJobName?: string;
  /** Folder name of a fleet's item in the output, with a trailing slash. @default - the job belongs to no item */
  readonly itemFolder?: string;
}

/** An invocation of the Lambda function that writes a report. */
export interface ReportTask {
  /** Name or ARN. */
  readonly functionName: string;
  readonly payload: Json;
}

/** The payload field that names the job. */
const FIELDS = { 'tuning job': 'tuningJobName', 'AutoML job': 'autoMlJobName' } as const;

/** Time limit for evaluating the expressions of a payload. */
const MILLISECONDS = 10_000;

/**
 * The Lambda invocation that writes a report, with the payload that the state machine would send now.
 *
 * @returns undefined if the definition has no such state
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
    // Each item of a fleet keeps its description in the variable `fleetItem`.
    variables: subject.itemFolder === undefined ? {} : { fleetItem: { folder: subject.itemFolder } },
    random: () => randomInt(2 ** 32) / 2 ** 32,
    signal: AbortSignal.timeout(MILLISECONDS),
  });
  return { functionName: FunctionName, payload };
}

/** Whether a state machine writes reports. */
export function writesReports(definition: Readonly<Record<string, unknown>>): boolean {
  return reportStates(definition).length > 0;
}

/** The input of the state that writes the report, as the previous states would have produced it. */
function inputOf(subject: ReportSubject): JsonObject {
  const { kind, name, earlierTuningJobNames: earlier, bestTrainingJobName, finalTrainingJobName } = subject;
  return {
    [FIELDS[kind]]: name,
    ...(bestTrainingJobName !== undefined && {
      result: {
        tuningJob: { name, ...(earlier && { earlierTuningJobNames: [...earlier] }) },
        bestTrainingJob: { name: bestTrainingJobName },
      },
    }),
    ...(finalTrainingJobName !== undefined && { trainingJobName: finalTrainingJobName }),
  };
}

/** Arguments of the states that write reports. The payload contains the job's name and the report's location. */
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
