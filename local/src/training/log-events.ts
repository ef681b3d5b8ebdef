/**
 * Longest log event, in bytes of UTF-8: 256 KiB, which every CloudWatch Logs endpoint takes. (The API reference now says
 * 1 MB; what SageMaker sends is not documented.) Longer lines become several events.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
 */
const LONGEST_EVENT_BYTES = 256 << 10;

/** UTF-8 has at most three bytes for each UTF-16 code unit. */
const SURELY_SHORT = LONGEST_EVENT_BYTES / 3;

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f]/g;

/**
 * The log events that CloudWatch holds of what a container prints: one for each line. SageMaker's log agent writes a
 * control character as `#` and its code in three octal digits, as rsyslog does: a tab is `#011`, the carriage return
 * of a progress bar `#015`, the escape character of a color `#033`. Metric definitions are applied to these events.
 *
 * @param text one line or several; a line break at the end is not needed
 * @see https://github.com/awslabs/gluonts/pull/810 (a log of SageMaker with `#015`)
 * @see https://www.rsyslog.com/doc/configuration/input_directives/rsconf1_controlcharacterescapeprefix.html
 */
export function logEvents(text: string): string[] {
  return text.split('\n').flatMap((line) => eventPieces(line.replace(CONTROL_CHARACTER, escaped)));
}

/** Cuts a text into pieces that are no longer than a log event, and cuts no character. */
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

/** Whether a byte continues a character of UTF-8. */
function isInsideCharacter(byte: number | undefined): boolean {
  return byte !== undefined && byte >> 6 === 0b10;
}
