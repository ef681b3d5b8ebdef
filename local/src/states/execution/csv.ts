import { parse } from 'csv-parse/sync';

/**
 * Parses CSV by the rules of the developer guide. Quoted fields may contain delimiters, line breaks and
 * doubled quotation marks, which stand for one quotation mark. A backslash escapes a quotation mark, a
 * backslash or the delimiter, and is dropped before any other character. Where the guide is silent, text is
 * kept as it is, for example a quotation mark inside an unquoted field. A byte order mark is removed.
 *
 * @throws Error when a quoted field does not end
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/example-csv-parse-dist-map.html
 */
export function parseCsv(text: string, delimiter: string): string[][] {
  const special = ['\\', '"', delimiter];
  const marks = unusedIn(text, special.length);
  const markOf = (character: string) => marks[special.indexOf(character)] ?? character;
  const restore = (field: string) =>
    special.reduce((all, each, i) => all.replaceAll(marks[i] ?? '', each), field);
  const withMarks = text.includes('\\')
    ? text.replace(/\\([\s\S]?)/g, (_, next: string) => markOf(next))
    : text;
  return parse(withMarks, {
    delimiter,
    record_delimiter: ['\r\n', '\n'],
    bom: true,
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: true,
    cast: (field, { quoting }) => restore(quoting ? field : field.replaceAll('""', '"')),
  });
}

/**
 * Unicode private-use characters that do not occur in the string. They serve as placeholders for escaped characters.
 */
function unusedIn(text: string, count: number): string[] {
  const unused: string[] = [];
  for (let code = 0xe000; unused.length < count; code += 1) {
    const character = String.fromCharCode(code);
    if (!text.includes(character)) unused.push(character);
  }
  return unused;
}
