import { type BatchLimits, batchItems } from '../../src/states/execution/batch-items';
import { type Json, type JsonObject, jsonSize, parseExact } from '../../src/states/json';

/** Groups items as an ItemBatcher does, and measures the whole batch for each item. */
function measureEachTime(
  inputs: readonly Json[],
  shared: JsonObject,
  { items, bytes }: BatchLimits,
): Json[][] {
  const batches: Json[][] = [];
  for (const input of inputs) {
    const last = batches.at(-1);
    const longer = last && [...last, input];
    const fits =
      longer &&
      (!items || longer.length <= items) &&
      (!bytes || jsonSize({ ...shared, Items: longer }) <= bytes);
    if (fits) last.push(input);
    else batches.push([input]);
  }
  return batches;
}

/** Random numbers that are the same in each run. */
function* randomNumbers(): Generator<number> {
  for (let seed = 1; ; ) {
    seed = (seed * 48_271) % 2_147_483_647;
    yield seed;
  }
}

const random = randomNumbers();
const below = (limit: number): number => random.next().value % limit;

function randomItem(): Json {
  const text = Array.from(
    { length: below(12) },
    () => ['a', 'é', '語', '😀', '"', '\n', '\ud800'][below(7)],
  ).join('');
  return [text, { id: text }, [text, null], below(100_000), parseExact('1.50'), {}][below(6)] ?? null;
}

test('batches are as large as the limits allow, in the bytes of their whole input', () => {
  const sizes = new Set<number>();
  for (let i = 0; i < 400; i++) {
    const inputs = Array.from({ length: below(40) }, randomItem);
    const shared: JsonObject = below(2) ? {} : { BatchInput: { name: 'größe' } };
    const limits = {
      items: [undefined, 0, 1, 5][below(4)],
      bytes: [undefined, 0, 1, 60, 120, 300][below(6)],
    };
    const batches = batchItems(inputs, shared, limits);
    expect(batches).toEqual(measureEachTime(inputs, shared, limits));
    for (const batch of batches) sizes.add(batch.length);
  }
  expect(sizes.size).toBeGreaterThan(10);
});

test('the time grows with the number of items, not with its square', () => {
  const inputs = Array.from({ length: 50_000 }, (_, id) => ({ id }));
  const started = Date.now();
  expect(batchItems(inputs, {}, { items: undefined, bytes: 262_144 })).toHaveLength(3);
  expect(Date.now() - started).toBeLessThan(5000);
});
