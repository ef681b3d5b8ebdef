import { TuningIntegration, type TuningOptions } from '../tuning-options';
import { hasSeveralDefinitions } from './tuning-definitions';

/** Whether the request has fields that Step Functions' optimised integration is not known to take. */
export function usesSdk(tuning: TuningOptions): boolean {
  const { integration, strategy } = tuning;
  if (integration === TuningIntegration.OPTIMIZED) return false;
  if (integration === TuningIntegration.SDK || hasSeveralDefinitions(tuning)) return true;
  return strategy !== undefined && Object.keys(strategy._render()).length > 1;
}
