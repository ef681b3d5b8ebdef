/**
 * Maximum length of a log event in bytes of UTF-8: 256 KiB, which every CloudWatch Logs endpoint accepts.
 * (The API reference now states 1 MB. The limit of SageMaker's agent is not documented.) Longer lines are
 * split into several events.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
 */
const LONGEST_EVENT_BYTES = 256 << 10;

/** UTF-8 needs at most three bytes per UTF-16 code unit. */
const SURELY_SHORT = LONGEST_EVENT_BYTES / 3;

// biome-ignore lint/suspicious/noControlCharactersInRegex: the expression has to match them
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f]/g;

/**
 * Converts the output of a container to CloudWatch's log events, one per line. SageMaker's log agent replaces
 * a control character by `#` and its code in three octal digits, as rsyslog does: a tab becomes `#011`, the
 * carriage return of a progress bar `#015`, the escape character of a color `#033`. Metric definitions are
 * applied to these events.
 *
 * @param text one or several lines; a final line break is optional
 * @see https://github.com/awslabs/gluonts/pull/810 (a SageMaker log with `#015`)
 * @see https://www.rsyslog.com/doc/configuration/input_directives/rsconf1_controlcharacterescapeprefix.html
 */
export function logEvents(text: string): string[] {
  return text.split('\n').flatMap((line) => eventPieces(line.replace(CONTROL_CHARACTER, escaped)));
}

/** Splits text into pieces of at most the length of a log event, without splitting characters. */
export function eventPieces(text: string): string[] {
  if (text.length <= SURELY_SHORT) return [text];
  const bytes = Buffer.from(text);
  const pieces: string[] = [];
  for (let start = 0; start < bytes.length; ) {
    let end = Math.min(start + LONGEST_EVENT_BYTES, bytes.length);
    while (isInsideCharacter(bytes[end])) end -= 1;
    pieces.push(bytes.toString('utf8', start, end));
    start = end;
  }
  return pieces;
}

function escaped(character: string): string {
  return `#${character.charCodeAt(0).toString(8).padStart(3, '0')}`;
}

/** Whether a byte continues a UTF-8 character. */
function isInsideCharacter(byte: number | undefined): boolean {
  return byte !== undefined && byte >> 6 === 0b10;
}
