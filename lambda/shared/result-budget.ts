/**
 * Maximum size of a function's result, in bytes. The payload between states is limited to 262,144 bytes. Half of this
 * size is reserved for data that the state machine adds to the result.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const RESULT_BUDGET_BYTES = 128 * 1024;

/**
 * Keeps as many items from the beginning of a list as fit into a function's result. `rest` is everything else in the
 * result.
 */
export function withinBudget<Item>(items: readonly Item[], rest: object): Item[] {
  let size = Buffer.byteLength(JSON.stringify(rest));
  const end = items.findIndex((item) => {
    size += Buffer.byteLength(JSON.stringify(item)) + 1;
    return size > RESULT_BUDGET_BYTES;
  });
  return items.slice(0, end < 0 ? items.length : end);
}
