import { existsSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { CfnWaitConditionHandle } from 'aws-cdk-lib';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { deployStack, folderWith, removeTemporaryFolders, temporaryFolder } from './helpers';

afterEach(removeTemporaryFolders);

test('a file asset is an object of the staging bucket, as after an upload', () => {
  const folder = folderWith({ 'code.tar.gz': 'the archive', 'more/a.txt': 'a folder' });
  const root = temporaryFolder();
  let key = '';
  deployStack(
    (stack) => {
      key = new Asset(stack, 'Code', { path: join(folder, 'code.tar.gz') }).s3ObjectKey;
      new CfnWaitConditionHandle(stack, 'Any');
      new Asset(stack, 'Folder', { path: join(folder, 'more') });
    },
    { root },
  );
  const bucket = join(root, 's3', 'cdk-hnb659fds-assets-123456789012-us-east-1');
  expect(readFileSync(join(bucket, key), 'utf8')).toBe('the archive');
});

test('symbolic links inside a build context still point inside the copied build context', () => {
  const folder = folderWith({ Dockerfile: 'FROM scratch', 'v1/train.py': 'pass' });
  symlinkSync('v1', join(folder, 'current'));
  symlinkSync('v1/train.py', join(folder, 'train.py'));
  const root = temporaryFolder();
  const stage = () =>
    deployStack(
      (stack) => {
        new CfnWaitConditionHandle(stack, 'Any');
        new DockerImageAsset(stack, 'Image', { directory: folder, buildSecrets: { token: 'src=token.txt' } });
      },
      { root },
    ).imageBuilds;
  stage();
  const [[, build] = []] = [...stage()]; // later runs reuse the copy from the first run
  const copy = build?.directory ?? '';
  expect(['current', 'train.py'].map((name) => readlinkSync(join(copy, name)))).toEqual([
    'v1',
    'v1/train.py',
  ]);
  expect(build?.buildArguments).toEqual(['--secret', 'id=token,src=token.txt']);
});

test('a build context survives the deletion of the assembly', () => {
  const folder = folderWith({ 'training.Dockerfile': 'FROM scratch', 'train.py': 'pass' });
  const { imageBuilds } = deployStack((stack) => {
    new CfnWaitConditionHandle(stack, 'Any');
    new DockerImageAsset(stack, 'Image', {
      directory: folder,
      file: 'training.Dockerfile',
      platform: Platform.LINUX_AMD64,
      buildArgs: { MODE: 'fast' },
    });
  });
  const [[name = '', build] = []] = [...imageBuilds];
  expect(name).toMatch(/^cdk-hnb659fds-container-assets-123456789012-us-east-1:[0-9a-f]{64}$/);
  expect(existsSync(join(build?.directory ?? '', 'train.py'))).toBe(true);
  expect(build?.buildArguments).toEqual([
    ...['--file', join(build?.directory ?? '', 'training.Dockerfile')],
    ...['--platform', 'linux/amd64'],
    ...['--build-arg', 'MODE=fast'],
  ]);
});
