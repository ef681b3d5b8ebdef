import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { executionsIn, runLocalMode, synthesize, temporaryFolder } from './support';

test('a rule on the end of executions invokes its function before local mode exits', async () => {
  const assembly = synthesize((stack) => {
    const machine = new sfn.StateMachine(stack, 'Machine', {
      definitionBody: sfn.DefinitionBody.fromChainable(new sfn.Fail(stack, 'Stop', { error: 'Broken' })),
    });
    const cleanup = new lambda.Function(stack, 'Cleanup', {
      runtime: lambda.Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: lambda.Code.fromInline(
        'exports.handler = async ({ detail }) => { console.log(`ended ${detail.executionArn} ${detail.error}`); };',
      ),
    });
    new events.Rule(stack, 'Ends', {
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: {
          status: ['ABORTED', 'TIMED_OUT', 'FAILED'],
          stateMachineArn: [machine.stateMachineArn],
        },
      },
      targets: [new targets.LambdaFunction(cleanup)],
    });
  });
  const root = temporaryFolder();
  const { exitCode, output } = await runLocalMode(assembly, root);
  expect(output).not.toContain('event rule');
  expect(exitCode).toBe(1);
  const [execution] = executionsIn(root);
  const logs = readdirSync(join(root, 'logs')).map((name) => readFileSync(join(root, 'logs', name), 'utf8'));
  expect(logs.join('\n')).toContain(`ended ${execution?.arn} Broken`);
});
