// npm run bench: runs all benchmarks one after the other. Each benchmark prints what it measures, the results, and
// its targets. With --check, the exit status is 1 if a target is missed.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './local-mode.mjs';

const BENCHMARKS = 'synth speed overhead search scale large report evaluate fleet fleet-items'.split(' ');
const NOT_MEASURED = {
  'Amazon SageMaker itself': 'needs an AWS account, and would mostly measure how fast instances start',
  "SageMaker's own local mode (Python SDK)": 'cannot tune (aws/sagemaker-python-sdk#1960), and needs Docker',
  moto: 'does not train: returns constant values for tuning jobs',
  'Step Functions Local': 'does not train: replays recorded responses',
};

let isMissed = false;
for (const name of BENCHMARKS) {
  const { status } = spawnSync(
    process.execPath,
    [join(ROOT, 'bench', `${name}.mjs`), ...process.argv.slice(2)],
    {
      stdio: 'inherit',
    },
  );
  isMissed ||= status !== 0;
}
console.log('\nNot measured:');
for (const [peer, reason] of Object.entries(NOT_MEASURED)) console.log(`  ${peer}: ${reason}`);
process.exitCode = isMissed ? 1 : 0;
