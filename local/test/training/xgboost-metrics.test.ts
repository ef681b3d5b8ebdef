import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { PYTHON_FOLDER } from '../../src/training/python-process';
import { frameworkOf } from '../../src/training/script/frameworks';
import { defaultEnvironment, environments, IMAGE, SETUP_TIMEOUT } from './support';

type Comparison = readonly [title: string, ours: number | string | null, theirs: number | string | null];

test(
  "the container's metrics and their errors equal those of scikit-learn",
  async () => {
    // Uses the environment for scripts, because it has scikit-learn, which training does not need.
    const [wanted, ...alternatives] = frameworkOf(IMAGE)?.packages(IMAGE) ?? [];
    if (wanted === undefined) throw new Error(`${IMAGE} has no packages`);
    const { python } = await environments.forPackages(wanted, alternatives);
    const script = join(__dirname, 'scripts', 'compare_metrics.py');
    const output = execFileSync(python, [script, PYTHON_FOLDER], { encoding: 'utf8', timeout: 60_000 });
    const comparisons = JSON.parse(output) as Comparison[];
    expect(comparisons.length).toBeGreaterThan(1000);
    expect(comparisons.filter(([, ours, theirs]) => ours !== theirs)).toEqual([]);
  },
  SETUP_TIMEOUT,
);

test.each([
  ['1.7.4', 'feval'],
  ['2.1.4', 'custom_metric'],
  ['3.0.5', 'custom_metric'],
])('XGBoost %s receives the metrics as %s', async (version, argument) => {
  const { python } = await defaultEnvironment();
  const code = `
import sys
sys.path.insert(0, sys.argv[1])
import xgboost
xgboost.__version__ = sys.argv[2]
from xgboost_metrics import metric_arguments
print(*metric_arguments(["accuracy"]), *metric_arguments([]))`;
  const output = execFileSync(python, ['-c', code, PYTHON_FOLDER, version], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect(output.trim()).toBe(argument);
});
