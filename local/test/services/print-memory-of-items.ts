// Runs a distributed Map with a training job for each item. After each of the given numbers of items, prints the size
// of this process's live data in bytes. Usage:
//
//   node --expose-gc --require ts-node/register local/test/services/print-memory-of-items.ts <root> <number> <number>
import { setTimeout as pause } from 'node:timers/promises';
import type { StateMachineResource } from '../../src/assembly';
import { StatesError } from '../../src/states';
import { STATES, startWithExecutions } from './execution-support';
import { deploymentIn, trainingRequest } from './helpers';

const CONCURRENCY = 10;

const { TrainingJobName: _, ...request } = trainingRequest('item');
const EACH_TRAINS: StateMachineResource = {
  logicalId: 'Fleet',
  name: 'Fleet',
  arn: `${STATES}:stateMachine:Fleet`,
  roleArn: 'arn:aws:iam::123456789012:role/states',
  definition: {
    StartAt: 'Each',
    States: {
      Each: {
        Type: 'Map',
        QueryLanguage: 'JSONata',
        MaxConcurrency: CONCURRENCY,
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
          StartAt: 'Train',
          States: {
            Train: {
              Type: 'Task',
              QueryLanguage: 'JSONata',
              Resource: 'arn:aws:states:::sagemaker:createTrainingJob.sync',
              Arguments: { ...request, TrainingJobName: '{% $states.input.id %}' },
              End: true,
            },
          },
        },
        Output: {},
        End: true,
      },
    },
  },
};

async function main([root = '', ...numbers]: string[]): Promise<void> {
  const counts = numbers.map(Number);
  const { services, runner } = await startWithExecutions(deploymentIn(root));
  const items = Array.from({ length: Math.max(...counts) }, (_, number) => ({ id: `item-${number}` }));
  const { ended } = runner.start(EACH_TRAINS, items) ?? {};
  const sizes: number[] = [];
  let count = 0;
  runner.store.mapProgress.onEnd(() => {
    count += 1;
    if (counts.includes(count)) sizes.push(liveBytes());
  });
  const record = await ended;
  if (record?.status !== 'SUCCEEDED') throw new StatesError(record?.error, record?.cause);
  await pause(0);
  await runner.close();
  await services.close();
  console.log(JSON.stringify(sizes));
}

function liveBytes(): number {
  // The first garbage collection finds objects that only the second one can free.
  for (let round = 0; round < 2; round += 1) global.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

void main(process.argv.slice(2));
