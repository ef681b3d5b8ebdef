import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { addFragment } from './fragment-support';
import { executionsIn, runLocalMode, synthesize, temporaryFolder } from './support';

test('a fragment in a JSONPath state machine, with states before and after it', async () => {
  const assembly = synthesize((stack) => {
    const tuning = addFragment(stack, '{% $states.input.search %}');
    const before = sfn.Pass.jsonPath(stack, 'Before', {
      parameters: { search: { maxTrainingJobs: 3 }, 'customer.$': '$.customer' },
    });
    const after = sfn.Pass.jsonPath(stack, 'After', {
      parameters: {
        'model.$': '$.finalTrainingJob.modelArtifacts',
        'jobs.$': '$.tuningJob.trainingJobs.completed',
      },
    });
    new sfn.StateMachine(stack, 'Machine', {
      definitionBody: sfn.DefinitionBody.fromChainable(before.next(tuning).next(after)),
      queryLanguage: sfn.QueryLanguage.JSON_PATH,
    });
  });
  const root = temporaryFolder();
  expect(await runLocalMode(assembly, root, '--input', '{"customer": "a"}')).toMatchObject({ exitCode: 0 });
  expect(executionsIn(root)).toMatchObject([
    {
      status: 'SUCCEEDED',
      output: { jobs: 3, model: expect.stringMatching(/^s3:.*\/models\/.*model\.tar\.gz$/) },
    },
  ]);
});

test('a fragment in a JSONata state machine, with states before and after it', async () => {
  const assembly = synthesize((stack) => {
    const tuning = addFragment(stack);
    const before = sfn.Pass.jsonata(stack, 'Before', {
      assign: { customer: '{% $states.input.customer %}' },
      outputs: { maxTrainingJobs: 3 },
    });
    const after = sfn.Pass.jsonata(stack, 'After', {
      outputs: {
        customer: '{% $customer %}',
        model: '{% $states.input.finalTrainingJob.modelArtifacts %}',
        jobs: '{% $states.input.tuningJob.trainingJobs.completed %}',
      },
    });
    new sfn.StateMachine(stack, 'Machine', {
      definitionBody: sfn.DefinitionBody.fromChainable(before.next(tuning).next(after)),
      queryLanguage: sfn.QueryLanguage.JSONATA,
    });
  });
  const root = temporaryFolder();
  expect(await runLocalMode(assembly, root, '--input', '{"customer": "a"}')).toMatchObject({ exitCode: 0 });
  expect(executionsIn(root)).toMatchObject([
    {
      status: 'SUCCEEDED',
      output: { customer: 'a', jobs: 3, model: expect.stringContaining('model.tar.gz') },
    },
  ]);
});
