// npm run bench: all benchmarks, one after the other. Each says what it measures, the figures and the targets, which are
// those of issue 4 and DESIGN.md; with --check the exit status is 1 when one is missed.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './local-mode.mjs';

const BENCHMARKS = ['synth', 'speed', 'overhead', 'search', 'scale', 'large', 'report'];
const NOT_MEASURED = {
  'Amazon SageMaker itself': 'needs an AWS account, and its time is that of starting instances',
  "SageMaker's own local mode (Python SDK)": 'cannot tune (aws/sagemaker-python-sdk#1960), and needs Docker',
  moto: 'answers tuning jobs with constants: nothing is trained',
  'Step Functions Local': 'replays canned answers: nothing is trained',
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
