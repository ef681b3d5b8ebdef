import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { PYTHON_FOLDER } from '../../src/training/python-process';
import { defaultEnvironment, SETUP_TIMEOUT, temporaryFolder, writeRegressionCsv } from './support';

let python: string;

beforeAll(async () => {
  ({ python } = await defaultEnvironment());
}, SETUP_TIMEOUT);

function run(...args: string[]): unknown {
  return JSON.parse(execFileSync(python, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
}

/**
 * For each job: the number of cells (rows × columns), the hyperparameters, the seconds of each round on one thread, and
 * the threads (1 or 2) that each round must use.
 */
const XGBOOST_JOBS: readonly [number, Record<string, string | number>, number[], number[]][] = [
  // 12,000 rows and 12 columns of the bike rental data: one thread for shallow trees, both threads for deep trees.
  [144_000, {}, [0.004, 0.002, 0.002, 0.002, 0.002, 0.002], [1, 1, 1, 1, 1, 1]],
  [144_000, {}, [0.02, 0.012, 0.011, 0.012, 0.012, 0.012], [1, 1, 1, 1, 2, 2]],
  // Other load on the machine slows down some rounds, but not all of them.
  [144_000, {}, [0.02, 0.03, 0.002, 0.03, 0.03, 0.03], [1, 1, 1, 1, 1, 1]],
  // A round with 3 classes builds 3 trees. A round of a forest also builds several trees.
  [144_000, { num_class: 3 }, [0.02, 0.012, 0.012, 0.012, 0.012], [1, 1, 1, 1, 1]],
  [144_000, { num_parallel_tree: 10, num_class: 3 }, [1, 0.14, 0.14, 0.14, 0.14], [1, 1, 1, 1, 1]],
  [144_000, { booster: 'gblinear' }, [0.1, 0.1, 0.1, 0.1, 0.1], [1, 1, 1, 1, 1]],
  // Large data uses all threads from the start.
  [1_000_000, {}, [0.001, 0.001, 0.001, 0.001, 0.001], [2, 2, 2, 2, 2]],
  [15_000_000, { booster: 'gblinear' }, [0.1, 0.1], [2, 2]],
];

test('the threads of an XGBoost job depend on the size of its data and on the time that its trees take', () => {
  const code = `
import json, sys
sys.path.insert(0, sys.argv[1])
from training_threads import XGBoostThreads
results = []
for cells, config, rounds, _ in json.loads(sys.argv[2]):
    threads = XGBoostThreads(cells, 2, config)
    used = [threads.first]
    for seconds in rounds:
        used.append(threads.after_round(seconds) or used[-1])
    results.append(used[:-1])
print(json.dumps(results))`;
  const found = run('-c', code, PYTHON_FOLDER, JSON.stringify(XGBOOST_JOBS));
  expect(found).toEqual(XGBOOST_JOBS.map(([, , , expected]) => expected));
});

test('a job that may use one thread only uses one, whatever the size of its data', () => {
  const code = `
import sys
sys.path.insert(0, sys.argv[1])
from training_threads import XGBoostThreads, lightgbm_threads
threads = XGBoostThreads(10**8, 1, {})
print([threads.first, lightgbm_threads(10**8, 1), *(threads.after_round(9.0) or 1 for _ in range(5))])`;
  expect(run('-c', code, PYTHON_FOLDER)).toEqual(Array.from({ length: 7 }, () => 1));
});

test('a job with large data gets twice its share of the cores, but at most all cores', () => {
  const code = `
import sys
sys.path.insert(0, sys.argv[1])
import training_threads
training_threads.available_threads = lambda: 8
print([training_threads.overlapping_threads(share) for share in (1, 2, 4, 5, 8, 10)])`;
  expect(run('-c', code, PYTHON_FOLDER)).toEqual([2, 4, 8, 8, 8, 10]);
});

test.each([
  [100_000, 1],
  [1_000_000, 1],
  [8_000_000, 2],
])('LightGBM trains on %i values with %i of 2 threads', (cells, threads) => {
  const code = `
import sys
sys.path.insert(0, sys.argv[1])
from training_threads import lightgbm_threads
print(lightgbm_threads(int(sys.argv[2]), 2))`;
  expect(run('-c', code, PYTHON_FOLDER, String(cells))).toBe(threads);
});

test('the model does not depend on the number of threads, even if this number changes between rounds', () => {
  const data = writeRegressionCsv(join(temporaryFolder(), 'data.csv'), 2000, 8, 1);
  const script = join(__dirname, 'scripts', 'thread_models.py');
  const models = run(script, PYTHON_FOLDER, data) as Record<string, unknown>[];
  expect(models).toHaveLength(9);
  for (const { one, two, later, oneThreads, twoThreads, laterThreads } of models) {
    expect({ two, later }).toEqual({ two: one, later: one });
    expect([oneThreads, twoThreads, laterThreads]).toEqual([[1], [2], [1, 2]]);
  }
});
