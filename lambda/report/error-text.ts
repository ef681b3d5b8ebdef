/** An error in a few words, without a full stop at its end. */
export function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const message = error.message.replace(/\.$/, '');
  return error.name === 'Error' ? message : `${error.name}: ${message}`;
}
