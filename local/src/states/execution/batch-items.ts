import { type Json, type JsonObject, jsonSize } from '../json';

/** Limits of an ItemBatcher; undefined and 0 mean no limit. */
export interface BatchLimits {
  /** Maximum number of items. */
  readonly items: number | undefined;
  /** Maximum size of the input of a batch, in bytes. A single item that is larger gets its own batch. */
  readonly bytes: number | undefined;
}

/**
 * Groups items into batches, in their order.
 *
 * @param shared the members that the input of each batch has in addition to `Items`
 */
export function batchItems(inputs: readonly Json[], shared: JsonObject, limits: BatchLimits): Json[][] {
  const batches: Json[][] = [];
  const emptySize = limits.bytes ? jsonSize({ ...shared, Items: [] }) : 0;
  let size = 0;
  for (const input of inputs) {
    const last = batches.at(-1);
    const added = limits.bytes ? jsonSize(input) : 0;
    const sizeWithComma = size + 1 + added;
    const fits =
      last &&
      (!limits.items || last.length < limits.items) &&
      (!limits.bytes || sizeWithComma <= limits.bytes);
    if (fits) {
      last.push(input);
      size = sizeWithComma;
    } else {
      batches.push([input]);
      size = emptySize + added;
    }
  }
  return batches;
}
