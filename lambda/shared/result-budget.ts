/**
 * Size in bytes up to which a function's result may be filled with a list. Step Functions carries 262,144 bytes from
 * state to state, and the result shares them with what the state machine adds, so half of them are left free.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const RESULT_BUDGET_BYTES = 128 * 1024;

/** The items, from the first on, that the result has room for next to the rest of it. */
export function withinBudget<Item>(items: readonly Item[], rest: object): Item[] {
  let size = Buffer.byteLength(JSON.stringify(rest));
  const end = items.findIndex((item) => {
    size += Buffer.byteLength(JSON.stringify(item)) + 1;
    return size > RESULT_BUDGET_BYTES;
  });
  return items.slice(0, end < 0 ? items.length : end);
}
