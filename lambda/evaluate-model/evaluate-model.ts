import type { Charts, Evaluation, GateResult, Metric } from '../shared/evaluation';
import { METRICS } from '../shared/metric-names';
import { writeJson } from '../shared/write-json';
import { approvedVersionReader } from './approved-version';
import type { EvaluationClients } from './clients';
import type { EvaluateModelEvent } from './event';
import { decide } from './gate';
import type { Computed } from './metrics/computation';
import { computationOf } from './metrics/computations';
import { readPredictions } from './read-predictions';
import { statisticsFile } from './statistics-file';

/** Result of the function. */
export interface EvaluateModelResult {
  readonly evaluation: Evaluation;
  readonly gate: GateResult | null;
  readonly charts: Charts;
}

/**
 * Computes the metrics of a model from its predictions for the test data, writes `evaluation.json`, and decides whether
 * the model passes the gate.
 */
export async function evaluateModel(
  clients: EvaluationClients,
  event: EvaluateModelEvent,
): Promise<EvaluateModelResult> {
  const computation = computationOf(event.problem, event.columns.includes('weight'));
  let weight = 0;
  const rows = await readPredictions(clients.s3, event, (row) => {
    weight += row.weight;
    computation.add(row);
  });
  const computed = computation.finish();
  const { type: problem } = event.problem;
  const reasonOf = (name: string) =>
    weight === 0
      ? 'the weights of all rows are 0'
      : (computed.reasons[name] ?? 'it cannot be computed from this test data');
  const metrics = Object.fromEntries(
    METRICS[problem].map((name) => [name, metricOf(name, computed, reasonOf(name))]),
  );
  const evaluation = { problem, rows, metrics, statistics: event.statistics };
  await writeJson(
    clients.s3,
    event.statistics,
    statisticsFile(evaluation, computed, event.details),
    event.encryptionKey,
  );
  const gate = event.gate
    ? await decide(event.gate, evaluation, approvedVersionReader(clients, event))
    : null;
  return { evaluation, gate, charts: computed.charts };
}

function metricOf(name: string, { estimates, baselines }: Computed, reason: string): Metric {
  const { value = Number.NaN, lower = Number.NaN, upper = Number.NaN } = estimates[name] ?? {};
  return {
    value: orNull(value),
    lower: orNull(lower),
    upper: orNull(upper),
    baseline: orNull(baselines[name] ?? Number.NaN),
    ...(!Number.isFinite(value) && { reason }),
  };
}

function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
