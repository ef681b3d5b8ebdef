import type { Stack } from 'aws-cdk-lib';
import {
  type Framework,
  frameworkImage,
  isGpuInstance,
  knownVersions,
} from '../../lib/algorithm/framework-images';
import { regionalImage } from '../../lib/private/registry';
import { stackOf, text } from '../fixtures';

const FRAMEWORKS: Framework[] = ['scikit-learn', 'pytorch', 'tensorflow', 'huggingface-pytorch'];
const ALL = FRAMEWORKS.flatMap((framework) =>
  knownVersions(framework).map((version): [Framework, string] => [framework, version]),
);

function factsOf(framework: Framework, version: string) {
  const facts = frameworkImage(framework, version);
  if (!facts) throw new Error(`no ${framework} ${version}`);
  return facts;
}

function uriOf(framework: Framework, version: string, kind: 'cpu' | 'gpu', stack: Stack): string {
  const { title, repository, tags, registry } = factsOf(framework, version);
  const image = regionalImage(stack, { title, repository, tag: tags[kind] ?? '', ...registry });
  return text(stack.resolve(image.uri));
}

test.each<[Framework, string, 'cpu' | 'gpu', string, string]>([
  ['scikit-learn', '1.4-2', 'cpu', 'us-east-1', '683313688378|sagemaker-scikit-learn:1.4-2-cpu-py3'],
  [
    'scikit-learn',
    '1.4-2-py312',
    'cpu',
    'cn-north-1',
    '450853457545|sagemaker-scikit-learn:1.4-2-py312-cpu-py3',
  ],
  [
    'pytorch',
    '2.9.0',
    'cpu',
    'eu-central-1',
    '763104351884|pytorch-training:2.9.0-cpu-py312-ubuntu22.04-sagemaker',
  ],
  [
    'pytorch',
    '2.10.0',
    'gpu',
    'us-gov-west-1',
    '442386744353|pytorch-training:2.10.0-gpu-py313-cu130-ubuntu22.04-sagemaker',
  ],
  [
    'pytorch',
    '2.8.0',
    'gpu',
    'me-west-1',
    '124382933778|pytorch-training:2.8.0-gpu-py312-cu129-ubuntu22.04-sagemaker',
  ],
  [
    'pytorch',
    '2.9.0',
    'gpu',
    'us-iso-east-1',
    '886529160074|pytorch-training:2.9.0-gpu-py312-cu130-ubuntu22.04-sagemaker',
  ],
  ['tensorflow', '2.18.0', 'cpu', 'af-south-1', '626614931356|tensorflow-training:2.18.0-cpu-py310'],
  [
    'tensorflow',
    '2.21.0',
    'gpu',
    'eusc-de-east-1',
    '204133271717|tensorflow-training:2.21.0-gpu-py312-cu129-amzn2023-sagemaker',
  ],
  [
    'huggingface-pytorch',
    '4.56.2',
    'gpu',
    'us-gov-east-1',
    '446045086412|huggingface-pytorch-training:2.8.0-transformers4.56.2-gpu-py312-cu129-ubuntu22.04',
  ],
  [
    'huggingface-pytorch',
    '5.3.0',
    'gpu',
    'us-isob-east-1',
    '094389454867|huggingface-pytorch-training:2.9.0-transformers5.3.0-gpu-py312-cu130-ubuntu22.04',
  ],
])('%s %s for %s in %s', (framework, version, kind, region, expected) => {
  const [account, image] = expected.split('|');
  const uri = `${account}.dkr.ecr.${region}.<AWS::URLSuffix>/${image}`;
  expect(uriOf(framework, version, kind, stackOf({ env: { region } }))).toBe(uri);
});

test.each<[Framework, string, string]>([
  ['pytorch', '2.7.1', 'me-west-1'],
  ['pytorch', '2.8.0', 'us-iso-east-1'],
  ['tensorflow', '2.19.0', 'eusc-de-east-1'],
  ['huggingface-pytorch', '4.56.2', 'mx-central-1'],
])('%s %s is not in %s', (framework, version, region) => {
  const stack = stackOf({ env: { region } });
  expect(() => uriOf(framework, version, 'gpu', stack)).toThrow(`in region "${region}" is unknown`);
});

test.each(ALL)('%s %s has an image, accounts and sources', (framework, version) => {
  const { title, tags, registry, sources, python } = factsOf(framework, version);
  expect(title).toContain(version);
  expect(Object.keys(tags).length).toBeGreaterThan(0);
  for (const account of Object.values(registry.accounts)) expect(account).toMatch(/^\d{12}$/);
  expect(python).toMatch(/^py3/);
  for (const source of sources) {
    expect(source.at).toMatch(/^[0-9a-f]{40}$|^sagemaker-core \d/);
    expect(source.path).toBeDefined();
  }
});

test('different account tables have different mapping names', () => {
  const tables = new Map<string, string>();
  for (const [framework, version] of ALL) {
    const { mappingId, accounts } = factsOf(framework, version).registry;
    const table = JSON.stringify(Object.entries(accounts).sort());
    expect(tables.get(mappingId) ?? table).toBe(table);
    tables.set(mappingId, table);
  }
  expect(tables.size).toBe(5);
});

test('versions are listed from oldest to newest, and other versions are unknown', () => {
  expect(knownVersions('pytorch')).toEqual(['2.7.1', '2.8.0', '2.9.0', '2.10.0']);
  expect(knownVersions('scikit-learn')).toEqual(['1.0-1', '1.2-1', '1.4-2', '1.4-2-py312', '1.9-0']);
  expect(frameworkImage('pytorch', '9.9.9')).toBeUndefined();
  expect(frameworkImage('pytorch', 'constructor')).toBeUndefined();
});

test.each([
  ['ml.g4dn.xlarge', true],
  ['ml.g6e.12xlarge', true],
  ['ml.p3.2xlarge', true],
  ['ml.p4d.24xlarge', true],
  ['ml.m5.xlarge', false],
  ['ml.c7g.xlarge', false],
  ['ml.trn1.2xlarge', false],
  ['ml.inf2.xlarge', false],
])('%s has a GPU: %s', (instanceType, expected) => {
  expect(isGpuInstance(instanceType)).toBe(expected);
});
