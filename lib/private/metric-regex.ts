/**
 * Matches a number with its sign and exponent. SageMaker uses the same expression for the metrics of its XGBoost
 * container (aws/sagemaker-xgboost-container#121). The expression does not match `nan` or `inf`, so SageMaker
 * ignores such values.
 */
export const NUMBER_GROUP = String.raw`([-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?)`;

/** Metric values that many regular expressions truncate. */
const HARD_NUMBERS = ['1.2e-05', '-0.5'];

/** The problem with the regular expression of a metric; undefined if the expression is valid. */
export function checkMetricRegex(regex: string): string | undefined {
  if (!isChecked(regex)) return undefined;
  try {
    new RegExp(inJavaScript(regex));
  } catch (error) {
    return `must be a regular expression, got ${JSON.stringify(regex)}: ${(error as Error).message.replace(/^.*: /, '')}`;
  }
  if (captureGroup(regex)) return undefined;
  return `needs a group, ( … ), around the value, got ${JSON.stringify(regex)}`;
}

/** Advice about a regular expression that misreads some numbers; undefined if it reads every number. */
export function adviseMetricRegex(regex: string): string | undefined {
  if (!isChecked(regex) || checkMetricRegex(regex)) return undefined;
  const group = captureGroup(regex);
  if (!group) return undefined;
  const pattern = inJavaScript(regex.slice(group.start, group.end));
  const whole = new RegExp(`^${pattern}$`);
  const cut = HARD_NUMBERS.find((number) => !whole.test(number));
  if (cut === undefined) return undefined;
  const read = new RegExp(pattern).exec(cut)?.[0];
  const better = `${regex.slice(0, group.start)}${NUMBER_GROUP}${regex.slice(group.end)}`;
  return `reads ${cut} ${read ? `as ${read}` : 'not at all'}: use ${better}`;
}

/**
 * Whether JavaScript can check the expression. JavaScript does not support conditionals, atomic groups, or possessive
 * quantifiers.
 */
function isChecked(regex: string): boolean {
  return !/\(\?[>(]|[+*?}]\+/.test(regex.replace(/\\.|\[(?:\\.|[^\]\\])*\]/g, 'x'));
}

/** Translates the syntax of Python and Java to JavaScript's syntax. */
function inJavaScript(regex: string): string {
  return regex
    .replace(/\(\?#[^)]*\)/g, '')
    .replace(/^\(\?[aiLmsux]+\)/, '')
    .replace(/\(\?P</g, '(?<')
    .replace(/\(\?P=(\w+)\)/g, '\\k<$1>')
    .replace(/\\A/g, '^')
    .replace(/\\Z/g, '$');
}

/** Start and end of the first capturing group. Escaped parentheses and parentheses in brackets are not groups. */
function captureGroup(regex: string): { start: number; end: number } | undefined {
  const tokens = [...regex.matchAll(/\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?P?<[a-zA-Z]\w*>|\(\?|\(|\)/gs)];
  const opening = tokens.findIndex(({ 0: token }) => token.startsWith('(') && token !== '(?');
  const start = tokens[opening]?.index;
  if (start === undefined) return undefined;
  let depth = 0;
  for (const { 0: token, index } of tokens.slice(opening)) {
    if (token.startsWith('(')) depth++;
    if (token === ')') depth--;
    if (depth === 0) return { start, end: index + 1 };
  }
  return undefined;
}
