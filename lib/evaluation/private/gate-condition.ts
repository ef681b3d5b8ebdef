/** A condition of a quality gate, in the form that the function `evaluate-model` reads. */
export type GateCondition =
  | { readonly type: 'AtLeast' | 'AtMost'; readonly metric: string; readonly value: number }
  | { readonly type: 'BetterThanBaseline' }
  | { readonly type: 'NoWorseThanApproved'; readonly tolerance: number; readonly metric?: string }
  | { readonly type: 'All' | 'Any'; readonly conditions: readonly GateCondition[] };

/** A condition and all conditions within it. */
export function conditionsIn(condition: GateCondition): GateCondition[] {
  const inner = 'conditions' in condition ? condition.conditions.flatMap(conditionsIn) : [];
  return [condition, ...inner];
}

/** Number of nested levels of `All` and `Any`. */
export function depthOf(condition: GateCondition): number {
  return 'conditions' in condition ? 1 + Math.max(...condition.conditions.map(depthOf)) : 0;
}
