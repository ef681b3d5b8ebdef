import { evaluator } from '../evaluator/evaluator';
import { findMetric, type MetricMatch, type MetricSearchResult } from './find-metrics.cjs';
import { compileExpression, type MetricExpression } from './metric-expression';
import { numberIn, whyCutShort, whyNoNumber } from './metric-notes';
import type { MetricDefinition } from './trainer';

/** A metric value found in the log, with the member names of SageMaker's API. */
export interface MetricDatum {
  readonly MetricName: string;
  readonly Value: number;
  readonly Timestamp: Date;
}

interface CompiledDefinition {
  readonly name: string;
  readonly regex: string;
  readonly expression: MetricExpression;
  /**
   * Whether the expression has been slow on a line that is short enough to be fast. Such an expression then runs in
   * the evaluator process, to avoid blocking the main process.
   */
  isSlow: boolean;
  /** Total time of a slow expression, in milliseconds. */
  spent: number;
  /** Why the expression is no longer applied. */
  stopped?: string;
}

/** A line to which the evaluator process applies an expression. */
interface Search {
  readonly definition: CompiledDefinition;
  readonly line: string;
  readonly timestamp: Date;
}

/** Milliseconds after which an expression counts as slow. */
const SLOW = 20;
/** Maximum total time of a slow expression, in milliseconds. */
const SPENT_AT_MOST = 5_000;
/** Limits for a request to the evaluator process: the number of searches, and the total length of their lines. */
const BATCH = 200;
const BATCH_CHARACTERS = 2 ** 20;
/**
 * Maximum total length of the lines in the queue. A script can print lines faster than they are searched.
 */
const MOST_WAITING = 32 * 2 ** 20;
/** Advice to the user for an expression that is no longer applied. */
const GIVEN_UP = 'Local mode stopped looking for this metric. Avoid nested repetitions such as (a+)+';
/** Maximum number of characters of a line that a note shows. */
const SHOWN = 60;

/**
 * Applies metric definitions to the lines of a training log, as SageMaker does, and keeps the last values.
 * Searches that can take a long time run in the evaluator process: await `settled` before reading values.
 */
export class MetricCollector {
  private readonly definitions: readonly CompiledDefinition[];
  private readonly values = new Map<string, MetricDatum>();
  /** The first captured text that is not a number, by metric name. */
  private readonly unreadable = new Map<string, string>();
  /** Numbers that were captured only partly. */
  private readonly cutShort = new Map<string, string>();
  private searches: Search[] = [];
  private searching: Promise<void> | undefined;
  private waitingCharacters = 0;
  private readonly abandoned = new AbortController();

  /**
   * @param definitions names and regular expressions; the first group of an expression captures the value
   * @param onMetric called for each value found, in the order of the lines
   * @throws Error when JavaScript cannot compile an expression
   */
  constructor(
    definitions: readonly MetricDefinition[],
    private readonly onMetric?: (metric: MetricDatum) => void,
  ) {
    this.definitions = compileAll(definitions);
  }

  /** Searches a line for all metrics. */
  public add(line: string, timestamp: Date = new Date()): void {
    for (const definition of this.definitions) {
      // Skips lines that lack the expression's literal text: SageMaker's expressions start with `.*` and backtrack for
      // a long time on lines that do not match.
      const { literal, longestSafeLine } = definition.expression;
      if (!line.includes(literal) || definition.stopped !== undefined) {
        continue;
      }
      if (this.searching || definition.isSlow || line.length > longestSafeLine) {
        this.searchLater({ definition, line, timestamp });
      } else {
        this.take(definition, findHere(definition, line), timestamp);
      }
    }
  }

  /** Resolves when all lines have been searched. */
  public async settled(): Promise<void> {
    await this.searching;
  }

  /** Stops searching. */
  public abandon(): void {
    this.searches = [];
    this.abandoned.abort();
  }

  /**
   * Records a value that is not in the log, such as one from a stub. Also sets all metrics with the same
   * expression: the objective of a tuning job duplicates one of the metrics.
   *
   * @throws Error when there is no definition with this name
   */
  public record(name: string, value: number, timestamp: Date = new Date()): void {
    const regex = this.definitions.find((each) => each.name === name)?.regex;
    if (regex === undefined) {
      const names = this.definitions.map((each) => each.name).join(', ') || 'none';
      throw new Error(`the job has no metric "${name}", only: ${names}`);
    }
    for (const each of this.definitions.filter((definition) => definition.regex === regex)) {
      this.keep({ MetricName: each.name, Value: value, Timestamp: timestamp });
    }
  }

  /** The last value of each metric that was found, in the order of the metric definitions. */
  public latest(): MetricDatum[] {
    return this.definitions.flatMap(({ name }) => this.values.get(name) ?? []);
  }

  /** Notes for the user, by metric name: why the metric has no value, or that only a part of a number was captured. */
  public notes(): Record<string, string> {
    const notes = this.definitions.flatMap(({ name, stopped }): [string, string][] => {
      const unreadable = this.values.has(name) ? undefined : this.unreadable.get(name);
      const note = stopped ?? unreadable ?? this.cutShort.get(name);
      return note === undefined ? [] : [[name, note]];
    });
    return Object.fromEntries(notes);
  }

  private searchLater(search: Search): void {
    if (this.waitingCharacters >= MOST_WAITING) {
      search.definition.stopped ??= `the expression does not keep up with the lines of the log. ${GIVEN_UP}`;
      return;
    }
    this.waitingCharacters += search.line.length;
    this.searches.push(search);
    this.searching ??= this.searchElsewhere();
  }

  /** Sends searches to the evaluator process until none is left. */
  private async searchElsewhere(): Promise<void> {
    // Waits for more lines, because most arrive in groups.
    await Promise.resolve();
    const { signal } = this.abandoned;
    while (this.searches.length > 0 && !signal.aborted) {
      const batch = this.nextBatch();
      const results = await search(batch, signal);
      results.forEach((result, i) => {
        const { definition, line, timestamp } = batch[i] as Search;
        account(definition, line, result);
        this.take(definition, result.match, timestamp);
      });
      for (const each of batch.slice(results.length)) this.waitingCharacters += each.line.length;
      this.searches.unshift(...batch.slice(results.length));
    }
    this.searching = undefined;
  }

  /** Takes the next searches from the queue. Drops searches for expressions that are no longer applied. */
  private nextBatch(): Search[] {
    let characters = 0;
    let count = 0;
    while (count < Math.min(BATCH, this.searches.length) && characters <= BATCH_CHARACTERS) {
      characters += this.searches[count]?.line.length ?? 0;
      count += 1;
    }
    this.waitingCharacters -= characters;
    return this.searches.splice(0, count).filter(({ definition }) => definition.stopped === undefined);
  }

  private take({ name }: CompiledDefinition, match: MetricMatch | undefined, timestamp: Date): void {
    if (match === undefined) return;
    const value = numberIn(match);
    if (value === undefined) {
      if (!this.unreadable.has(name)) this.unreadable.set(name, whyNoNumber(match));
      return;
    }
    const cutShort = this.cutShort.has(name) ? undefined : whyCutShort(match);
    if (cutShort !== undefined) this.cutShort.set(name, cutShort);
    this.keep({ MetricName: name, Value: value, Timestamp: timestamp });
  }

  private keep(metric: MetricDatum): void {
    this.values.set(metric.MetricName, metric);
    this.onMetric?.(metric);
  }
}

/**
 * Searches a line in this process and detects slow expressions. Measures processor time, because even fast
 * expressions take a long time on a busy machine.
 */
function findHere(definition: CompiledDefinition, line: string): MetricMatch | undefined {
  const started = performance.now();
  const { pattern } = definition.expression;
  const match = findMetric(pattern, line);
  if (performance.now() - started > SLOW) {
    const before = process.cpuUsage();
    findMetric(pattern, line);
    const { user, system } = process.cpuUsage(before);
    definition.isSlow = (user + system) / 1000 > SLOW;
  }
  return match;
}

/** @returns the results of the searches that have run; later searches may not have run yet */
async function search(searches: readonly Search[], signal: AbortSignal): Promise<MetricSearchResult[]> {
  const request = searches.map(({ definition: { expression }, line }) => {
    const { source, flags } = expression;
    return { source, flags, line };
  });
  try {
    return await evaluator.evaluate<MetricSearchResult[]>('metrics', request, signal);
  } catch (error) {
    if (signal.aborted) return [];
    return [{ milliseconds: 0, problem: (error as Error).message }];
  }
}

/** Adds up the time of an expression. After the total reaches the limit, the expression is no longer applied. */
function account(definition: CompiledDefinition, line: string, result: MetricSearchResult): void {
  if (result.milliseconds > SLOW) definition.spent += result.milliseconds;
  const { problem } = result;
  if (problem === undefined && definition.spent <= SPENT_AT_MOST) return;
  const reason =
    problem === undefined
      ? `the expression has taken ${Math.round(definition.spent / 1000)} s in all`
      : `the expression on the line ${JSON.stringify(line.slice(0, SHOWN))}: ${problem}`;
  definition.stopped ??= `${reason}. ${GIVEN_UP}`;
}

/**
 * The compiled definitions for each list of metric definitions. The training jobs of a tuning job share one list, so
 * an expression that was slow in one job counts as slow in all of them.
 */
const known = new WeakMap<readonly MetricDefinition[], readonly CompiledDefinition[]>();

function compileAll(definitions: readonly MetricDefinition[]): readonly CompiledDefinition[] {
  const compiled = known.get(definitions) ?? definitions.map(compile);
  known.set(definitions, compiled);
  return compiled;
}

function compile(definition: MetricDefinition): CompiledDefinition {
  const { Name: name, Regex: regex } = definition;
  return { name, regex, expression: compileExpression(definition), isSlow: false, spent: 0 };
}
