import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pythonOfScripts, runScript } from './script-runner';
import { channel, instances, newFolder } from './script-support';

describe('several hosts', () => {
  test('find each other by name, share the data, and store one model', async () => {
    const parts = ['a', 'b', 'c', 'd'].map((name) => {
      const path = join(newFolder(), `${name}.csv`);
      writeFileSync(path, name);
      return path;
    });
    const source = `import json, os, socket
hosts, me = json.loads(os.environ["SM_HOSTS"]), os.environ["SM_CURRENT_HOST"]
model, train = os.environ["SM_MODEL_DIR"], os.environ["SM_CHANNEL_TRAIN"]
open(os.path.join(model, me), "w").write(",".join(sorted(os.listdir(train))))
open(os.path.join(model, "same"), "w").write(me)
if me == hosts[0]:
    server = socket.socket()
    server.bind((hosts[0], 8765))
    server.listen()
    for _ in hosts[1:]:
        print("from", server.accept()[0].recv(100).decode())
else:
    for _ in range(200):
        try:
            socket.create_connection((hosts[0], 8765)).sendall(me.encode())
            break
        except OSError:
            __import__("time").sleep(0.05)
print(os.path.exists(os.path.join(os.environ["SM_INPUT_DIR"], "data", "extra")), me)`;
    const { outcome, log, workFolder } = await runScript(
      source,
      {},
      {
        instances: instances(3).map((each, i) => ({ ...each, group: i === 0 ? 'first' : 'rest' })),
        channels: [
          channel('train', parts, { distribution: 'ShardedByS3Key' }),
          channel('extra', parts, { instanceGroups: ['rest'] }),
        ],
      },
    );
    expect(outcome).toEqual({ status: 'Completed' });
    expect(log).toEqual(
      expect.arrayContaining(['from algo-2', 'from algo-3', 'False algo-1', 'True algo-2']),
    );
    const model = (name: string) => readFileSync(join(workFolder, 'model', name), 'utf8');
    expect(['algo-1', 'algo-2', 'algo-3'].map(model)).toEqual(['a.csv,d.csv', 'b.csv', 'c.csv']);
    expect(model('same')).toBe('algo-3');
  });

  test('are stopped when one of them fails, and its reason becomes the failure reason of the job', async () => {
    const started = performance.now();
    const { reason, log } = await runScript(
      `import os, time, sys
if os.environ["SM_CURRENT_HOST"] == "algo-2":
    print("disk full on algo-2", flush=True)
    sys.exit(7)
time.sleep(60)`,
      {},
      { instances: instances(3) },
    );
    expect(log).toContain('disk full on algo-2');
    expect(reason).toContain('ExitCode 7\n');
    expect(performance.now() - started).toBeLessThan(50_000);
  });
});

describe('distribution', () => {
  test('torchrun starts on every host, with the address of the first host', async () => {
    const run = 'import sys\nprint("torchrun", *sys.argv[1:])';
    const source = {
      'train.py': '',
      'torch/__init__.py': '',
      'torch/distributed/__init__.py': '',
      'torch/distributed/run.py': run,
    };
    const { log } = await runScript(
      source,
      { sagemaker_torch_distributed_enabled: 'true', lr: '0.1' },
      { instances: instances(2) },
    );
    const starts = log.filter((line) => line.startsWith('torchrun')).sort();
    const options =
      /^torchrun --nnodes 2 --nproc_per_node 1 --master_addr (127\.[\d.]+) --master_port (\d+) /;
    expect(starts.map((line) => line.replace(options, ''))).toEqual([
      '--node_rank 0 train.py --lr 0.1',
      '--node_rank 1 train.py --lr 0.1',
    ]);
    const [first, second] = starts.map((line) => options.exec(line)?.slice(1));
    expect(second).toEqual(first);
  });

  test('mpirun on the first host starts the processes of all hosts', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'mpirun'), '#!/bin/sh\necho "mpirun $*"\n', { mode: 0o755 });
    const path = process.env.PATH;
    try {
      process.env.PATH = newFolder();
      const { reason } = await runScript('', { sagemaker_mpi_enabled: 'true' });
      expect(reason).toMatch(/^ClientError: sagemaker_mpi_enabled is set, but this machine has no mpirun/);
      process.env.PATH = `${folder}:${path}`;
      const { log } = await runScript(
        '',
        {
          sagemaker_mpi_enabled: 'true',
          sagemaker_mpi_num_of_processes_per_host: '2',
          sagemaker_mpi_custom_mpi_options: '"-x A=1"',
        },
        { instances: instances(2) },
      );
      const starts = log.filter((line) => line.startsWith('mpirun'));
      expect(starts).toEqual([`mpirun -np 4 -x A=1 ${pythonOfScripts()} -m mpi4py train.py`]);
    } finally {
      process.env.PATH = path;
    }
  });
});
