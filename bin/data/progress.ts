/** Work that is shorter than this is not worth a line. */
const QUIET_MS = 2000;

/** A terminal, or a file that takes its place. */
export type Output = Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean };

/** Tells how far reading a file has come, once it takes long. Not in a terminal: a line at the start, one at the end. */
export class Progress {
  private readonly startedAt: number;
  private shown = '';
  private done = 0;

  /**
   * @param what what is done, such as `Preparing houses.csv`
   * @param total bytes to read, over all passes
   */
  constructor(
    private readonly what: string,
    private readonly total: number,
    private readonly output: Output = process.stderr,
    private readonly now: () => number = Date.now,
  ) {
    this.startedAt = now();
  }

  /** So many bytes of the present pass have been read. */
  advanceTo(bytes: number): void {
    if (this.now() - this.startedAt < QUIET_MS) return;
    const percent = Math.floor(((this.done + bytes) / this.total) * 100);
    this.show(this.output.isTTY ? `${this.what}: ${percent} %` : `${this.what} …`);
  }

  /** The file has been read once. */
  endPass(bytes: number): void {
    this.done += bytes;
  }

  /** Everything is done. */
  end(): void {
    if (this.shown === '') return;
    const seconds = ((this.now() - this.startedAt) / 1000).toFixed(0);
    this.show(`${this.what}: done in ${seconds} s`);
    if (this.output.isTTY) this.output.write('\n');
  }

  private show(text: string): void {
    if (text === this.shown) return;
    this.shown = text;
    // Back to the start of the line, and nothing left of what was there.
    this.output.write(this.output.isTTY ? `\r\x1b[K${text}` : `${text}\n`);
  }
}
