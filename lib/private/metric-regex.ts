/**
 * Reads a number with its sign and its exponent. SageMaker reads the metrics of its own XGBoost with the same one
 * (aws/sagemaker-xgboost-container#121). What is no number (`nan`, `inf`) does not match, so that it is no metric value.
 */
export const NUMBER_GROUP = String.raw`([-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?)`;

/** Values that a metric may have, of a kind that regular expressions often cut off. */
const HARD_NUMBERS = ['1.2e-05', '-0.5'];

/** What is wrong with the regular expression of a metric; undefined where nothing is. */
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

/** What a regular expression would read wrongly, and a better one; undefined where it reads every number. */
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

/** Not where the expression has what only Python or Java knows: conditions, atomic groups, possessive quantifiers. */
function isChecked(regex: string): boolean {
  return !/\(\?[>(]|[+*?}]\+/.test(regex.replace(/\\.|\[(?:\\.|[^\]\\])*\]/g, 'x'));
}

/** A regular expression in JavaScript's syntax, where Python and Java write the same differently. */
function inJavaScript(regex: string): string {
  return regex
    .replace(/\(\?#[^)]*\)/g, '')
    .replace(/^\(\?[aiLmsux]+\)/, '')
    .replace(/\(\?P</g, '(?<')
    .replace(/\(\?P=(\w+)\)/g, '\\k<$1>')
    .replace(/\\A/g, '^')
    .replace(/\\Z/g, '$');
}

/** Where the first group that captures begins and ends: escaped parentheses and those in brackets are no groups. */
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
