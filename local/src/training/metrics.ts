import type { MetricDefinition } from './trainer';

/** A metric found in the log, with the member names of the SageMaker API. */
export interface MetricDatum {
  readonly MetricName: string;
  readonly Value: number;
  readonly Timestamp: Date;
}

interface CompiledDefinition {
  readonly name: string;
  readonly regex: string;
  readonly pattern: RegExp;
  /** Text that every line with the metric contains; '' when unknown. */
  readonly literal: string;
}

/** Applies metric definitions to the lines of a training log, as SageMaker does, and keeps the last values. */
export class MetricCollector {
  private readonly definitions: readonly CompiledDefinition[];
  private readonly values = new Map<string, MetricDatum>();

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
    for (const { name, pattern, literal } of this.definitions) {
      // The service's expressions start with `.*` and backtrack for long on a line they do not match.
      if (!line.includes(literal)) {
        continue;
      }
      const text = pattern.exec(line)?.[1];
      const value = text === undefined || text === '' ? Number.NaN : Number(text);
      if (Number.isFinite(value)) this.keep({ MetricName: name, Value: value, Timestamp: timestamp });
    }
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

  private keep(metric: MetricDatum): void {
    this.values.set(metric.MetricName, metric);
    this.onMetric?.(metric);
  }
}

/** By the definitions: the training jobs of a tuning job share theirs, and XGBoost has more than fifty. */
const compiled = new WeakMap<readonly MetricDefinition[], readonly CompiledDefinition[]>();

function compileAll(definitions: readonly MetricDefinition[]): readonly CompiledDefinition[] {
  const known = compiled.get(definitions) ?? definitions.map((definition) => compile(definition));
  compiled.set(definitions, known);
  return known;
}

function compile(definition: MetricDefinition): CompiledDefinition {
  const { source, flags } = toJavaScript(definition.Regex);
  try {
    return {
      name: definition.Name,
      regex: definition.Regex,
      pattern: new RegExp(source, flags),
      literal: flags.includes('i') ? '' : longestLiteral(source),
    };
  } catch (error) {
    throw new Error(`metric ${definition.Name}: ${(error as Error).message}`);
  }
}

/** Rewrites what Python and Java spell otherwise: leading flags, named groups, the ends of the text. */
function toJavaScript(regex: string): { source: string; flags: string } {
  const inline = /^\(\?([ims]+)\)/.exec(regex);
  const source = regex
    .slice(inline?.[0].length ?? 0)
    .replaceAll('(?P<', '(?<')
    .replaceAll('\\A', '^')
    .replaceAll(/\\[Zz]/g, '$');
  return { source, flags: inline?.[1] ?? '' };
}

/** The longest run of plain characters outside groups and classes, which a match must contain; '' if none. */
function longestLiteral(source: string): string {
  let longest = '';
  let run = '';
  let depth = 0;
  const endRun = () => {
    longest = run.length > longest.length ? run : longest;
    run = '';
  };
  // A token: an escape, a class, a quantifier, or one character.
  for (const [token] of source.matchAll(/\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[*+?]\??|\{[^}]*\}\??|[\s\S]/g)) {
    if (token === '|' && depth === 0) {
      return ''; // the parts of an alternative are not all there
    }
    if (token === '(' || token === ')') {
      depth += token === '(' ? 1 : -1;
      endRun();
    } else if (depth > 0) {
      // Groups may be optional.
    } else if (/^[*?{]/.test(token)) {
      run = run.slice(0, -1); // the character before need not be there
      endRun();
    } else if (/^\\[^a-zA-Z0-9]/.test(token)) {
      run += token.slice(1);
    } else if (/^[[.^$+\\]/.test(token)) {
      endRun();
    } else {
      run += token;
    }
  }
  endRun();
  return longest;
}
