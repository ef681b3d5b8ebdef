const EXTENDED_OFFSET =
  /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:Z|([+-])(\d\d):(\d\d))$/;

/**
 * Parses an ISO 8601 date and time with an offset, the only format of the States Language.
 *
 * @returns nanoseconds since the epoch, or undefined if the string is not a timestamp in this format
 */
export function parseTimestamp(text: string): bigint | undefined {
  const match = EXTENDED_OFFSET.exec(text);
  if (!match) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((n) => Number(n ?? 0));
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  // JavaScript would silently roll over a day that the month does not have.
  const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  const [offsetHours, offsetMinutes] = [Number(match[9] ?? 0), Number(match[10] ?? 0)];
  if (!exists || hour > 23 || minute > 59 || second > 59 || offsetHours > 18 || offsetMinutes > 59)
    return undefined;
  date.setUTCHours(hour, minute, second);
  const offset = (offsetHours * 60 + offsetMinutes) * (match[8] === '-' ? -60_000 : 60_000);
  return BigInt(date.getTime() - offset) * 1_000_000n + BigInt((match[7] ?? '').padEnd(9, '0'));
}
