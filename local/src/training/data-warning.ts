const WARNING = /^\[[\d :-]+:WARNING\] (.*)/;

/**
 * A warning about the data of a job, from a line of its log. SageMaker's container accepts this data, but it is probably a
 * mistake, such as a CSV file with a header.
 */
export function dataWarningIn(line: string): string | undefined {
  return WARNING.exec(line)?.[1];
}
