import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DescribeHyperParameterTuningJobCommand,
  SageMakerClient,
  StopHyperParameterTuningJobCommand,
} from '@aws-sdk/client-sagemaker';
import {
  Algorithm,
  Objective,
  ParameterRange,
  TuningIntegration,
  TuningWorkflow,
  XGBoostVersion,
} from '../../lib';
import { LocalMode } from '../src';
import { readAssembly } from '../src/assembly';
import { resolveEnvironment } from '../src/assembly/environment';
import { TemplateEvaluator } from '../src/assembly/intrinsics';
import { synthesize, temporaryFolder, trainingJobsIn } from './end-to-end/support';

const NAMES = ['Blue', 'Green'] as const;

/**
 * Two assemblies with the same template and different stack names. Service Catalog and StackSets deploy a
 * template in this way.
 */
function assemblies(): string[] {
  const synthesized = synthesize((scope) => {
    new TuningWorkflow(scope, 'Tuning', {
      algorithm: Algorithm.xgboost({ version: XGBoostVersion.V3_2_0 }),
      objective: Objective.minimize('validation:rmse'),
      hyperparameters: { num_round: '10' },
      parameterRanges: [ParameterRange.integer('max_depth', { min: 2, max: 5 })],
      maxTrainingJobs: 2,
      integration: TuningIntegration.SDK,
    });
  });
  return NAMES.map((stackName) => {
    const folder = join(temporaryFolder(), 'cdk.out');
    cpSync(synthesized, folder, { recursive: true });
    const file = join(folder, 'manifest.json');
    const manifest = JSON.parse(readFileSync(file, 'utf8'));
    manifest.artifacts.Test.properties.stackName = stackName;
    writeFileSync(file, JSON.stringify(manifest));
    return folder;
  });
}

test('two stacks from the same template share neither names nor permissions', async () => {
  const root = temporaryFolder();
  const folders = assemblies();
  const stacks = await Promise.all(
    folders.map((assembly) =>
      LocalMode.deploy({
        assembly,
        root,
        waitTimeScale: 0.001,
        stubTraining: ({ hyperparameters }) => ({ 'validation:rmse': Number(hyperparameters.max_depth) }),
      }),
    ),
  );
  try {
    // Both executions run at the same time and have the same name.
    const outputs = await Promise.all(
      stacks.map(async (stack) => {
        for (const channel of ['train', 'validation']) {
          await stack.bucket('Tuning/Bucket').put(`input/${channel}/a.csv`, '1,2\n');
        }
        return stack.startExecution<Output>({ name: 'nightly' }).output();
      }),
    );
    const tuningJobs = outputs.map(({ tuningJob }) => tuningJob.name);
    const [prefix, otherPrefix] = tuningJobs.map((name) => name.slice(0, 16));
    // The prefix begins with 7 digits that depend on the construct, and a hyphen. These 8 characters are the same in
    // both stacks. The following 8 digits depend on the stack.
    expect(prefix?.slice(0, 8)).toBe(otherPrefix?.slice(0, 8));
    expect(prefix).not.toBe(otherPrefix);
    const prefixes = trainingJobsIn(root).map(({ description }) => description.TrainingJobName.slice(0, 16));
    expect(prefixes.sort()).toEqual([...Array(3).fill(prefix), ...Array(3).fill(otherPrefix)].sort());

    for (const [index, stack] of stacks.entries()) {
      for (const role of ['Tuning/StateMachine/Role', 'Tuning/StopAbandonedJobs/FunctionRole']) {
        const client = new SageMakerClient(stack.clientConfig(role));
        const stop = (name: string | undefined) =>
          client.send(new StopHyperParameterTuningJobCommand({ HyperParameterTuningJobName: name }));
        await expect(stop(tuningJobs[1 - index])).rejects.toThrow(/is not authorized to perform/);
        // The stack's own job has ended and cannot be stopped, but the permission exists.
        await expect(stop(tuningJobs[index])).rejects.not.toThrow(/is not authorized/);
      }
      const reader = new SageMakerClient(stack.clientConfig('Tuning/Tuning/FindBestTrainingJobFunctionRole'));
      const describe = (name: string | undefined) =>
        reader.send(new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName: name }));
      await expect(describe(tuningJobs[1 - index])).rejects.toThrow(/is not authorized to perform/);
      await expect(describe(tuningJobs[index])).resolves.toMatchObject({
        HyperParameterTuningJobStatus: 'Completed',
      });
    }

    const [groups, otherGroups] = folders.map(logGroupsIn);
    expect(groups?.length).toBeGreaterThan(2);
    expect(groups?.filter((name) => otherGroups?.includes(name))).toEqual([]);
  } finally {
    for (const stack of stacks) await stack.close();
  }
});

/** The output of a workflow. */
interface Output {
  readonly tuningJob: { readonly name: string };
}

/** The names of the log groups in an assembly's stack. */
function logGroupsIn(folder: string): string[] {
  const assembly = readAssembly(folder);
  const environment = resolveEnvironment(assembly);
  const evaluator = new TemplateEvaluator({ ...assembly, environment });
  return evaluator.resourcesOfType('AWS::Logs::LogGroup').map((id) => evaluator.identity(id).ref);
}
