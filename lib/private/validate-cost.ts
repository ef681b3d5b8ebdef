import { Token } from 'aws-cdk-lib';
import {
  boundOf,
  calculationOf,
  costModel,
  hourCount,
  jobCountsOf,
  money,
  pricedTypes,
  SECONDS_PER_HOUR,
} from './cost';
import type { Problems } from './problems';
import type { TuningDefinition, TuningInput } from './tuning-definitions';

/** Checks the prices and limits, and that an execution whose input is `{}` stays within the limits. */
export function checkCost(
  problems: Problems,
  tuning: TuningInput,
  definitions: readonly TuningDefinition[],
): void {
  const { cost } = tuning;
  if (cost === undefined) return;
  const { pricePerHour, volumePricePerMonth, maxCost, maxInstanceHours } = cost;
  const numbers = { volumePricePerMonth, maxCost, maxInstanceHours };
  for (const [name, value] of Object.entries(numbers)) checkNumber(problems, `cost.${name}`, value);
  for (const [type, price] of Object.entries(pricePerHour ?? {})) {
    checkNumber(problems, `cost.pricePerHour.${type}`, price);
  }
  if (pricePerHour === undefined) {
    if (maxCost !== undefined) problems.add('cost.pricePerHour', 'is required, because maxCost is given');
    if (volumePricePerMonth !== undefined) {
      problems.add('cost.pricePerHour', 'is required, because volumePricePerMonth is given');
    }
  } else {
    const missing = pricedTypes(tuning, definitions).filter((type) => !(type in pricePerHour));
    for (const type of missing) problems.add('cost.pricePerHour', `needs the price of ${type}`);
    if (missing.length > 0) return;
  }
  checkLimits(problems, tuning, definitions);
}

function checkLimits(
  problems: Problems,
  tuning: TuningInput,
  definitions: readonly TuningDefinition[],
): void {
  const { maxCost, maxInstanceHours } = tuning.cost ?? {};
  if (maxCost === undefined && maxInstanceHours === undefined) return;
  const model = costModel(tuning, definitions);
  if (model === undefined) {
    problems.add(
      'cost',
      'needs instance types and counts, volume sizes and run times that are known at synth, not tokens',
    );
    return;
  }
  const jobs = jobCountsOf(tuning, definitions);
  if (jobs === undefined) return;
  const { instanceSeconds, cost } = boundOf(model, jobs);
  const calculation = (measure: 'cost' | 'instanceSeconds') => calculationOf(model, measure, jobs);
  if (maxCost !== undefined && cost > maxCost) {
    problems.add(
      'cost.maxCost',
      `is ${maxCost}, but an execution could cost ${money(cost)}: ${calculation('cost')}`,
    );
  }
  if (maxInstanceHours !== undefined && instanceSeconds > maxInstanceHours * SECONDS_PER_HOUR) {
    problems.add(
      'cost.maxInstanceHours',
      `is ${maxInstanceHours}, but an execution could use ${hourCount(instanceSeconds)}: ${calculation('instanceSeconds')}`,
    );
  }
}

function checkNumber(problems: Problems, prop: string, value: number | undefined): void {
  if (value === undefined) return;
  if (Token.isUnresolved(value)) problems.add(prop, 'must be a number that is known at synth');
  else if (!Number.isFinite(value) || value < 0)
    problems.add(prop, `must be a number of at least 0, got ${value}`);
}
