const WARNING = /^\[[\d :-]+:WARNING\] (.*)/;

/**
 * The warning in a line of a job's log; undefined if there is none. The warnings are about data that SageMaker's
 * container accepts, but that is probably a mistake, such as a CSV file with a header.
 */
export function dataWarningIn(line: string): string | undefined {
  return WARNING.exec(line)?.[1];
}
