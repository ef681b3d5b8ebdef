/** Whether there is a process of this number. */
export function isProcessAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether another process runs. What has this process's number is from an earlier one that had it too. */
export function isOtherProcessAlive(processId: number): boolean {
  return processId !== process.pid && isProcessAlive(processId);
}
