/** Whether an error says that the requested resource does not exist. */
export function isNotFound(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // DescribeTrainingJob fails with ValidationException, "Requested resource not found.".
  return (
    error.name === 'ResourceNotFound' ||
    error.name === 'ResourceNotFoundException' ||
    (error.name === 'ValidationException' && /not found|can('|no)t find|does not exist/i.test(error.message))
  );
}

/** Whether an error says that the resource does not exist, or that the function's role may not read it. */
export function isUnreadable(error: unknown): boolean {
  return isNotFound(error) || (error instanceof Error && error.name === 'AccessDeniedException');
}
