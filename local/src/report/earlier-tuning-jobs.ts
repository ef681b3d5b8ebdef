import type { Jobs, TuningJobRecord } from '../services';

/**
 * The tuning jobs that the same execution ran before a tuning job, and whose results it started from, oldest first. A
 * search of more than 750 training jobs has several tuning jobs.
 */
export function earlierTuningJobs({ tuning }: Jobs, record: TuningJobRecord): TuningJobRecord[] {
  const found = new Set<TuningJobRecord>();
  const add = (each: TuningJobRecord): void => {
    for (const name of parentsOf(each)) {
      const parent = tuning.get(name);
      if (parent === undefined || found.has(parent) || !isSameExecution(parent, record)) continue;
      found.add(parent);
      add(parent);
    }
  };
  add(record);
  return [...found].sort((one, other) => one.description.CreationTime - other.description.CreationTime);
}

function parentsOf({ description: { WarmStartConfig: warmStart } }: TuningJobRecord): string[] {
  return (warmStart?.ParentHyperParameterTuningJobs ?? []).flatMap(
    ({ HyperParameterTuningJobName: name }) => name ?? [],
  );
}

function isSameExecution(one: TuningJobRecord, other: TuningJobRecord): boolean {
  const arn = one.createdBy?.executionArn;
  return arn !== undefined && arn === other.createdBy?.executionArn;
}
