/** Rewords an S3 error as SageMaker does in failure reasons. */
export function during<T>(step: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new Error(`ClientError: ${step} failed: ${(error as Error).message}`);
  }
}
