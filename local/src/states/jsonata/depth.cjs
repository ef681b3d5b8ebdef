// Limits how deeply the evaluations of an expression are nested.
'use strict';

/** jsonata's error code for an evaluation that is nested too deeply. */
const TOO_DEEP = 'D1011';

/** Maximum number of nested evaluations, as another project measured it on AWS. */
const MAX_DEPTH = 100;

/**
 * @typedef {object} Level an evaluation that has not ended
 * @property {object | undefined} memberOf the array or object constructor whose member is evaluated
 * @property {(() => void)[]} waiting start the other members
 * @property {number} started number of the waiting members that have started
 */

/**
 * Limits the depth of an expression. jsonata's own option `stack` also counts the members of array and object
 * constructors as nested, because jsonata starts all members at the same time. Here, each member waits for the one
 * before it. So all members are on the same level, as on AWS, where evaluation is sequential.
 *
 * @param {import('jsonata').Expression} expression
 */
function limitDepth(expression) {
  const constructorOf = constructorsIn(expression.ast());
  /**
   * The levels of each evaluation of the expression, indexed by the environment of the evaluation.
   *
   * @type {WeakMap<object, Level[]>}
   */
  const evaluations = new WeakMap();

  listen(expression, 'entry', (node, _, { base }) => {
    const levels = evaluations.get(base) ?? [];
    if (levels.length === 0) evaluations.set(base, levels);
    const memberOf = constructorOf.get(node);
    const last = levels.at(-1);
    if (memberOf && last?.memberOf === memberOf) {
      return new Promise((resolve) => last.waiting.push(() => resolve(undefined)));
    }
    if (levels.length === MAX_DEPTH) throw { code: TOO_DEEP, stack: new Error().stack };
    levels.push({ memberOf, waiting: [], started: 0 });
    return undefined;
  });

  listen(expression, 'exit', (_node, _input, { base }) => {
    const levels = evaluations.get(base) ?? [];
    const last = levels.at(-1);
    const next = last?.waiting[last.started++];
    if (next) next();
    else levels.pop();
  });
}

/**
 * Registers a function that jsonata calls when the evaluation of a node starts or ends.
 *
 * @param {import('jsonata').Expression} expression
 * @param {'entry' | 'exit'} event
 * @param {(node: object, input: unknown, environment: { base: object }) => Promise<void> | undefined | void} listener
 */
function listen(expression, event, listener) {
  // jsonata's types do not allow symbols.
  const name = /** @type {any} */ (Symbol.for(`jsonata.__evaluate_${event}`));
  expression.assign(name, listener);
}

/**
 * The array or object constructor of each member in a syntax tree. The values of a grouping, `items{id: value}`, are
 * members, too.
 *
 * @param {unknown} tree
 * @param {Map<unknown, object>} [constructors]
 */
function constructorsIn(tree, constructors = new Map()) {
  if (typeof tree !== 'object' || tree === null) return constructors;
  const { lhs, expressions } = /** @type {{ lhs?: unknown, expressions?: unknown }} */ (tree);
  if (Array.isArray(lhs)) for (const [, value] of lhs) constructors.set(value, tree);
  if (isArrayConstructor(tree) && Array.isArray(expressions)) {
    for (const member of expressions) constructors.set(member, tree);
  }
  for (const child of Object.values(tree)) constructorsIn(child, constructors);
  return constructors;
}

/** @param {object} node */
function isArrayConstructor(node) {
  return 'type' in node && node.type === 'unary' && 'value' in node && node.value === '[';
}

module.exports = { limitDepth, TOO_DEEP };
