import type { ExecutionRecord } from '../executions/executions';
import { formatRoughly } from './format';

interface Usage {
  readonly instanceSeconds: number;
  readonly cost?: number;
}

/** The fields of an execution's output about instance time and cost: the amounts used, and their upper bounds. */
interface Costly {
  readonly instanceSeconds?: number;
  /** Number of the fleet's items that the sums leave out, because the instance time of these items is unknown. */
  readonly unknownItems?: number;
  readonly cost?: { readonly bound?: Usage; readonly used?: Usage };
}

/**
 * Renders the instance time and the cost that an execution used, with their upper bounds. Empty without the property
 * `cost`.
 */
export function renderCost({ output }: Pick<ExecutionRecord, 'output'>): string[] {
  const { fleet, ...own } = (output ?? {}) as Costly & { readonly fleet?: Costly };
  const { cost, instanceSeconds, unknownItems = 0 } = fleet ?? own;
  if (cost?.bound === undefined) return [];
  const used = cost.used ?? (instanceSeconds === undefined ? undefined : { instanceSeconds });
  return [
    `Instance time: ${ofAtMost(cost.bound.instanceSeconds, used?.instanceSeconds, formatRoughly)}`,
    ...(cost.bound.cost === undefined ? [] : [`Cost: ${ofAtMost(cost.bound.cost, used?.cost, formatCost)}`]),
    ...(used && unknownItems > 0
      ? [`Not included: ${unknownItems} items whose instance time is unknown`]
      : []),
  ];
}

function formatCost(cost: number): string {
  return cost > 0 && cost < 0.005 ? 'less than 0.01' : cost.toFixed(2);
}

function ofAtMost(bound: number, used: number | undefined, format: (value: number) => string): string {
  return used === undefined ? `at most ${format(bound)}` : `${format(used)} of at most ${format(bound)}`;
}
