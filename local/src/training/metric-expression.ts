import type { MetricDefinition } from './trainer';

/** The compiled regular expression of a metric. */
export interface MetricExpression {
  readonly source: string;
  readonly flags: string;
  readonly pattern: RegExp;
  /** Text contained in every line with the metric; '' if unknown. */
  readonly literal: string;
  /** Maximum length of a line for which the expression is certain to be fast. */
  readonly longestSafeLine: number;
}

/** Maximum number of compiled expressions in memory. */
const MOST_COMPILED = 1000;

/** Cache: source text → compiled expression. Thousands of tuning jobs can have the same 60 expressions. */
const compiled = new Map<string, MetricExpression>();

/** Compiles the expression of a metric. @throws Error when JavaScript cannot compile it */
export function compileExpression({ Name, Regex }: MetricDefinition): MetricExpression {
  const known = compiled.get(Regex);
  if (known !== undefined) return known;
  try {
    const expression = compile(Regex);
    if (compiled.size >= MOST_COMPILED) compiled.clear();
    compiled.set(Regex, expression);
    return expression;
  } catch (error) {
    throw new Error(`metric ${Name}: ${(error as Error).message}`);
  }
}

function compile(regex: string): MetricExpression {
  const { source, flags } = toJavaScript(regex);
  return {
    source,
    flags: `${flags}d`,
    pattern: new RegExp(source, `${flags}d`),
    literal: flags.includes('i') ? '' : longestLiteral(source),
    longestSafeLine: longestSafeLine(source),
  };
}

/** Converts Python and Java syntax to JavaScript: leading flags, named groups, anchors. */
function toJavaScript(regex: string): { source: string; flags: string } {
  const inline = /^\(\?([ims]+)\)/.exec(regex);
  const source = regex
    .slice(inline?.[0].length ?? 0)
    .replaceAll('(?P<', '(?<')
    .replaceAll('\\A', '^')
    .replaceAll(/\\[Zz]/g, '$');
  return { source, flags: [...new Set(inline?.[1])].join('') };
}

/** An escape, a class, a quantifier, or a single character. */
const TOKEN =
  /\\(?:x[\da-f]{2}|u[\da-f]{4}|c[a-z]|k<[^>]*>|\d+|.)|\[\^?\]?(?:\\.|[^\]\\])*\]|[*+?]\??|\{[^}]*\}\??|[\s\S]/gi;

/** The longest literal text outside groups and classes, which every match contains; '' if there is none. */
function longestLiteral(source: string): string {
  let longest = '';
  let run = '';
  let depth = 0;
  const endRun = () => {
    longest = run.length > longest.length ? run : longest;
    run = '';
  };
  for (const [token] of source.matchAll(TOKEN)) {
    if (token === '|' && depth === 0) {
      return ''; // of several alternatives, only one matches
    }
    if (token === '(' || token === ')') {
      depth += token === '(' ? 1 : -1;
      endRun();
    } else if (depth > 0) {
      // Groups may be optional.
    } else if (/^[*?{]/.test(token)) {
      run = run.slice(0, -1); // the character before the quantifier is optional
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

/** Number of backtracking steps that take a few hundredths of a second. */
const FEW_STEPS = 1e7;
const LONGEST_LINE = 4096;

/** Matches SageMaker's own metric expressions for XGBoost. Their brackets and names of metrics limit backtracking. */
const XGBOOST = /^\.\*\\\[\[0-9\]\+\\\]\.\*#011[\w@:-]+:\(/;

/**
 * Maximum length of a line for which an expression is certain to be fast. Backtracking over `n` repetitions takes up to
 * length^(n+1) / (n+1)! steps (the number of ways to choose a start and to divide the line). Each `|` and each optional
 * part (`?`) doubles this number. Returns 0 for repeated groups and lookarounds, which may take 2^length steps.
 */
function longestSafeLine(source: string): number {
  const tokens = [...source.matchAll(TOKEN)].map(([token]) => token);
  const isRepeat = (token: string | undefined) => /^(?:[*+]|\{\d*,?\d*\})/.test(token ?? '');
  const repeatsGroup = tokens.some((token, i) => token === ')' && isRepeat(tokens[i + 1]));
  if (repeatsGroup || /\(\?(?:[=!]|<[=!])|\\[1-9k]/.test(source)) return 0;
  const isXGBoost = XGBOOST.test(source);
  const repetitions = isXGBoost ? 2 : tokens.filter(isRepeat).length;
  const choices = isXGBoost ? 0 : tokens.filter((token) => /^[|?]/.test(token)).length;
  let [length, steps] = [0, 0];
  while (steps <= FEW_STEPS && length < LONGEST_LINE) {
    length += 1;
    steps = 2 ** choices;
    for (let k = 0; k <= repetitions; k += 1) steps *= (length + k) / (k + 1);
  }
  return length - 1;
}
