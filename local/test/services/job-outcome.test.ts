import { outcomeOf } from '../../src/services/sagemaker/jobs/job-outcome';
import type { TrainingOutcome } from '../../src/training';

const failed = (failureReason: string): TrainingOutcome => ({ status: 'Failed', failureReason });

test.each<[string, () => Promise<TrainingOutcome>]>([
  [
    'ENOSPC: no space left on device, write',
    () => Promise.reject(new Error('ENOSPC: no space left on device')),
  ],
  [
    'an error of Python',
    () => Promise.resolve(failed('AlgorithmError: OSError: [Errno 28] No space left, exit code: 1')),
  ],
  [
    'an error of XGBoost',
    () => Promise.resolve(failed('AlgorithmError: FileStream.Write incomplete, exit code: 1')),
  ],
])('a full disk ends the process, so that the job can be resumed: %s', async (_, work) => {
  const errors: unknown[] = [];
  const later = jest.spyOn(global, 'setImmediate').mockImplementation(((run: () => void) => {
    try {
      run();
    } catch (error) {
      errors.push(error);
    }
  }) as unknown as typeof setImmediate);
  try {
    let isOver = false;
    void outcomeOf(work(), '.local').then(() => {
      isOver = true;
    });
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    expect([isOver, errors]).toEqual([
      false,
      [expect.objectContaining({ code: 'ENOSPC', message: expect.stringContaining("write '.local'") })],
    ]);
  } finally {
    later.mockRestore();
  }
});

test.each<[() => Promise<TrainingOutcome>, TrainingOutcome]>([
  [() => Promise.resolve({ status: 'Completed' }), { status: 'Completed' }],
  [() => Promise.resolve(failed('ClientError: no')), failed('ClientError: no')],
  [() => Promise.reject(new Error('ClientError: denied')), failed('ClientError: denied')],
  [() => Promise.reject(new Error('EACCES: denied')), failed('InternalServerError: EACCES: denied')],
])('%#: any other result or error becomes the outcome of the job', async (work, outcome) => {
  expect(await outcomeOf(work(), '.local')).toEqual(outcome);
});
