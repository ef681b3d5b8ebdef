/** A short description of an error, without a period at the end. */
export function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const message = error.message.replace(/\.$/, '');
  return error.name === 'Error' ? message : `${error.name}: ${message}`;
}
