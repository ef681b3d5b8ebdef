import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DescribeExecutionCommand,
  ListStateMachinesCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { Duration, type Stack } from 'aws-cdk-lib';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { until } from '../services/helpers';
import { untilEnded } from '../until-ended';
import { addFragment } from './fragment-support';
import { serve } from './serve-process';
import {
  executionsIn,
  filesIn,
  runLocalMode,
  runShow,
  startLocalMode,
  startResume,
  synthesize,
  temporaryFolder,
  trainingJobsIn,
} from './support';

describe('a pipeline whose last tasks are unsupported in local mode', () => {
  const assembly = synthesize((stack) => {
    const deploy = tasks.CallAwsService.jsonata(stack, 'Deploy', {
      service: 'sagemaker',
      action: 'createEndpoint',
      parameters: { EndpointName: 'best', EndpointConfigName: 'best' },
      iamResources: ['*'],
    });
    new sfn.StateMachine(stack, 'Machine', {
      queryLanguage: sfn.QueryLanguage.JSONATA,
      definitionBody: sfn.DefinitionBody.fromChainable(
        addFragment(stack).next(publish(stack)).next(ask(stack)).next(deploy),
      ),
    });
  });

  test('is refused before it trains anything; the message lists the supported resources and how to stub the tasks', async () => {
    const root = temporaryFolder();
    const { exitCode, output } = await runLocalMode(assembly, root, '--stub-task', 'sns:publish={}');
    expect(exitCode).toBe(1);
    expect(output).not.toContain('arn:aws:states:::sns:publish');
    expect(output).toMatch(
      /^ {2}- Ask: .* resource "arn:aws:states:::sqs:sendMessage.waitForTaskToken" \(at \/States/m,
    );
    expect(output).toMatch(/^ {2}- Deploy: .* resource "arn:aws:states:::aws-sdk:sagemaker:createEndpoint"/m);
    expect(output).toMatch(
      /^Supported resources: Node\.js functions .*aws-sdk:sagemaker:<action>, .*describeTrainingJob/m,
    );
    expect(output).toMatch(/^ {2}--stub-command 'Ask=<command>'/m);
    expect(filesIn(join(root, 'executions'))).toEqual([]);
  });

  test('runs with stubs from the project file and the command line, and the summary lists them', async () => {
    const project = temporaryFolder();
    writeFileSync(
      join(project, 'local-mode.json'),
      JSON.stringify({
        stubTasks: {
          Publish: { command: 'cat >message.json; echo \'{"MessageId": "from the command"}\'' },
          Ask: { file: 'approval.json' },
          Deploy: { answer: { EndpointArn: 'from the project' } },
        },
      }),
    );
    writeFileSync(join(project, 'approval.json'), '{"approved": true}');
    const root = temporaryFolder();
    const { exitCode, output } = await runLocalMode(
      assembly,
      root,
      ...['--project', project, '--stub-task', 'Deploy={"EndpointArn": "from the command line"}'],
    );
    expect(output).toMatch(
      /^Stubs replace these tasks: Publish \(command: cat .*\), Ask \(an answer\), Deploy \(an answer\)$/m,
    );
    expect(output).toMatch(
      /^Stubbed tasks: Publish \(sns:publish\), Ask \(sqs:sendMessage.waitForTaskToken\), Deploy \(aws-sdk:sagemaker:createEndpoint\)$/m,
    );
    expect(exitCode).toBe(0);
    const [execution] = executionsIn(root);
    expect(execution).toMatchObject({
      output: { EndpointArn: 'from the command line' },
      stubbedTasks: [{ stateName: 'Publish' }, { stateName: 'Ask' }, { stateName: 'Deploy' }],
    });
    // The command ran in the project folder and received the result of the search.
    expect(JSON.parse(readFileSync(join(project, 'message.json'), 'utf8'))).toMatchObject({
      Message: expect.stringMatching(/^s3:.*model.tar.gz$/),
    });
    expect(trainingJobsIn(root)).toHaveLength(3);
    expect(await runShow(root, execution?.name ?? '')).toMatch(/^Stubbed tasks: Publish \(sns:publish\), /m);
  });
});

describe('a machine of stubs', () => {
  const assembly = synthesize((stack) => {
    new sfn.StateMachine(stack, 'Machine', {
      queryLanguage: sfn.QueryLanguage.JSONATA,
      definitionBody: sfn.DefinitionBody.fromChainable(
        publish(stack, sfn.Timeout.duration(Duration.seconds(2))),
      ),
    });
  });
  const waiting = synthesize((stack) => {
    new sfn.StateMachine(stack, 'Machine', {
      queryLanguage: sfn.QueryLanguage.JSONATA,
      definitionBody: sfn.DefinitionBody.fromChainable(ask(stack)),
    });
  });

  test.each<[string, readonly string[], RegExp]>([
    [
      'a task that does not exist',
      ['--stub-task', 'Publsh={}'],
      /^stubTasks: no task .* "Publsh"\. Did you mean "Publish"\? Available: Publish, sns:publish$/m,
    ],
    ['a result that is not JSON', ['--stub-task', 'Publish=ok'], /^--stub-task Publish=ok: invalid JSON/m],
    [
      'a missing file',
      ['--stub-task', 'Publish=@/nowhere'],
      /^--stub-task Publish=@\/nowhere: cannot be read: ENOENT/m,
    ],
    ['no result', ['--stub-task', 'Publish'], /^--stub-task Publish: must be of the form name=value/m],
    [
      'both',
      ['--stub-task', 'Publish={}', '--stub-command', 'Publish=cat'],
      /^Publish has both --stub-task and --stub-command/m,
    ],
  ])('%s is refused', async (_name, args, message) => {
    const { exitCode, output } = await runLocalMode(assembly, temporaryFolder(), ...args);
    expect(output).toMatch(message);
    expect(output).not.toMatch(/^ {4}at /m);
    expect(exitCode).toBe(1);
  });

  test('a command that fails fails the task with its error', async () => {
    const root = temporaryFolder();
    const command = `Publish=echo '{"Error": "SNS.NotFound", "Cause": "no such topic"}'; exit 1`;
    const { exitCode, output } = await runLocalMode(assembly, root, '--stub-command', command);
    expect(output).toMatch(/^SNS.NotFound: no such topic$/m);
    expect(exitCode).toBe(1);
  });

  test("a command that hangs is killed when the task's TimeoutSeconds have passed", async () => {
    const root = temporaryFolder();
    const pid = join(root, 'pid');
    const command = `Publish=echo $$ > ${pid}; sleep 100`;
    const { exitCode } = await runLocalMode(assembly, root, '--stub-command', command);
    expect(executionsIn(root)).toMatchObject([{ status: 'FAILED', error: 'States.Timeout' }]);
    expect(exitCode).toBe(1);
    await untilEnded(Number(readFileSync(pid, 'utf8')));
  });

  test('Ctrl-C ends a running command, and resuming the execution runs the command again', async () => {
    const root = temporaryFolder();
    const pid = join(root, 'pid');
    const command = `if test -f ${pid}; then cat; else trap "" INT; echo $$ > ${pid}; sleep 100; fi`;
    const run = startLocalMode(waiting, root, '--stub-command', `Ask=${command}`);
    await until(
      () => existsSync(pid),
      (exists) => exists,
    );
    run.interrupt();
    expect((await run.ended).exitCode).toBe(130);
    await untilEnded(Number(readFileSync(pid, 'utf8')));
    expect(executionsIn(root)).toMatchObject([{ isInterrupted: true }]);
    const { exitCode, output } = await startResume(root).ended;
    expect(output).toMatch(/^Stubbed tasks: Ask \(sqs:sendMessage.waitForTaskToken\)$/m);
    expect(exitCode).toBe(0);
    expect(executionsIn(root)).toMatchObject([
      { status: 'SUCCEEDED', output: { MessageBody: expect.anything() } },
    ]);
  });

  test('serve has stubs, too', async () => {
    const served = await serve(assembly, '--stub-task', 'sns:publish={"MessageId": "1"}');
    const { variables, child, root } = served;
    const client = new SFNClient({
      endpoint: String(variables['AWS_ENDPOINT_URL']),
      region: String(variables['AWS_REGION']),
      credentials: {
        accessKeyId: String(variables['AWS_ACCESS_KEY_ID']),
        secretAccessKey: String(variables['AWS_SECRET_ACCESS_KEY']),
        sessionToken: String(variables['AWS_SESSION_TOKEN']),
      },
    });
    const { stateMachines = [] } = await client.send(new ListStateMachinesCommand({}));
    const { executionArn } = await client.send(
      new StartExecutionCommand({ stateMachineArn: stateMachines[0]?.stateMachineArn }),
    );
    const ended = await until(
      () => client.send(new DescribeExecutionCommand({ executionArn })),
      ({ status }) => status !== 'RUNNING',
    );
    expect(ended.output).toBe('{"MessageId":"1"}');
    expect(executionsIn(root)).toMatchObject([{ stubbedTasks: [{ stateName: 'Publish' }] }]);
    client.destroy();
    child.kill('SIGINT');
    await served.ended;
  });
});

function publish(stack: Stack, taskTimeout?: sfn.Timeout): tasks.SnsPublish {
  return tasks.SnsPublish.jsonata(stack, 'Publish', {
    topic: new sns.Topic(stack, 'Topic'),
    message: sfn.TaskInput.fromText(
      '{% $exists($states.input.finalTrainingJob) ? $states.input.finalTrainingJob.modelArtifacts : "" %}',
    ),
    ...(taskTimeout && { taskTimeout }),
  });
}

/** Waits for an approval. A user approves with the task token. */
function ask(stack: Stack): tasks.SqsSendMessage {
  return tasks.SqsSendMessage.jsonata(stack, 'Ask', {
    queue: new sqs.Queue(stack, 'Questions'),
    messageBody: sfn.TaskInput.fromObject({ token: '{% $states.context.Task.Token %}' }),
    integrationPattern: sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN,
  });
}
