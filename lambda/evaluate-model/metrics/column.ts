/** A column of numbers that grows. Takes 8 bytes for each number, and less than twice as much while it grows. */
export class Column {
  #values = new Float64Array(1024);
  #length = 0;

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const grown = new Float64Array(this.#length * 2);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#length] = value;
    this.#length += 1;
  }

  /** The numbers so far. */
  get values(): Float64Array {
    return this.#values.subarray(0, this.#length);
  }
}
