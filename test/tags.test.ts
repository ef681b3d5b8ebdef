import { App, CfnParameter, Stack, Tags } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { Construct } from 'constructs';
import { TuningIntegration } from '../lib';
import { autoMlWorkflow } from './automl/fixtures';
import { definitionOf, type Json, workflow } from './fixtures';

const OWN = {
  Key: 'cdk-sagemaker-tuning:execution',
  Value: expect.stringContaining('$states.context.Execution.Id'),
};

type Tagging = Record<string, string>;

/**
 * Workflows with the prop `tags`, and their states that tag jobs. `OWN` marks the states that also set the construct's
 * own tag.
 */
const WORKFLOWS: [string, (stack: Stack, tags?: Tagging) => Construct, Record<string, object[]>][] = [
  [
    'the optimized integration',
    (stack, tags) => workflow({ tags }, stack),
    { TuneHyperparameters: [], TuneWithWarmStart: [], TrainFinalModel: [] },
  ],
  [
    'the AWS SDK integration',
    (stack, tags) => workflow({ tags, integration: TuningIntegration.SDK }, stack),
    { TuneHyperparameters: [OWN], TuneWithWarmStart: [OWN], TrainFinalModel: [] },
  ],
  ['AutoML', (stack, tags) => autoMlWorkflow({ tags }, stack), { CreateAutoMlJob: [OWN] }],
];

describe.each(WORKFLOWS)('the jobs of a workflow with %s', (_name, make, states) => {
  const all = (...tags: [string, string][]) =>
    Object.fromEntries(
      Object.entries(states).map(([id, own]) => [
        id,
        [...tags.map(([Key, Value]) => ({ Key, Value })), ...own],
      ]),
    );
  const tagsIn = (stack: Stack) => {
    const { States } = definitionOf(stack);
    return Object.fromEntries(Object.keys(states).map((id) => [id, States[id].Arguments.Tags ?? []]));
  };
  const stackWith = (tags: Tagging | undefined, tag: (stack: Stack, made: Construct) => void) => {
    const stack = new Stack(new App(), 'Stack');
    tag(stack, make(stack, tags));
    return stack;
  };

  test('have only the construct’s own tags by default', () => {
    expect(tagsIn(stackWith(undefined, () => undefined))).toEqual(all());
  });

  test('have the tags of every enclosing construct, but the prop overrides them', () => {
    const stack = stackWith({ team: 'prop', stage: 'prod' }, (scope, made) => {
      Tags.of(scope.node.root).add('cost-center', 'app');
      Tags.of(scope).add('team', 'stack', { priority: 1000 });
      Tags.of(made).add('owner', 'workflow');
    });
    expect(tagsIn(stack)).toEqual(
      all(['cost-center', 'app'], ['owner', 'workflow'], ['team', 'prop'], ['stage', 'prod']),
    );
  });

  test('do not have removed tags', () => {
    const stack = stackWith(undefined, (scope, made) => {
      Tags.of(scope).add('team', 'stack');
      Tags.of(made).remove('team');
    });
    expect(tagsIn(stack)).toEqual(all());
  });

  test('can have values that are known only at deploy time', () => {
    const stack = stackWith({ stage: 'prod' }, (scope, made) => {
      Tags.of(made).add('team', new CfnParameter(scope, 'Team').valueAsString);
    });
    expect(tagsIn(stack)).toEqual(all(['team', '<Team>'], ['stage', 'prod']));
  });

  test.each<[string, string, string, RegExp]>([
    ['a key', 'a<b>', 'x', /tags\.a<b>: the key must consist of letters, .*got "a<b>"/],
    ['a value', 'team', 'a,b', /tags\.team: the value must consist of letters, .*got "a,b"/],
    ['a long key', 'k'.repeat(129), 'x', /tags: must have 1 to 128 characters, got 129/],
    ['a long value', 'team', 'x'.repeat(257), /tags\.team: must have 0 to 256 characters, got 257/],
    ['a key of AWS', 'AWS:x', 'y', /tags\.AWS:x: must not begin with aws:/],
    ['the key of the construct', 'cdk-sagemaker-tuning:execution', 'x', /is reserved for the construct/],
  ])('cannot have %s that SageMaker rejects, wherever the tag comes from', (_what, key, value, problem) => {
    expect(() => stackWith({ [key]: value }, () => undefined)).toThrow(problem);
    const stack = stackWith(undefined, (scope) => Tags.of(scope).add(key, value));
    expect(() => Template.fromStack(stack)).toThrow(problem);
  });

  test('cannot have more tags than SageMaker accepts, including the construct’s own tags', () => {
    const max = Object.values(states).some((own) => own.length > 0) ? 49 : 50;
    const given = Object.fromEntries(Array.from({ length: max }, (_, i) => [`key-${i}`, 'x']));
    const tagged = (key: string) => stackWith(given, (scope) => Tags.of(scope).add(key, 'y'));
    expect(() => Template.fromStack(tagged('key-0'))).not.toThrow();
    expect(() => Template.fromStack(tagged('another'))).toThrow(
      new RegExp(`tags: must have 0 to ${max} elements, got ${max + 1}`),
    );
  });
});

test('the CloudFormation resources have the tags too', () => {
  const stack = new Stack(new App(), 'Stack');
  const made = workflow({}, stack);
  Tags.of(made).add('team', 'a');
  const machines = Template.fromStack(stack).findResources('AWS::StepFunctions::StateMachine');
  const [machine] = Object.values(machines) as Json[];
  expect(machine.Properties.Tags).toEqual([{ Key: 'team', Value: 'a' }]);
});
