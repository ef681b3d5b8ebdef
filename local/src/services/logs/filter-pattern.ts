import { AwsError } from '../aws-error';

/** Whether a filter pattern matches the message of an event. */
export type MessageFilter = (message: string) => boolean;

/** A term, quoted or not. `-` excludes it; `?` makes it one of several alternatives. */
const TERM = /([-?]?)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))/gy;

/**
 * Compiles a filter pattern of terms. A message must contain all plain terms and no term with `-`. If there are
 * no plain terms, the message must contain at least one of the terms with `?`. Terms are case-sensitive, and can
 * be anywhere in the message.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 * @throws AwsError `InvalidParameterException` for an invalid or unsupported pattern
 */
export function compileFilter(pattern: string): MessageFilter {
  const given = pattern.trim();
  const kind = unsupportedKind(given);
  if (kind !== undefined) {
    throw invalid(
      `local mode does not support filter patterns ${kind}: use terms, such as ERROR or "exit code 1"`,
    );
  }
  const terms = termsIn(given);
  const textsOf = (sign: string): string[] =>
    terms.filter((term) => term.sign === sign).map(({ text }) => text);
  const [wanted, unwanted, any] = [textsOf(''), textsOf('-'), textsOf('?')];
  if (wanted.length === 0 && unwanted.length === 0 && any.length > 0) {
    return (message) => any.some((text) => message.includes(text));
  }
  return (message) =>
    wanted.every((text) => message.includes(text)) && !unwanted.some((text) => message.includes(text));
}

function unsupportedKind(pattern: string): string | undefined {
  if (pattern.startsWith('{')) return 'for JSON ({ … })';
  if (pattern.startsWith('[')) return 'of fields ([ … ])';
  return /^%.*%$/.test(pattern) ? 'with regular expressions (%…%)' : undefined;
}

function termsIn(pattern: string): { readonly sign: string; readonly text: string }[] {
  const terms: { sign: string; text: string }[] = [];
  for (let rest = 0; rest < pattern.length; ) {
    TERM.lastIndex = rest;
    const [all, sign = '', quoted, plain = ''] = TERM.exec(pattern) ?? [];
    if (all === undefined) throw invalid(`Invalid filter pattern: unbalanced quotation mark in ${pattern}`);
    if (quoted === undefined && !/^\w+$/.test(plain)) {
      throw invalid(
        `Invalid filter pattern: put ${plain} in double quotation marks, because it contains characters other than letters, digits and underscores`,
      );
    }
    terms.push({ sign, text: quoted?.replace(/\\(.)/g, '$1') ?? plain });
    rest = TERM.lastIndex;
    while (/\s/.test(pattern.charAt(rest))) rest += 1;
  }
  return terms;
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}
