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

/** Whether the function's role lacks the permission for the call. */
export function isAccessDenied(error: unknown): boolean {
  return error instanceof Error && error.name === 'AccessDeniedException';
}
