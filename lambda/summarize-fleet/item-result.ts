import { defined } from '../shared/defined';
import type { ItemFingerprint } from '../shared/fleet-success';
import type { Usage } from '../shared/usage';
import type { ItemResult, ItemStatus, Objective } from './fleet-data';
import type { ChildExecution } from './read-results';

/** An item in the list that the Map read. */
export interface ListedItem {
  readonly id: string;
  readonly folder: string;
  /** Fingerprint to record with the item's success. Missing if the fleet records no successes. */
  readonly fingerprint?: ItemFingerprint;
  /** Whether the item was started to learn from the tuning job of its last success. */
  readonly startsFromLastSuccess?: true;
  /** Maximum instance time and cost of the item. Missing if the fleet has no bound. */
  readonly bound?: Usage;
}

/** Maximum number of characters of a reason for failure. The cause of a failed job can be its whole description. */
const MAX_REASON = 600;

/** Matches the sentence at the end of a cause that gives the location of the report. */
const REPORT = /[.] Report: (s3:\/\/\S+?\/report\.html)/;

/**
 * Matches the sentence that names the final model. This sentence stands at the end of each error that occurs after
 * the final training (lib/evaluation/private/final-model.ts).
 */
const FINAL_MODEL = /[.] Training job of the final model: (\S+), model (s3:\/\/\S+?)(?=[.] |[.]?$)/;

/** Matches the most common reason why training jobs failed, and the name of a job that failed for this reason. */
const TRAINING_JOBS =
  /Most common reason for failure \([^:)]*? for example ([a-zA-Z0-9-]+)\): ([\s\S]+?)(?:\. Logs: .*)?$/;

const STATUSES: Readonly<Record<string, ItemStatus>> = {
  SUCCEEDED: 'SUCCEEDED',
  TIMED_OUT: 'TIMED_OUT',
  ABORTED: 'ABORTED',
  PENDING: 'NOT_STARTED',
};

/** The parts of a child execution's output that the summary shows (lib/tuning-fragment.ts). */
interface Output {
  readonly tuningJob?: { readonly name: string };
  readonly warmStarted?: boolean;
  readonly bestTrainingJob?: {
    readonly name: string;
    readonly objective: Objective;
    readonly modelArtifacts?: string | null;
  };
  readonly finalTrainingJob?: {
    readonly name: string;
    readonly metrics?: Readonly<Record<string, number>>;
    readonly modelArtifacts?: string;
  };
  readonly evaluation?: { readonly metrics: Readonly<Record<string, { readonly value: number | null }>> };
  readonly gate?: { readonly passed: boolean };
  readonly modelPackage?: { readonly arn: string };
  readonly report?: string | null;
  readonly instanceSeconds?: number;
}

/** The item that a child execution ran for. */
export function itemOf({ Input: input = '{}' }: ChildExecution): ListedItem {
  return JSON.parse(input);
}

/** The result of an item. */
export function resultOf({ id, folder }: ListedItem, child: ChildExecution | undefined): ItemResult {
  const { Status = 'PENDING', Output: output, StartDate: startedAt, StopDate: endedAt } = child ?? {};
  const status = STATUSES[Status] ?? 'FAILED';
  return {
    id,
    folder,
    status,
    ...(status === 'SUCCEEDED' && output !== undefined && succeeded(JSON.parse(output))),
    ...(status === 'FAILED' && child && failed(child)),
    ...defined({ startedAt, endedAt }),
  };
}

function succeeded(output: Output): Partial<ItemResult> {
  const { tuningJob, bestTrainingJob: best, finalTrainingJob: final } = output;
  const { warmStarted, evaluation, gate, modelPackage, report, instanceSeconds } = output;
  return defined({
    tuningJob: tuningJob?.name,
    bestTrainingJob: best?.name,
    warmStarted,
    objective: best?.objective,
    finalTrainingJob: final?.name,
    model: final?.modelArtifacts ?? best?.modelArtifacts ?? undefined,
    metrics: final?.metrics,
    evaluation: evaluation && valuesOf(evaluation.metrics),
    gatePassed: gate?.passed,
    modelPackage: modelPackage?.arn,
    report: report ?? undefined,
    instanceSeconds,
  });
}

/** The values of the metrics, without undefined values. */
export function valuesOf(
  metrics: Readonly<Record<string, { readonly value: number | null }>>,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(metrics).flatMap(([name, { value }]) => (value === null ? [] : [[name, value]])),
  );
}

/** The decision of the quality gate as text; undefined without a decision. */
export function gateOf({ gatePassed }: ItemResult): 'passed' | 'failed' | undefined {
  if (gatePassed === undefined) return undefined;
  return gatePassed ? 'passed' : 'failed';
}

function failed({ Error: error = 'Unknown', Cause: cause = '' }: ChildExecution): Partial<ItemResult> {
  const text = reasonIn(cause);
  const [, finalTrainingJob, model] = FINAL_MODEL.exec(text) ?? [];
  return {
    error,
    ...reasonOf(text.replace(REPORT, '').replace(FINAL_MODEL, '')),
    ...defined({ report: REPORT.exec(cause)?.[1], finalTrainingJob, model }),
  };
}

/**
 * Why an item failed. If the training jobs of its search failed, the result is their most common failure reason (from
 * lambda/find-best-training-job), with one training job as an example.
 */
function reasonOf(text: string): Pick<ItemResult, 'reason' | 'failedJob'> {
  const [, failedJob, reason] = TRAINING_JOBS.exec(text) ?? [];
  return { reason: (reason ?? text).slice(0, MAX_REASON), ...(failedJob !== undefined && { failedJob }) };
}

/**
 * Extracts the reason from a cause. The cause is the JSON of a function's error, the JSON of a job's description, or
 * plain text.
 */
function reasonIn(cause: string): string {
  if (!cause.startsWith('{')) return cause;
  try {
    const { errorMessage, FailureReason } = JSON.parse(cause);
    const [reason] = [errorMessage, FailureReason].filter((value) => typeof value === 'string');
    return reason ?? cause;
  } catch {
    return cause;
  }
}
