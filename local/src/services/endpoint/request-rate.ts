/** How far the requests for one operation have used up what is allowed. */
interface Bucket {
  /** Requests that may come at once. */
  tokens: number;
  /** Milliseconds, of the clock that does not jump. */
  since: number;
}

/** Counts requests, each operation of each service for itself, as AWS does: a burst, and then so many in a second. */
export class RequestRate {
  private readonly buckets = new Map<string, Bucket>();

  /** @param perSecond requests that are allowed in a second, and at once: at least 1 at once */
  constructor(
    private readonly perSecond: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Takes a request. @returns whether it is allowed */
  public takes(service: string, operation: string): boolean {
    const [key, now, burst] = [`${service}:${operation}`, this.now(), Math.max(1, this.perSecond)];
    const { tokens, since } = this.buckets.get(key) ?? { tokens: burst, since: now };
    const available = Math.min(burst, tokens + ((now - since) / 1000) * this.perSecond);
    const isAllowed = available >= 1;
    this.buckets.set(key, { tokens: available - (isAllowed ? 1 : 0), since: now });
    return isAllowed;
  }
}
