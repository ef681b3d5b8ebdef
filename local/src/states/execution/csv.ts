import { parse } from 'csv-parse/sync';

/**
 * Reads CSV by the rules of the developer guide: quoted fields may hold delimiters and line ends, a quote is written
 * twice, and a backslash takes a quote, a backslash or the delimiter after it as it is, and vanishes before others. What
 * the guide says nothing of is read as it stands: a quote inside of a field, and no byte order mark.
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

/** Characters of the private use area that a text does not have: they stand for those behind a backslash. */
function unusedIn(text: string, count: number): string[] {
  const unused: string[] = [];
  for (let code = 0xe000; unused.length < count; code += 1) {
    const character = String.fromCharCode(code);
    if (!text.includes(character)) unused.push(character);
  }
  return unused;
}
