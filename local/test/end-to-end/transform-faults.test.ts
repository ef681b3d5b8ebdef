import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { DefinitionBody, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { writeModelArchive } from '../../src/training';
import { MODEL_HANDLER } from '../training/serving-support';
import { untilEnded } from '../until-ended';
import { testFault } from './fault-table';
import { until } from './interrupted-workflow';
import {
  filesIn,
  onlyExecutionIn,
  startLocalMode,
  startResume,
  synthesize,
  temporaryFolder,
} from './support';

const BUCKET = 'transform-data';
const IMAGE = '123456789012.dkr.ecr.us-east-1.amazonaws.com/team/forest:1';
const FILES = ['a.csv', 'b.csv'];
const ROWS = 25;

jest.setTimeout(240_000);

/** A slow model server that records its process ID and each request. */
const PROGRAM = `
import os, time
${MODEL_HANDLER}
notes = os.path.join(os.path.dirname(os.path.abspath(__file__)), "notes")

def note(text):
    with open(notes, "a") as file:
        file.write(f"{text}\\n")

class Handler(ModelHandler):
    def do_GET(self):
        self.answer(200 if self.path == "/ping" else 404, b"")

    def do_POST(self):
        row = self.rfile.read(int(self.headers["Content-Length"])).decode()
        note("request")
        time.sleep(0.04)
        self.answer(200, f"{float(row) * 2}\\n".encode())

note(f"process {os.getpid()}")
http.server.HTTPServer(("127.0.0.1", int(os.environ["SAGEMAKER_BIND_TO_PORT"])), Handler).serve_forever()
`;

let assembly: string;
/** Folder of the program. */
let folder: string;

beforeAll(async () => {
  const data = temporaryFolder();
  mkdirSync(join(data, 'input'));
  for (const [file, name] of FILES.entries()) {
    const rows = Array.from({ length: ROWS }, (_, row) => `${100 * file + row}\n`);
    writeFileSync(join(data, 'input', name), rows.join(''));
  }
  const model = temporaryFolder();
  writeFileSync(join(model, 'weights'), '2');
  await writeModelArchive(model, join(data, 'model.tar.gz'));
  assembly = synthesize((stack) => transformApp(stack, data));
  folder = temporaryFolder();
  writeFileSync(join(folder, 'forest.py'), PROGRAM);
});

function transformApp(stack: Stack, data: string): void {
  const bucket = new Bucket(stack, 'Data', { bucketName: BUCKET, removalPolicy: RemovalPolicy.DESTROY });
  new BucketDeployment(stack, 'Files', { sources: [Source.asset(data)], destinationBucket: bucket });
  const role = new Role(stack, 'ModelRole', { assumedBy: new ServicePrincipal('sagemaker.amazonaws.com') });
  bucket.grantReadWrite(role);
  role.addToPolicy(new PolicyStatement({ actions: ['ecr:*', 'logs:*'], resources: ['*'] }));
  const machine = new StateMachine(stack, 'Predict', {
    definitionBody: DefinitionBody.fromString(JSON.stringify(definition(role.roleArn))),
  });
  const actions = ['sagemaker:*', 'events:*'];
  machine.addToRolePolicy(new PolicyStatement({ actions, resources: ['*'] }));
  machine.addToRolePolicy(new PolicyStatement({ actions: ['iam:PassRole'], resources: [role.roleArn] }));
}

function definition(ExecutionRoleArn: string): object {
  const S3DataSource = { S3DataType: 'S3Prefix', S3Uri: `s3://${BUCKET}/input/` };
  return {
    QueryLanguage: 'JSONata',
    StartAt: 'CreateModel',
    States: {
      CreateModel: {
        Type: 'Task',
        Resource: 'arn:aws:states:::sagemaker:createModel',
        Arguments: {
          ModelName: 'forest',
          PrimaryContainer: { Image: IMAGE, ModelDataUrl: `s3://${BUCKET}/model.tar.gz` },
          ExecutionRoleArn,
        },
        Next: 'Transform',
      },
      Transform: {
        Type: 'Task',
        Resource: 'arn:aws:states:::sagemaker:createTransformJob.sync',
        Arguments: {
          TransformJobName: 'predictions',
          ModelName: 'forest',
          BatchStrategy: 'SingleRecord',
          TransformInput: { DataSource: { S3DataSource }, ContentType: 'text/csv', SplitType: 'Line' },
          TransformOutput: { S3OutputPath: `s3://${BUCKET}/predictions`, AssembleWith: 'Line' },
          TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 1 },
        },
        End: true,
      },
    },
  };
}

const notes = (): string[] =>
  existsSync(join(folder, 'notes')) ? readFileSync(join(folder, 'notes'), 'utf8').trimEnd().split('\n') : [];
const requests = () => notes().filter((line) => line === 'request').length;

testFault('kill -9 during a transform job in a container', async () => {
  const root = temporaryFolder();
  const command = `team/forest=python3 ${join(folder, 'forest.py')}`;
  const run = startLocalMode(assembly, root, '--image-command', command);
  let isOver = false;
  void run.ended.then(() => {
    isOver = true;
  });
  await until(() => isOver || requests() >= ROWS + 5); // the first input file is transformed, the second is not
  expect(requests()).toBeLessThan(FILES.length * ROWS);
  run.kill();
  await run.ended;
  const [pid = 0] = notes()
    .flatMap((line) => /^process (\d+)$/.exec(line)?.[1] ?? [])
    .map(Number);
  await untilEnded(pid);
  expect(existsSync(join(root, 's3', BUCKET, 'predictions'))).toBe(false);

  const { exitCode, output } = await startResume(root).ended;
  expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
  expect(onlyExecutionIn(root)).toMatchObject({ status: 'SUCCEEDED' });
  const predictions = join(root, 's3', BUCKET, 'predictions');
  expect(filesIn(predictions).sort()).toEqual(FILES.map((name) => `${name}.out`));
  for (const [file, name] of FILES.entries()) {
    const expected = Array.from({ length: ROWS }, (_, row) => `${(100 * file + row) * 2}.0\n`);
    expect(readFileSync(join(predictions, `${name}.out`), 'utf8')).toBe(expected.join(''));
  }
  expect(filesIn(join(root, 'sagemaker', 'transform-jobs'))).toEqual(['predictions.json']);
  expect(filesIn(join(root, 'sagemaker', 'models'))).toEqual(['forest.json']);
  return 'the container ends and nothing is stored; resume transforms each file once and does not create the model again';
});
