// Runs a fleet of many items with stubbed training on a synthesized app, and prints its results as JSON.
//
//   node --require ./scripts/typescript.cjs bench/fleet/run-items.cjs <assembly> <root> <number of items>
const { LocalMode } = require('../../local/src');
const { limitHeapGrowth } = require('../../local/src/heap-growth');

const [assembly, root, count] = process.argv.slice(2);

// Local mode's command line also limits the growth of the heap.
limitHeapGrowth();

async function main() {
  const stack = await LocalMode.deploy({ assembly, root, stubTraining: () => ({ 'validation:rmse': 1 }) });
  for (const channel of ['train', 'validation']) {
    await stack.bucket('Fleet/Bucket').put(`input/${channel}/data.csv`, '1,2,3\n');
  }
  const items = Array.from({ length: Number(count) }, (_, number) => ({ id: `${number}` }));
  const execution = stack.startExecution({ input: { items } });
  const { output } = await execution.ended;
  const events = stack.executionStore.history(execution.arn).length;
  await stack.close();
  console.log(JSON.stringify({ events, succeeded: output?.fleet.succeeded }));
}

void main();
