const DIGITS = 5;

/** Formats a number with at most five significant digits and no unnecessary zeros. */
export function formatNumber(value: number): string {
  if (value === 0) return '0';
  const rounded = Number(value.toPrecision(DIGITS));
  const size = Math.abs(rounded);
  if (Number.isInteger(rounded) && size < 1e15) return group(String(rounded));
  if (size < 1e-4 || size >= 1e15) {
    return rounded.toExponential().replace('e+', 'e').replace('-', '−').replace('e-', 'e−');
  }
  return String(rounded).replace('-', '−');
}

function group(integer: string): string {
  return integer
    .replace('-', '−')
    .replace(/\B(?=(\d{3})+(?!\d))/g, integer.replace('-', '').length > 4 ? ',' : '');
}

/** Formats the value of a hyperparameter: numbers with `formatNumber`, anything else unchanged. */
export function formatValue(value: string): string {
  return isNumber(value) ? formatNumber(Number(value)) : value;
}

export function isNumber(value: string): boolean {
  return value.trim() !== '' && Number.isFinite(Number(value));
}

/** Formats a share, such as 0.0312, as a percentage. */
export function formatShare(share: number): string {
  const percent = share * 100;
  const size = Math.abs(percent);
  if (size > 0 && size < 0.1) return '<\u00a00.1\u00a0%'; // with non-breaking spaces
  return `${formatNumber(Number(size >= 10 ? percent.toFixed(0) : percent.toFixed(1)))} %`;
}

/** Formats a number of seconds. */
export function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${seconds < 10 ? formatNumber(Number(seconds.toFixed(1))) : whole} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 60) return whole % 60 ? `${Math.floor(whole / 60)} min ${whole % 60} s` : `${minutes} min`;
  return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes / 60} h`;
}

/** Formats a time in UTC, such as `2026-11-29 17:12 UTC`. */
export function formatTime(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}

/** Formats a number with a noun: `1 job`, `2 jobs`. */
export function count(number: number, noun: string): string {
  return `${formatNumber(number)} ${noun}${number === 1 ? '' : 's'}`;
}

/** Cuts a string to a maximum number of characters. */
export function cut(text: string, length: number): string {
  const characters = Array.from(text.slice(0, 2 * length + 2));
  return characters.length > length ? `${characters.slice(0, length - 1).join('')}…` : text;
}
