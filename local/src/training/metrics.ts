import { evaluator } from '../evaluator/evaluator';
import { findMetric, type MetricMatch, type MetricSearchResult } from './find-metrics.cjs';
import { compileExpression, type MetricExpression } from './metric-expression';
import { numberIn, whyCutShort, whyNoNumber } from './metric-notes';
import type { MetricDefinition } from './trainer';

/** A metric found in the log, with the member names of the SageMaker API. */
export interface MetricDatum {
  readonly MetricName: string;
  readonly Value: number;
  readonly Timestamp: Date;
}

interface CompiledDefinition extends MetricExpression {
  readonly name: string;
  readonly regex: string;
  /** Whether it takes long for lines that should be no trouble: not where everything else waits for it. */
  isSlow: boolean;
  /** Milliseconds that it has taken where it is slow. */
  spent: number;
  /** Why it is not applied any more. */
  stopped?: string;
}

/** A line that an expression is applied to in the evaluator's process. */
interface Search {
  readonly definition: CompiledDefinition;
  readonly line: string;
  readonly timestamp: Date;
}

/** Milliseconds after which an expression is slow. */
const SLOW = 20;
/** Milliseconds that a slow expression may take for all the lines that it is applied to. */
const SPENT_AT_MOST = 5_000;
/** Searches that go to the evaluator's process at once, and the characters of their lines. */
const BATCH = 200;
const BATCH_CHARACTERS = 2 ** 20;
/** Characters of lines that may wait: a script may print faster than its lines can be looked through. */
const MOST_WAITING = 32 * 2 ** 20;
/** What a person is to do with an expression that is given up. */
const GIVEN_UP =
  'Local mode no longer looks for the metric. Repeat no group that repeats something itself, as (a+)+ does';
/** Characters of a line that a note shows. */
const SHOWN = 60;

/**
 * Applies metric definitions to the lines of a training log, as SageMaker does, and keeps the last values. Expressions
 * that may take long run in the evaluator's process: wait for `settled` before you read the values.
 */
export class MetricCollector {
  private readonly definitions: readonly CompiledDefinition[];
  private readonly values = new Map<string, MetricDatum>();
  /** What was captured that is no number, by the metrics' names: the first of it. */
  private readonly unreadable = new Map<string, string>();
  /** Numbers of which only a part was captured. */
  private readonly cutShort = new Map<string, string>();
  private searches: Search[] = [];
  private searching: Promise<void> | undefined;
  private waitingCharacters = 0;
  private readonly abandoned = new AbortController();

  /**
   * @param definitions names and regular expressions; the first group of an expression is the value
   * @param onMetric called for each value found, in the order of the lines
   * @throws Error when an expression is not one that JavaScript can run
   */
  constructor(
    definitions: readonly MetricDefinition[],
    private readonly onMetric?: (metric: MetricDatum) => void,
  ) {
    this.definitions = compileAll(definitions);
  }

  /** Looks for all metrics in one line. */
  public add(line: string, timestamp: Date = new Date()): void {
    for (const definition of this.definitions) {
      // The service's expressions start with `.*` and backtrack for long on a line they do not match.
      if (!line.includes(definition.literal) || definition.stopped !== undefined) {
        continue;
      }
      if (this.searching || definition.isSlow || line.length > definition.longestSafeLine) {
        this.searchLater({ definition, line, timestamp });
      } else {
        this.take(definition, findHere(definition, line), timestamp);
      }
    }
  }

  /** Resolves when all lines were looked through. */
  public async settled(): Promise<void> {
    await this.searching;
  }

  /** Looks through no more lines. */
  public abandon(): void {
    this.searches = [];
    this.abandoned.abort();
  }

  /**
   * Takes the value of a metric that no line tells, as a stub gives it, and of all that have its expression: the
   * objective of a tuning job is one of the metrics under another name.
   *
   * @throws Error when no definition has the name
   */
  public record(name: string, value: number, timestamp: Date = new Date()): void {
    const regex = this.definitions.find((each) => each.name === name)?.regex;
    if (regex === undefined) {
      const names = this.definitions.map((each) => each.name).join(', ') || 'none';
      throw new Error(`the job has no metric "${name}". It has: ${names}`);
    }
    for (const each of this.definitions.filter((definition) => definition.regex === regex)) {
      this.keep({ MetricName: each.name, Value: value, Timestamp: timestamp });
    }
  }

  /** The last value of each metric that was found, in the order of the definitions. */
  public latest(): MetricDatum[] {
    return this.definitions.flatMap(({ name }) => this.values.get(name) ?? []);
  }

  /** What a person should know of metrics, by their names: that no number was captured, or not all of it. */
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

  /** Runs the searches in the evaluator's process until none is left. */
  private async searchElsewhere(): Promise<void> {
    // Lines come together, mostly.
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

  /** Takes the next searches out of those that wait; expressions that were given up are left out. */
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

/** Notes whether it was slow: by processor time, where it took long, since the machine may have been busy otherwise. */
function findHere(definition: CompiledDefinition, line: string): MetricMatch | undefined {
  const started = performance.now();
  const match = findMetric(definition.pattern, line);
  if (performance.now() - started > SLOW) {
    const before = process.cpuUsage();
    findMetric(definition.pattern, line);
    const { user, system } = process.cpuUsage(before);
    definition.isSlow = (user + system) / 1000 > SLOW;
  }
  return match;
}

/** @returns what the first of the searches have found */
async function search(searches: readonly Search[], signal: AbortSignal): Promise<MetricSearchResult[]> {
  const request = searches.map(({ definition: { source, flags }, line }) => ({ source, flags, line }));
  try {
    return await evaluator.evaluate<MetricSearchResult[]>('metrics', request, signal);
  } catch (error) {
    if (signal.aborted) return [];
    return [{ milliseconds: 0, problem: (error as Error).message }];
  }
}

/** Stops an expression that has taken too long. */
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

/** By the definitions: the training jobs of a tuning job share theirs, and XGBoost has more than fifty. */
const compiled = new WeakMap<readonly MetricDefinition[], readonly CompiledDefinition[]>();

function compileAll(definitions: readonly MetricDefinition[]): readonly CompiledDefinition[] {
  const known = compiled.get(definitions) ?? definitions.map(compile);
  compiled.set(definitions, known);
  return known;
}

function compile(definition: MetricDefinition): CompiledDefinition {
  const { Name: name, Regex: regex } = definition;
  return { ...compileExpression(definition), name, regex, isSlow: false, spent: 0 };
}
