import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TuningIntegration } from '../../../lib';
import { workflow } from '../../../test/fixtures';
import { LocalMode, type StubTrainingJob } from '../../src';
import { ExecutionLog, type ExecutionRecord } from '../../src/executions/executions';
import type { LocalExecution } from '../../src/library/local-execution';
import { testFault, testFaultIfAll } from './fault-table';
import { redrive } from './redrive';
import { editTemplate, filesIn, synthesize } from './support';

const TRAINING_JOBS = 3;

/** The names of the jobs that finished training. A job that trained twice is listed twice. */
const trained: string[] = [];
let stack: LocalMode;

afterEach(() => jest.restoreAllMocks());

function synthesizeWorkflow(integration: TuningIntegration): string {
  return synthesize((scope) => {
    workflow({ maxTrainingJobs: TRAINING_JOBS, maxParallelTrainingJobs: 1, integration }, scope);
  });
}

/** Deploys a workflow with short training jobs, which are counted. `fault` can make a training job fail. */
async function deploy(
  assembly: string,
  fault: (job: StubTrainingJob) => void = () => undefined,
): Promise<void> {
  trained.splice(0);
  stack = await LocalMode.deploy({
    assembly,
    waitTimeScale: 0.001,
    stubTraining: async (job) => {
      await sleep(30, undefined, { signal: job.signal });
      fault(job);
      trained.push(job.name);
      return { 'validation:rmse': Number(job.hyperparameters.eta) };
    },
  });
  for (const channel of ['train', 'validation']) {
    await stack.bucket('Tuning/Bucket').put(`input/${channel}/a.csv`, '1,2\n');
  }
}

function namesOf(...statuses: string[]): string[] {
  return stack
    .trainingJobs()
    .filter(({ TrainingJobStatus: status }) => statuses.includes(status))
    .map(({ TrainingJobName: name }) => name);
}

/**
 * Redrives an execution and checks that it succeeds, that completed jobs did not run again, that each job ran at most
 * once, and that no job is still running.
 */
async function redriveToSuccess(execution: LocalExecution): Promise<string> {
  const before = namesOf('Completed');
  expect(await redrive(stack, execution)).toMatchObject({ status: 'SUCCEEDED' });
  await stack.waitFor(() => namesOf('InProgress', 'Stopping').length === 0);
  expect(namesOf('Completed')).toEqual(expect.arrayContaining(before));
  expect(new Set(trained).size).toBe(trained.length);
  const after = namesOf('Completed').length - before.length;
  return `the redrive succeeds and trains ${after} of ${TRAINING_JOBS + 1} jobs; none runs twice`;
}

/** Runs an execution that fails. @returns the execution and its outcome */
async function fail(): Promise<{ execution: LocalExecution; record: ExecutionRecord }> {
  const execution = stack.startExecution();
  const record = (await execution.ended) as ExecutionRecord;
  expect(record.status).toBe('FAILED');
  return { execution, record };
}

const assemblies = {
  '.sync': synthesizeWorkflow(TuningIntegration.OPTIMIZED),
  'AWS SDK': synthesizeWorkflow(TuningIntegration.SDK),
};

/** The states that an execution without faults enters. */
const STATES = {
  '.sync': [
    'Configure',
    'IsInputValid',
    'TuneHyperparameters',
    'FindBestTrainingJob',
    'TrainFinalModel',
    'DescribeFinalTrainingJob',
    'WriteReport',
    'IsFinalModelTrained',
    'Result',
  ],
  'AWS SDK': [
    'Configure',
    'IsInputValid',
    'TuneHyperparameters',
    'WaitForTuningJob',
    'DescribeTuningJob',
    'HasTuningJobEnded',
    'FindBestTrainingJob',
    'TrainFinalModel',
    'DescribeFinalTrainingJob',
    'WriteReport',
    'IsFinalModelTrained',
    'Result',
  ],
};

/** The states that an execution enters repeatedly while the tuning job runs. */
const POLLING_STATES = ['WaitForTuningJob', 'DescribeTuningJob', 'HasTuningJobEnded'];

describe.each(['.sync', 'AWS SDK'] as const)('StopExecution, integration %s', (integration) => {
  beforeAll(() => deploy(assemblies[integration]));
  afterAll(() => stack.close());

  for (const state of STATES[integration]) {
    const isShared = integration === 'AWS SDK' && STATES['.sync'].includes(state);
    const testState = isShared ? testFaultIfAll : testFault;
    testState(`StopExecution at ${state} (${integration})`, async () => {
      const before = namesOf('Completed').length;
      const entered = new Promise<void>((resolve) => {
        const append = ExecutionLog.prototype.append;
        jest.spyOn(ExecutionLog.prototype, 'append').mockImplementation(function (this: ExecutionLog, event) {
          append.call(this, event);
          if (!event.type.endsWith('StateEntered') || event.details['name'] !== state) return;
          // Stopping an execution stops its tuning job. A redrive can succeed only if a training job had completed by
          // then.
          if (!POLLING_STATES.includes(state) || namesOf('Completed').length > before) resolve();
        });
      });
      const execution = stack.startExecution();
      await entered;
      expect(await execution.stop({ error: 'Test' })).toMatchObject({ status: 'ABORTED', error: 'Test' });
      return redriveToSuccess(execution);
    });
  }

  testFault(`StopExecution while jobs train (${integration})`, async () => {
    const before = namesOf('Completed').length;
    const execution = stack.startExecution();
    await stack.waitFor(() => namesOf('Completed').length > before && namesOf('InProgress').length === 1);
    expect(await execution.stop()).toMatchObject({ status: 'ABORTED' });
    await stack.waitFor(() => namesOf('InProgress', 'Stopping').length === 0);
    return redriveToSuccess(execution);
  });
});

describe('a function that does not answer', () => {
  afterEach(() => stack.close());

  /**
   * Inserts code at the start of the function that finds the best training job. The code can call the original
   * function, which is in `whole.js`. @returns a function that removes the code
   */
  const breakFunction = (code: string): (() => void) => {
    const [folder = ''] = filesIn(join(stack.root, 'functions')).filter((name) => /FindBest/.test(name));
    const [hash = ''] = filesIn(join(stack.root, 'functions', folder));
    const file = join(stack.root, 'functions', folder, hash, 'index.js');
    const whole = readFileSync(file, 'utf8');
    writeFileSync(join(dirname(file), 'whole.js'), whole);
    writeFileSync(file, `${code}\n${whole}`);
    return () => writeFileSync(file, whole);
  };
  const once = (code: string) => {
    const flag = JSON.stringify(join(stack.root, 'flag'));
    return `if (!require('fs').existsSync(${flag})) { require('fs').writeFileSync(${flag}, ''); ${code} }`;
  };

  testFault('the function is killed once', async () => {
    await deploy(assemblies['.sync']);
    breakFunction(once("process.kill(process.pid, 'SIGKILL');"));
    const { execution, record } = await fail();
    expect(record).toMatchObject({
      error: 'Runtime.ExitError',
      cause: expect.stringMatching(/signal: SIGKILL/),
    });
    return `${record.error}; ${await redriveToSuccess(execution)}`;
  });

  testFault('the function crashes each time', async () => {
    await deploy(assemblies['.sync']);
    const mend = breakFunction('process.exit(3);');
    const { execution, record } = await fail();
    expect(record).toMatchObject({
      error: 'Runtime.ExitError',
      cause: expect.stringMatching(/exit status 3/),
    });
    mend();
    return `${record.error}; ${await redriveToSuccess(execution)}`;
  });

  testFault('the requests of the function are throttled at first', async () => {
    await deploy(assemblies['.sync']);
    breakFunction(`let calls = 0;
      exports.handler = (event) => {
        calls += 1;
        if (calls > 1) return require('./whole.js').handler(event);
        throw Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
      };
      return;`);
    expect(await stack.startExecution().ended).toMatchObject({ status: 'SUCCEEDED' });
    expect(trained).toHaveLength(TRAINING_JOBS + 1);
    return 'the function is retried, and the execution succeeds';
  });

  testFault('the function does not respond before its timeout', async () => {
    const assembly = synthesizeWorkflow(TuningIntegration.OPTIMIZED);
    editTemplate(assembly, (text) => text.replace(/"Timeout": \d+/g, '"Timeout": 1'));
    await deploy(assembly);
    const mend = breakFunction('for (;;);');
    const { execution, record } = await fail();
    expect(record).toMatchObject({
      error: 'Sandbox.Timedout',
      cause: expect.stringMatching(/timed out after 1/),
    });
    mend();
    return `${record.error}; ${await redriveToSuccess(execution)}`;
  });
});

describe('training jobs that fail', () => {
  afterEach(() => stack.close());

  testFault('the final training job fails', async () => {
    await deploy(assemblies['.sync'], ({ name }) => {
      if (trained.length === TRAINING_JOBS)
        throw new Error(`AlgorithmError: ${name} was killed, exit code: 137`);
    });
    const { execution, record } = await fail();
    expect(record).toMatchObject({
      error: 'FinalTrainingJobNotCompleted',
      cause: expect.stringMatching(
        /exit code: 137[\s\S]*Best training job[\s\S]*model\.tar\.gz\. Report: s3:\/\/.*\/report\.html$/,
      ),
    });
    // A redriven Fail state fails again. The cause of the failure names the best model, which the user can use.
    expect(await redrive(stack, execution)).toMatchObject({ status: 'FAILED', error: record.error });
    expect(trained).toHaveLength(TRAINING_JOBS);
    return `fails with ${record.error}, and names the best job and its model; a redrive fails too, and trains nothing`;
  });

  testFault('one of the training jobs fails', async () => {
    let attempts = 0;
    await deploy(assemblies['.sync'], () => {
      attempts += 1;
      if (attempts === 2) throw new Error('AlgorithmError: killed, exit code: 137');
    });
    const { output } = (await stack.startExecution().ended) as ExecutionRecord;
    expect(output).toMatchObject({
      tuningJob: { trainingJobs: { completed: TRAINING_JOBS - 1, failed: 1 } },
    });
    return `succeeds with the best of the other ${TRAINING_JOBS - 1} training jobs`;
  });

  testFault('all training jobs fail', async () => {
    await deploy(assemblies['.sync'], () => {
      throw new Error('AlgorithmError: no memory, exit code: 137');
    });
    const { execution, record } = await fail();
    expect(record.cause).toMatch(
      /Most common reason.* no memory, exit code: 137.*\. Report: s3:\/\/.*\/report\.html/,
    );
    const again = await redrive(stack, execution);
    expect(again).toMatchObject({ status: 'FAILED', error: record.error });
    expect(stack.tuningJobs()).toHaveLength(1);
    return `fails with ${record.error}, and gives the most common reason; a redrive fails too, and starts no tuning job`;
  });
});
