import type { Jobs, TuningJobRecord } from '../services';

/**
 * The earlier tuning jobs of the same search, oldest first: a search of more than 750 training jobs runs several tuning
 * jobs, each of which starts from the results of the earlier ones.
 */
export function earlierTuningJobs(
  { tuning }: Pick<Jobs, 'tuning'>,
  record: TuningJobRecord,
): TuningJobRecord[] {
  // Uses names as keys: if another process created a job, each `tuning.get` can return a new object for it.
  const found = new Map<string, TuningJobRecord>();
  const add = (each: TuningJobRecord): void => {
    for (const name of parentsOf(each)) {
      if (found.has(name)) continue;
      const parent = tuning.get(name);
      if (parent === undefined || !isSameExecution(parent, record)) continue;
      found.set(name, parent);
      add(parent);
    }
  };
  add(record);
  return [...found.values()].sort(
    (one, other) => one.description.CreationTime - other.description.CreationTime,
  );
}

/** Names of the tuning jobs that a later tuning job in the list continues. */
export function continuedTuningJobs(
  jobs: Pick<Jobs, 'tuning'>,
  records: readonly TuningJobRecord[],
): Set<string> {
  return new Set(records.flatMap((record) => earlierTuningJobs(jobs, record).map(({ name }) => name)));
}

/** Names of the warm-start parents with the same data and algorithm. Only their objective values are comparable. */
function parentsOf({ description: { WarmStartConfig: warmStart } }: TuningJobRecord): string[] {
  if (warmStart?.WarmStartType !== 'IdenticalDataAndAlgorithm') return [];
  return warmStart.ParentHyperParameterTuningJobs.flatMap(
    ({ HyperParameterTuningJobName: name }) => name ?? [],
  );
}

function isSameExecution(one: TuningJobRecord, other: TuningJobRecord): boolean {
  const arn = one.createdBy?.executionArn;
  return arn !== undefined && arn === other.createdBy?.executionArn;
}
