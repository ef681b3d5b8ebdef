import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Match, Template } from 'aws-cdk-lib/assertions';

const EXAMPLE = resolve(__dirname, '../examples/registry');

/** The templates of the example with the given context, by stack. */
function synthesize(context: Record<string, string>): (stack: string) => Template {
  const outdir = mkdtempSync(join(tmpdir(), 'registry-example-'));
  try {
    execFileSync(process.execPath, ['--require', 'ts-node/register', 'app.ts'], {
      cwd: EXAMPLE,
      env: { ...process.env, CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify(context) },
    });
    const names = ['RegistryExample', 'RegistryDeployment', 'RegistryEndpoint'];
    const templates = new Map(
      names.map((name) => [name, JSON.parse(readFileSync(join(outdir, `${name}.template.json`), 'utf8'))]),
    );
    return (stack) => Template.fromJSON(templates.get(stack));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

test('examples/registry deploys the model of each newly approved version to an endpoint', () => {
  const templateOf = synthesize({
    repository: 'my-team/my-app',
    image: '141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:3.2-0',
    model: 's3://bucket/output/models/job/output/model.tar.gz',
  });
  templateOf('RegistryDeployment').hasResourceProperties('AWS::Events::Rule', {
    EventPattern: Match.objectLike({ detail: Match.objectLike({ ModelApprovalStatus: ['Approved'] }) }),
  });
  const endpoint = templateOf('RegistryEndpoint');
  endpoint.resourceCountIs('AWS::SageMaker::Endpoint', 1);
  const [{ Properties = {} } = {}] = Object.values(endpoint.findResources('AWS::SageMaker::Model'));
  const { Image, ModelDataUrl } = Properties['PrimaryContainer'];
  expect(JSON.stringify([Image, ModelDataUrl])).toMatch(
    /141502667606[.]dkr[.]ecr.*[/]sagemaker-xgboost:3[.]2-0.*bucket[/]output[/]models[/]job[/]output[/]model[.]tar[.]gz/,
  );
});
