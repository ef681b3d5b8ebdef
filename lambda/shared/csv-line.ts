/** A value of a CSV file. */
export type CsvValue = string | number | undefined;

/** A line of a CSV file (RFC 4180). */
export function csvLine(values: readonly CsvValue[]): string {
  return `${values.map(field).join(',')}\r\n`;
}

/**
 * Formats a CSV field. Spreadsheets treat a string that starts with `=`, `+`, `-`, `@`, a tab or a carriage return as a
 * formula. A leading apostrophe prevents that. Numbers are not changed.
 *
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
function field(value: CsvValue): string {
  if (value === undefined) return '';
  const text = String(value);
  const isNumber = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text);
  const safe = !isNumber && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
