/** Number of values that a digit can have. The sort uses digits of 16 bits. */
const DIGITS = 65_536;

/**
 * The indices of the values from the largest to the smallest. Equal values stay in order.
 *
 * A radix sort: `sort` with a comparison takes several times as long for millions of values.
 */
export function descendingOrder(values: Float64Array): Uint32Array {
  const digits = digitsOf(values);
  let order = new Uint32Array(values.length).map((_, index) => index);
  let next = new Uint32Array(values.length);
  for (let digit = 0; digit < 4; digit += 1) {
    const starts = new Uint32Array(DIGITS + 1);
    for (let at = digit; at < digits.length; at += 4) {
      const after = (digits[at] as number) + 1;
      starts[after] = (starts[after] as number) + 1;
    }
    // All values have the same digit, so there is nothing to sort. This happens with float32 numbers, whose last bits are 0.
    if (starts.includes(values.length)) continue;
    for (let value = 1; value <= DIGITS; value += 1) {
      starts[value] = (starts[value] as number) + (starts[value - 1] as number);
    }
    for (const index of order) {
      const value = digits[index * 4 + digit] as number;
      const place = starts[value] as number;
      next[place] = index;
      starts[value] = place + 1;
    }
    [order, next] = [next, order];
  }
  return order;
}

/**
 * The 16-bit digits of each value, least significant first. The bits are inverted where needed, so that larger values
 * have smaller digits.
 */
function digitsOf(values: Float64Array): Uint16Array {
  // Adding 0 turns -0 into 0.
  const digits = new Uint16Array(values.map((value) => value + 0).buffer);
  for (let at = 0; at < digits.length; at += 4) {
    // Negative numbers keep their bits: a smaller number has a larger bit pattern, and the sign bit puts all negative
    // numbers after the positive numbers.
    if ((digits[at + 3] as number) >= 0x8000) continue;
    // Positive numbers: inverts all bits except the sign, so that larger numbers come first.
    for (let digit = at; digit < at + 3; digit += 1) digits[digit] = ~(digits[digit] as number);
    digits[at + 3] = (digits[at + 3] as number) ^ 0x7fff;
  }
  return digits;
}
