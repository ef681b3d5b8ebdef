import { csvLine } from '../shared/csv-line';
import type { ItemResult } from './fleet-data';
import { gateOf } from './item-result';

type Column = readonly [string, (item: ItemResult) => string | number | undefined];

/** Columns that are left out if no item has a value. */
const OPTIONAL: readonly Column[] = [
  ['warm_started', ({ warmStarted }) => warmStarted?.toString()],
  ['model_package', ({ modelPackage }) => modelPackage],
  ['report_error', ({ reportError }) => reportError?.replace(/\s*[\r\n]+\s*/g, ' ')],
  ['bound_instance_seconds', ({ cost }) => cost?.bound.instanceSeconds],
  ['cost', ({ cost }) => cost?.used?.cost],
  ['bound_cost', ({ cost }) => cost?.bound.cost],
];

/** Renders `fleet.csv`: a row for each item, and a column for each metric of the final models. */
export function renderCsv(items: readonly ItemResult[]): string {
  const metrics = namesOf(items, 'metrics');
  const tested = namesOf(items, 'evaluation');
  const columns: Column[] = [
    ['id', ({ id }) => id],
    ['status', ({ status }) => status],
    ['error', ({ error }) => error],
    // Keeps a reason on one line, for tools that read a file line by line.
    ['reason', ({ reason }) => reason?.replace(/\s*[\r\n]+\s*/g, ' ')],
    ['objective_metric', ({ objective }) => objective?.metric],
    ['objective', ({ objective }) => objective?.value],
    ['tuning_job', ({ tuningJob }) => tuningJob],
    ['best_training_job', ({ bestTrainingJob }) => bestTrainingJob],
    ['final_training_job', ({ finalTrainingJob }) => finalTrainingJob],
    ['model', ({ model }) => model],
    ...metrics.map((name) => [name, (item: ItemResult) => item.metrics?.[name]] as const),
    ...tested.map((name) => [`test:${name}`, (item: ItemResult) => item.evaluation?.[name]] as const),
    ['gate', gateOf],
    ['report', ({ report }) => report],
    ['instance_seconds', ({ instanceSeconds }) => instanceSeconds],
    ...OPTIONAL.filter(([, read]) => items.some((item) => read(item) !== undefined)),
    ['started_at', ({ startedAt }) => startedAt],
    ['ended_at', ({ endedAt }) => endedAt],
  ];
  return [
    csvLine(columns.map(([name]) => name)),
    ...items.map((item) => csvLine(columns.map(([, read]) => read(item)))),
  ].join('');
}

function namesOf(items: readonly ItemResult[], field: 'metrics' | 'evaluation'): string[] {
  return [...new Set(items.flatMap((item) => Object.keys(item[field] ?? {})))];
}
