import type { CostOptions } from '../cost-bound';
import { type CostModel, hours, money, SECONDS_PER_HOUR, type Usage } from './cost';
import { literal } from './jsonata';

/** JSONata for the cost bound of an execution. The expressions need the variables `$trainingJobs` and `$parallel`. */
export interface CostExpressions {
  /** Checks of the limits on cost and instance hours. A check returns a message, or nothing if its limit is kept. */
  readonly checks: readonly string[];
  /** The cost bound, as an object. */
  readonly bound: string;
}

/** JSONata that calculates the cost bound of an execution from the execution's input, in the same way as `boundOf`. */
export function costExpressions(model: CostModel, options: CostOptions): CostExpressions {
  const { pricePerHour, maxCost, maxInstanceHours } = options;
  const check = (measure: keyof Usage, limit: number, text: string) => `(
      $bound := ${boundExpression(model, measure)};
      $bound > ${literal(limit)} ? ${text} & ${calculation(model, measure)} & '. Lower maxTrainingJobs or maxParallelTrainingJobs'
    )`;
  return {
    checks: [
      ...(maxCost === undefined
        ? []
        : [
            check(
              'cost',
              maxCost,
              `'input: the execution could cost ' & $formatNumber($bound, '0.00') & ', and cost.maxCost is ${literal(maxCost)}: '`,
            ),
          ]),
      ...(maxInstanceHours === undefined
        ? []
        : [
            check(
              'instanceSeconds',
              maxInstanceHours * SECONDS_PER_HOUR,
              `'input: the execution could use ' & $string($round($bound / ${SECONDS_PER_HOUR}, 2)) & ' instance hours, and cost.maxInstanceHours is ${literal(maxInstanceHours)}: '`,
            ),
          ]),
    ],
    bound: `{'instanceSeconds': ${boundExpression(model, 'instanceSeconds')}${pricePerHour ? `, 'cost': ${boundExpression(model, 'cost')}` : ''}}`,
  };
}

function boundExpression(model: CostModel, measure: keyof Usage): string {
  const { trainingJob, sequence, warmPool, others } = model;
  const search = `$trainingJobs * ${literal(trainingJob[measure])}`;
  const after = Object.values(others).reduce((sum, usage) => sum + usage[measure], 0);
  const most = sequence ? `$min([${search}, $parallel * ${literal(sequence[measure])}])` : search;
  return `${most} + $trainingJobs * ${literal(warmPool[measure])} + ${literal(after)}`;
}

/** JSONata for the string that `calculationOf` returns. */
function calculation(model: CostModel, measure: keyof Usage): string {
  const format = measure === 'cost' ? money : hours;
  const { trainingJob, sequence, warmPool, others } = model;
  const all = `$trainingJobs & ' training jobs × ${format(trainingJob[measure])}'`;
  const inTime =
    sequence &&
    `$parallel * ${literal(sequence[measure])} < $trainingJobs * ${literal(trainingJob[measure])} ? $parallel & ' training jobs at a time × ${format(sequence[measure])} (maxTuningRuntime)' : `;
  const rest = [
    ...(warmPool[measure] > 0
      ? [`' + ' & $trainingJobs & ' warm pools × ${format(warmPool[measure])}'`]
      : []),
    ...Object.entries(others).map(([name, usage]) => `' + ${name} ${format(usage[measure])}'`),
  ];
  return [`(${inTime ?? ''}${all})`, ...rest].join(' & ');
}
