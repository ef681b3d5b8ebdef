const CHUNK = 65_536;

/** A column of numbers that grows in chunks. Takes 8 bytes for each number. */
export class Column {
  length = 0;
  #chunks: Float64Array[] = [];
  #last = new Float64Array(CHUNK);

  push(value: number): void {
    const place = this.length % CHUNK;
    if (place === 0) {
      this.#last = new Float64Array(CHUNK);
      this.#chunks.push(this.#last);
    }
    this.#last[place] = value;
    this.length += 1;
  }

  /** Returns all numbers and empties the column, so that the numbers are not in memory twice. */
  take(): Float64Array {
    const values = new Float64Array(this.length);
    const chunks = this.#chunks;
    for (let place = 0; place < values.length; place += CHUNK) {
      const chunk = chunks[place / CHUNK] as Float64Array;
      values.set(chunk.subarray(0, values.length - place), place);
    }
    this.#chunks = [];
    this.length = 0;
    return values;
  }
}
