import { earlierTuningJobs } from '../../src/report/earlier-tuning-jobs';
import type { Jobs, TuningJobRecord } from '../../src/services';

/** A tuning job that was created at the given time and has the given parents. */
function record(
  name: string,
  CreationTime: number,
  parents: string[] = [],
  execution = 'one',
): TuningJobRecord {
  return {
    name,
    createdBy: { executionArn: execution, token: name },
    description: {
      CreationTime,
      WarmStartConfig: {
        WarmStartType: 'IdenticalDataAndAlgorithm',
        ParentHyperParameterTuningJobs: parents.map((parent) => ({ HyperParameterTuningJobName: parent })),
      },
    },
  } as unknown as TuningJobRecord;
}

test('the parent of a transfer learning warm start has other data, so it is not part of the search', () => {
  const { description, ...rest } = record('b', 2, ['a']);
  const WarmStartConfig = { ...description.WarmStartConfig, WarmStartType: 'TransferLearning' };
  const child = { ...rest, description: { ...description, WarmStartConfig } } as TuningJobRecord;
  const tuning = { get: () => record('a', 1) };
  expect(earlierTuningJobs({ tuning } as unknown as Jobs, child)).toEqual([]);
});

test('the earlier tuning jobs of a search are all its ancestors in the same execution', () => {
  const records = [
    record('other', 0, [], 'another'),
    record('a', 1, ['other', 'deleted']),
    record('b', 2, ['a']),
    record('c', 3, ['a', 'b']),
    record('d', 4, ['c', 'b']),
    record('unrelated', 5),
  ];
  // Returns a new object for each call, as for jobs of another process.
  const tuning = { get: (name: string) => structuredClone(records.find((each) => each.name === name)) };
  const earlier = earlierTuningJobs({ tuning } as unknown as Jobs, records[4] as TuningJobRecord);
  expect(earlier.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
});
