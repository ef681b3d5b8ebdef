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

test('several stacks: one has to be named, by name, id or path', () => {
  const folder = synthesize((app) => {
    withResource(new cdk.Stack(app, 'A'));
    withResource(new cdk.Stack(app, 'B', { env: { account: '111122223333', region: 'eu-west-1' } }));
    withResource(new cdk.Stack(new cdk.Stage(app, 'Prod'), 'A'));
  });
  expect(() => readAssembly(folder)).toThrow(/has 3 stacks, name one: Prod\/A, A, B$/);
  expect(() => readAssembly(folder, 'C')).toThrow(/no single stack "C": /);
  expect(readAssembly(folder, 'B')).toMatchObject({ account: '111122223333', region: 'eu-west-1' });
  expect(readAssembly(folder, 'Prod/A').stackName).toBe('Prod-A');
});

test('a folder that was not synthesized says what to do', () => {
  expect(() => readAssembly(temporaryFolder())).toThrow(/no manifest.json\): run "cdk synth" first/);
});
