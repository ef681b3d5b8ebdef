import { TuningIntegration, type TuningOptions } from '../tuning-options';
import type { FleetItemOptions } from './fleet-item';
import { LIMITS } from './limits';
import { hasSeveralDefinitions } from './tuning-definitions';

/** Whether the request has fields that Step Functions' optimized integration is not known to support. */
export function usesSdk(tuning: TuningOptions): boolean {
  const { integration, strategy } = tuning;
  if (integration === TuningIntegration.OPTIMIZED) return false;
  if (integration === TuningIntegration.SDK || hasSeveralDefinitions(tuning)) return true;
  return strategy !== undefined && Object.keys(strategy._render()).length > 1;
}

/** Maximum number of tags of the jobs, not counting the construct's own tags. */
export function tagsLimit(tuning: TuningOptions & FleetItemOptions): number {
  return LIMITS.tags - Number(usesSdk(tuning)) - Number(tuning._isFleetItem ?? false);
}
