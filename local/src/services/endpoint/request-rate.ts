/** A token bucket for the requests of one operation. */
interface Bucket {
  /** Number of further requests that were allowed at the time `since`. */
  tokens: number;
  /** Milliseconds of the monotonic clock. */
  since: number;
}

/** Limits requests per operation and service, as AWS does: allows a burst, and then a number of requests per second. */
export class RequestRate {
  private readonly buckets = new Map<string, Bucket>();

  /** @param perSecond allowed requests per second. Also the size of the burst, which is at least 1 */
  constructor(
    private readonly perSecond: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Counts a request. @returns whether it is allowed */
  public takes(service: string, operation: string): boolean {
    const [key, now, burst] = [`${service}:${operation}`, this.now(), Math.max(1, this.perSecond)];
    const { tokens, since } = this.buckets.get(key) ?? { tokens: burst, since: now };
    const available = Math.min(burst, tokens + ((now - since) / 1000) * this.perSecond);
    const isAllowed = available >= 1;
    this.buckets.set(key, { tokens: available - (isAllowed ? 1 : 0), since: now });
    return isAllowed;
  }
}
