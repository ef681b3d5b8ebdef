// Plain JavaScript, because the evaluator process has no compiler.
'use strict';

const MASK = (1n << 48n) - 1n;

/**
 * The 48-bit linear congruential generator of java.util.Random. AWS's functions that accept a seed use this
 * generator.
 */
class JavaRandom {
  /** @param {number} seed */
  constructor(seed) {
    this.state = (BigInt(Math.trunc(seed)) ^ 0x5deece66dn) & MASK;
  }

  /** A number in [0, 1). */
  nextDouble() {
    return (this.next(26) * 2 ** 27 + this.next(27)) / 2 ** 53;
  }

  /** @param {number} bits */
  next(bits) {
    this.state = (this.state * 0x5deece66dn + 0xbn) & MASK;
    return Number(this.state >> BigInt(48 - bits));
  }
}

module.exports = { JavaRandom };
