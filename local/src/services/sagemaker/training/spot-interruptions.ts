import { createHash } from 'node:crypto';

/** Takes the instances of spot jobs away, to see what becomes of a job that has to start again. */
export interface SpotInterruptionOptions {
  /** How often a job is interrupted on average: 2 is twice each, 0.3 is once for three jobs of ten. */
  readonly perJob: number;
  /** Seconds until there is an instance again. @default 1 */
  readonly waitSeconds?: number;
  /** Another seed interrupts at other moments; the same, at the same. @default 0 */
  readonly seed?: number;
}

/** An interruption comes after so many lines of the log, at most. */
const MOST_LINES = 10;

/**
 * What is paid for spot instances, of the price on demand. Spot prices change, and AWS speaks of savings of up to 90 %:
 * this share is there to be seen in BillableTimeInSeconds, no forecast.
 */
export const SPOT_PRICE_SHARE = 0.3;

/** The spot instances of a local mode: which jobs lose theirs, when, and how long there is none. */
export class SpotInterruptions {
  public readonly waitSeconds: number;
  private jobs = 0;

  constructor(private readonly options: SpotInterruptionOptions) {
    this.waitSeconds = options.waitSeconds ?? 1;
  }

  /**
   * Plans the interruptions of the next job, one for each instance that it loses: after how many lines of its log, counted
   * anew each time it starts. Lines, not seconds, so that a run can be repeated.
   */
  public plan(): number[] {
    const { perJob, seed = 0 } = this.options;
    const job = this.jobs++;
    // Spread evenly: after each job, the total is what it should be.
    const count = Math.floor((job + 1) * perJob) - Math.floor(job * perJob);
    return Array.from({ length: count }, (_, i) => {
      const hash = createHash('sha256').update(`${seed}/${job}/${i}`).digest();
      return 1 + (hash.readUInt32BE() % MOST_LINES);
    });
  }
}
