/** What a metric's expression has captured. */
export interface MetricMatch {
  /** Undefined when the group did not take part in the match, or there is none. */
  readonly text?: string;
  /** A few characters of the line on either side of it. */
  readonly before: string;
  readonly after: string;
}

/** A search of a line for a metric. */
export interface MetricSearch {
  readonly source: string;
  /** `d` among them. */
  readonly flags: string;
  readonly line: string;
}

/** What came of a search. */
export interface MetricSearchResult {
  readonly match?: MetricMatch;
  readonly milliseconds: number;
  /** Why it has no result: it took too long, or more memory than V8 gives an expression. */
  readonly problem?: string;
}

/** The value that an expression (with the flag `d`) captures; undefined where nothing matches. */
export function findMetric(pattern: RegExp, line: string): MetricMatch | undefined;
