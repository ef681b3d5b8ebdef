/** Words a failure of S3 as SageMaker does in a job's failure reason. */
export function during<T>(step: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new Error(`ClientError: ${step} failed: ${(error as Error).message}`);
  }
}
