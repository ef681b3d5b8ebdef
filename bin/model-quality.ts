import { ModelRegistry, QualityGate } from '../lib';
import type { Settings } from './settings';

/** Default share of the rows of a CSV file that become test data, if the model is evaluated. */
const DEFAULT_TEST_FRACTION = 0.2;

/** Whether the final model is evaluated on test data. */
export function isEvaluated({ evaluation, testFraction, qualityGate }: Settings): boolean {
  return evaluation ?? (testFraction !== undefined || qualityGate !== undefined);
}

/** Share of the rows of a CSV file that become test data; 0 if the model is not evaluated. */
export function testFractionOf(settings: Settings): number {
  return isEvaluated(settings) ? (settings.testFraction ?? DEFAULT_TEST_FRACTION) : 0;
}

/** The conditions in the settings, all of which must be met; undefined if there are none. */
export function qualityGateOf({ qualityGate = {} }: Settings): QualityGate | undefined {
  const { atLeast = {}, atMost = {}, betterThanBaseline, noWorseThanApproved } = qualityGate;
  const gates = [
    ...Object.entries(atLeast).map(([metric, value]) => QualityGate.atLeast(metric, value)),
    ...Object.entries(atMost).map(([metric, value]) => QualityGate.atMost(metric, value)),
    ...(betterThanBaseline ? [QualityGate.betterThanBaseline()] : []),
    ...(noWorseThanApproved
      ? [QualityGate.noWorseThanApproved(noWorseThanApproved === true ? {} : noWorseThanApproved)]
      : []),
  ];
  return gates.length > 0 ? QualityGate.all(...gates) : undefined;
}

/** The model registry in the settings: a new model package group, or an existing group given by its name. */
export function registryOf({ registry }: Settings): ModelRegistry | undefined {
  if (!registry) return undefined;
  return registry === true ? ModelRegistry.group() : ModelRegistry.existingGroup(registry);
}
