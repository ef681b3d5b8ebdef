import * as cdk from 'aws-cdk-lib';
import { aws_s3 } from 'aws-cdk-lib';
import { readAssembly } from '../../src/assembly';
import { removeTemporaryFolders, synthesize, temporaryFolder } from './helpers';

afterAll(removeTemporaryFolders);

/** CloudFormation rejects a template without resources. */
function withResource(stack: cdk.Stack): void {
  new aws_s3.Bucket(stack, 'Bucket');
}

test('a single stack needs no name', () => {
  const folder = synthesize((app) => {
    withResource(new cdk.Stack(app, 'Only', { stackName: 'only-stack' }));
  });
  expect(readAssembly(folder)).toMatchObject({ stackName: 'only-stack' });
});

test('with several stacks, one must be chosen by name, ID or path', () => {
  const folder = synthesize((app) => {
    withResource(new cdk.Stack(app, 'A'));
    withResource(new cdk.Stack(app, 'B', { env: { account: '111122223333', region: 'eu-west-1' } }));
    withResource(new cdk.Stack(new cdk.Stage(app, 'Prod'), 'A'));
  });
  expect(() => readAssembly(folder)).toThrow(/has 3 stacks; choose one: Prod\/A, A, B$/);
  expect(() => readAssembly(folder, 'C')).toThrow(/no single stack "C": /);
  expect(readAssembly(folder, 'B')).toMatchObject({ account: '111122223333', region: 'eu-west-1' });
  expect(readAssembly(folder, 'Prod/A').stackName).toBe('Prod-A');
});

test('the error for a folder without an assembly says what to do', () => {
  expect(() => readAssembly(temporaryFolder())).toThrow(/no manifest.json\): run "cdk synth" first/);
});
