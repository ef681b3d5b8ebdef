/** Minimum duration of work whose progress is shown, in milliseconds. */
const QUIET_MS = 2000;

/** An output stream: a terminal or a file. */
export type Output = Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean };

/** Shows the progress of reading a file, if it takes long. Without a terminal: one line at the start and one at the end. */
export class Progress {
  private readonly startedAt: number;
  private shown = '';
  private done = 0;

  /**
   * @param what description of the work, such as `Preparing houses.csv`
   * @param total total number of bytes to read in all passes
   */
  constructor(
    private readonly what: string,
    private readonly total: number,
    private readonly output: Output = process.stderr,
    private readonly now: () => number = Date.now,
  ) {
    this.startedAt = now();
  }

  /** Sets the number of bytes read in the current pass. */
  advanceTo(bytes: number): void {
    if (this.now() - this.startedAt < QUIET_MS) return;
    const percent = Math.floor(((this.done + bytes) / this.total) * 100);
    this.show(this.output.isTTY ? `${this.what}: ${percent} %` : `${this.what} …`);
  }

  /** Ends a pass over the file. */
  endPass(bytes: number): void {
    this.done += bytes;
  }

  /** Ends the work. */
  end(): void {
    if (this.shown === '') return;
    const seconds = ((this.now() - this.startedAt) / 1000).toFixed(0);
    this.show(`${this.what}: done in ${seconds} s`);
    if (this.output.isTTY) this.output.write('\n');
  }

  private show(text: string): void {
    if (text === this.shown) return;
    this.shown = text;
    // Returns to the start of the line and clears it.
    this.output.write(this.output.isTTY ? `\r\x1b[K${text}` : `${text}\n`);
  }
}
