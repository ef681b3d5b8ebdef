import { createHash } from 'node:crypto';

/** Interrupts spot jobs, to test how a job handles a restart. */
export interface SpotInterruptionOptions {
  /** Average number of interruptions per job: 2 means two per job, 0.3 means one interruption in 3 of 10 jobs. */
  readonly perJob: number;
  /** Seconds until a new instance is available. @default 1 */
  readonly waitSeconds?: number;
  /** Seed for the times of interruptions. @default 0 */
  readonly seed?: number;
}

/** Maximum number of log lines before an interruption. */
const MOST_LINES = 10;

/**
 * Assumed price of spot instances, as a fraction of the on-demand price. It makes the saving visible in
 * BillableTimeInSeconds and is not a forecast: spot prices change, and AWS mentions savings of up to 90%.
 */
export const SPOT_PRICE_SHARE = 0.3;

/** Simulates spot interruptions: which jobs are interrupted, when, and for how long. */
export class SpotInterruptions {
  public readonly waitSeconds: number;
  private jobs = 0;

  constructor(private readonly options: SpotInterruptionOptions) {
    this.waitSeconds = options.waitSeconds ?? 1;
  }

  /**
   * Plans the interruptions of the next job: for each interruption, the number of log lines after the attempt's start.
   * Counting lines instead of seconds makes runs reproducible.
   */
  public plan(): number[] {
    const { perJob, seed = 0 } = this.options;
    const job = this.jobs++;
    // Spreads interruptions evenly, so that their total is correct after each job.
    const count = Math.floor((job + 1) * perJob) - Math.floor(job * perJob);
    return Array.from({ length: count }, (_, i) => {
      const hash = createHash('sha256').update(`${seed}/${job}/${i}`).digest();
      return 1 + (hash.readUInt32BE() % MOST_LINES);
    });
  }
}
