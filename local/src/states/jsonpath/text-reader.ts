/** Reads a string from left to right. */
export class TextReader {
  private position = 0;

  constructor(private readonly text: string) {}

  get atEnd(): boolean {
    return this.position >= this.text.length;
  }

  /** The current position, for {@link since}. */
  mark(): number {
    return this.position;
  }

  /** The text that was read since a position. */
  since(mark: number): string {
    return this.text.slice(mark, this.position);
  }

  /** Whether the unread text starts with the given string. */
  peek(expected: string): boolean {
    return this.text.startsWith(expected, this.position);
  }

  /** Skips the given string if it comes next. @returns whether it came next */
  take(expected: string): boolean {
    if (!this.peek(expected)) return false;
    this.position += expected.length;
    return true;
  }

  expect(expected: string): void {
    if (!this.take(expected)) throw this.unexpected();
  }

  /** Reads a match of the pattern at the current position. */
  match(pattern: RegExp): string | undefined {
    const sticky = new RegExp(pattern, `${pattern.flags}y`);
    sticky.lastIndex = this.position;
    const found = sticky.exec(this.text)?.[0];
    if (found !== undefined) this.position += found.length;
    return found;
  }

  skipBlanks(): void {
    this.match(/\s*/);
  }

  integer(): number | undefined {
    this.skipBlanks();
    const digits = this.match(/-?\d+/);
    return digits === undefined ? undefined : Number(digits);
  }

  /**
   * Reads a string in single or double quotes and removes the quotes. A backslash escapes only quotes and backslashes.
   */
  quoted(): string {
    const raw = this.match(/'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"/);
    if (raw === undefined) throw this.unexpected();
    return raw.slice(1, -1).replace(raw.startsWith("'") ? /\\(['\\])/g : /\\(["\\])/g, '$1');
  }

  unexpected(): Error {
    return new Error(
      this.atEnd
        ? `'${this.text}' ends too early`
        : `'${this.text}' has an unexpected '${this.text[this.position]}' at position ${this.position}`,
    );
  }
}
