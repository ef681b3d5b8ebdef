import { createHash } from 'node:crypto';

/** Interrupts spot jobs, to test how a job handles a restart. */
export interface SpotInterruptionOptions {
  /** Average number of interruptions per job: 2 means twice each, 0.3 means once for three jobs in ten. */
  readonly perJob: number;
  /** Seconds until a new instance is available. @default 1 */
  readonly waitSeconds?: number;
  /** Seed for the moments of interruption. @default 0 */
  readonly seed?: number;
}

/** Maximum number of log lines before an interruption. */
const MOST_LINES = 10;

/**
 * Assumed price of spot instances, as a fraction of the on-demand price. It makes the saving visible in
 * BillableTimeInSeconds and is not a forecast: spot prices change, and AWS mentions savings of up to 90%.
 */
export const SPOT_PRICE_SHARE = 0.3;

/** Simulates the spot instances of local mode: which jobs are interrupted, when, and for how long. */
export class SpotInterruptions {
  public readonly waitSeconds: number;
  private jobs = 0;

  constructor(private readonly options: SpotInterruptionOptions) {
    this.waitSeconds = options.waitSeconds ?? 1;
  }

  /**
   * Plans the interruptions of the next job: for each, the number of log lines after the attempt's start.
   * Lines, unlike seconds, make a run reproducible.
   */
  public plan(): number[] {
    const { perJob, seed = 0 } = this.options;
    const job = this.jobs++;
    // Spread evenly, so that the total is right after each job.
    const count = Math.floor((job + 1) * perJob) - Math.floor(job * perJob);
    return Array.from({ length: count }, (_, i) => {
      const hash = createHash('sha256').update(`${seed}/${job}/${i}`).digest();
      return 1 + (hash.readUInt32BE() % MOST_LINES);
    });
  }
}
