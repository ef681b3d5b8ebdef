import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Environment } from '../../../assembly/deployment';
import { joinInside } from '../../../assembly/safe-path';
import type { ChannelData, ChannelFile, TrainingTask } from '../../../training/trainer';
import { type AwsError, validationError } from '../../aws-error';
import type { Authorizer } from '../../iam/authorizer';
import type { BucketStore } from '../../s3/bucket-store';
import { isMarker } from '../../s3/folder-markers';
import type { StoredObject } from '../../s3/object-files';
import { parseS3Uri, type S3Location } from '../../s3/s3-uri';
import { requiredAccess, type Service } from '../../service';
import type { Channel, FileSystemDataSource, S3DataSource, TrainingDefinition } from '../api-types';
import { readManifest } from './data-manifest';

/** What the checks of a training job's role ask for. */
export type RoleAccess = Pick<Authorizer, 'authorize' | 'checkAccess' | 'isTrusted'>;

/** Folders of this machine that stand for file systems (EFS, FSx for Lustre), by the id of the file system. */
export type FileSystems = ReadonlyMap<string, string>;

/** Buckets of AWS's own, with JumpStart's models and scripts: on AWS everybody may read them, here they are not. */
const JUMPSTART_BUCKETS = /^jumpstart-(private-)?cache-prod-/;

/** Where checkpoints are in the container when the request does not say it. */
const CHECKPOINT_PATH = '/opt/ml/checkpoints';

/** What a channel consists of. */
interface ChannelSource {
  readonly files: readonly ChannelFile[];
  /** The objects behind the files, which the job's role has to be allowed to read. */
  readonly objects: readonly S3Location[];
  readonly s3Uri?: string;
}

/** What training jobs read from and write to S3 and file systems, with the rights of the job's role. */
export class DataAccess {
  constructor(
    private readonly buckets: BucketStore,
    private readonly environment: Environment,
    private readonly access: RoleAccess,
    private readonly s3: Service,
    private readonly fileSystems: FileSystems = new Map(),
  ) {}

  /** Refuses, as SageMaker does at creation, what cannot be read or written here. */
  public validate({
    InputDataConfig: channels = [],
    OutputDataConfig: output,
    CheckpointConfig: checkpoints,
    RoleArn: roleArn,
  }: TrainingDefinition): void {
    this.requireTrust(roleArn);
    for (const channel of channels) {
      this.sourceOf(channel, roleArn);
    }
    this.bucketOf(output.S3OutputPath, 'OutputDataConfig.S3OutputPath');
    if (checkpoints !== undefined) {
      this.checkpointFolder(checkpoints.S3Uri);
    }
  }

  private requireTrust(roleArn: string): void {
    const { partition, region, accountId } = this.environment;
    // As AWS documents it: https://docs.aws.amazon.com/sagemaker/latest/dg/security-confused-deputy-prevention.html
    const source = `arn:${partition}:sagemaker:${region}:${accountId}:*`;
    if (this.access.isTrusted(roleArn, 'sagemaker', source)) return;
    throw validationError(
      `Could not assume role ${roleArn}. Please ensure that the role exists and allows principal 'sagemaker.amazonaws.com' to assume the role.`,
    );
  }

  /** Files of each channel; the role has to be allowed to read them. */
  public resolveChannels({
    InputDataConfig: channels = [],
    AlgorithmSpecification: { TrainingInputMode: inputMode },
    RoleArn: roleArn,
  }: TrainingDefinition): ChannelData[] {
    return channels.map((channel) => {
      const { files, objects, s3Uri } = this.sourceOf(channel, roleArn);
      for (const location of objects) {
        this.checkObject('GetObject', location, roleArn);
      }
      const { S3DataDistributionType: distribution = 'FullyReplicated', InstanceGroupNames: groups = [] } =
        channel.DataSource.S3DataSource ?? {};
      return {
        name: channel.ChannelName,
        ...(channel.ContentType !== undefined && { contentType: channel.ContentType }),
        compressionType: channel.CompressionType === 'Gzip' ? 'Gzip' : 'None',
        inputMode: channel.InputMode ?? inputMode,
        distribution,
        ...(groups.length > 0 && { instanceGroups: groups }),
        files: channel.ShuffleConfig === undefined ? files : shuffle(files, channel.ShuffleConfig.Seed),
        ...(s3Uri !== undefined && { s3Uri }),
      };
    });
  }

  /** Folder of the bucket for the checkpoints of a job; the role has to be allowed to read and write there. */
  public resolveCheckpoints({
    CheckpointConfig: config,
    RoleArn: roleArn,
  }: TrainingDefinition): TrainingTask['checkpoints'] {
    if (config === undefined) {
      return undefined;
    }
    const folder = this.checkpointFolder(config.S3Uri);
    const { bucket, key } = locationOf(config.S3Uri, 'CheckpointConfig.S3Uri');
    this.checkList(roleArn, bucket, key);
    const anyObject = { bucket, key: `${key.replace(/\/+$/, '')}/checkpoint` };
    for (const operation of ['GetObject', 'PutObject']) {
      this.checkObject(operation, anyObject, roleArn);
    }
    fs.mkdirSync(folder, { recursive: true });
    return { folder, localPath: config.LocalPath ?? CHECKPOINT_PATH };
  }

  /** File of an object that the job reads beside its channels; the role has to be allowed to read it. */
  public objectFile(s3Uri: string, roleArn: string): string {
    const location = locationOf(s3Uri, 'the object');
    this.checkObject('GetObject', location, roleArn);
    const stored = this.find(location);
    if (stored === undefined) {
      throw validationError(
        `there is no object ${s3Uri}: local mode has the buckets ${this.buckets.buckets().join(', ') || 'none'}`,
      );
    }
    return stored.file;
  }

  /** File for an object that the job writes; the role has to be allowed to write it. */
  public outputFile(s3Uri: string, roleArn: string, kmsKeyId?: string): string {
    const location = locationOf(s3Uri, 'OutputDataConfig.S3OutputPath');
    this.checkObject('PutObject', location, roleArn, kmsKeyId);
    return this.buckets.fileOf(location.bucket, location.key);
  }

  private sourceOf(channel: Channel, roleArn: string): ChannelSource {
    const where = `channel "${channel.ChannelName}"`;
    const { S3DataSource: s3, FileSystemDataSource: fileSystem } = channel.DataSource;
    if (channel.RecordWrapperType === 'RecordIO') {
      throw validationError(
        `${where}: local mode does not wrap records in RecordIO: leave RecordWrapperType out`,
      );
    }
    if (fileSystem !== undefined) {
      return { files: this.filesOf(fileSystem, where), objects: [] };
    }
    if (s3?.S3DataType === 'S3Prefix') {
      return this.prefixSource(s3, where, roleArn);
    }
    if (s3?.S3DataType === 'ManifestFile') {
      return this.manifestSource(s3, where, roleArn);
    }
    const given = s3 === undefined ? Object.keys(channel.DataSource).join() || 'nothing' : s3.S3DataType;
    throw validationError(
      `${where}: local mode reads FileSystemDataSource, and S3DataSource with S3DataType S3Prefix or ManifestFile, got ${given}`,
    );
  }

  private prefixSource({ S3Uri: uri }: S3DataSource, where: string, roleArn: string): ChannelSource {
    const { bucket, key: prefix } = locationOf(uri, where);
    try {
      this.checkList(roleArn, bucket, prefix);
    } catch (error) {
      throw this.noObjects(uri, bucket, roleArn, (error as Error).message);
    }
    if (JUMPSTART_BUCKETS.test(bucket) && !this.buckets.has(bucket)) {
      return { files: [], objects: [{ bucket, key: prefix }], s3Uri: uri };
    }
    const found = this.buckets.has(bucket) ? this.buckets.list(bucket, prefix) : [];
    // A marker is no file for the algorithm, but SageMaker reads it as every object.
    const files = found.filter(({ key }) => !isMarker(key));
    if (files.length === 0) {
      throw this.noObjects(uri, bucket, roleArn);
    }
    return {
      files: files.map(({ file, key }) => ({ path: file, name: nameInChannel(key, prefix) })),
      objects: found.map(({ key }) => ({ bucket, key })),
    };
  }

  /** The objects that a manifest lists: each is there under the path that follows the manifest's prefix. */
  private manifestSource({ S3Uri: uri }: S3DataSource, where: string, roleArn: string): ChannelSource {
    const location = locationOf(uri, where);
    const manifest = this.find(location);
    if (manifest === undefined) {
      throw this.noObjects(uri, location.bucket, roleArn);
    }
    this.checkObject('GetObject', location, roleArn);
    const entries = readManifest(fs.readFileSync(manifest.file, 'utf8'), `${where}: the manifest ${uri}`);
    const found = entries.map(({ uri: object, name }) => {
      const at = locationOf(object, `${where}: the manifest ${uri}`);
      const stored = this.find(at);
      if (stored === undefined) {
        throw this.noObjects(object, at.bucket, roleArn);
      }
      return { at, file: { path: stored.file, name } };
    });
    return { files: found.map(({ file }) => file), objects: found.map(({ at }) => at) };
  }

  /** The files below a folder of a file system, in the order of their names. */
  private filesOf(
    { FileSystemId: id, DirectoryPath: directory, FileSystemType: type }: FileSystemDataSource,
    where: string,
  ): ChannelFile[] {
    const root = this.fileSystems.get(id);
    if (root === undefined) {
      throw validationError(
        `${where}: the file system ${id} does not exist here: give a folder that stands for it, --file-system ${id}=./folder`,
      );
    }
    // The path on FSx for Lustre begins with the mount name, which names the file system as a whole.
    const parts = directory
      .split('/')
      .filter((part) => part !== '' && part !== '.')
      .slice(type === 'FSxLustre' ? 1 : 0);
    if (parts.includes('..')) {
      throw validationError(`${where}: DirectoryPath "${directory}" leads out of the file system`);
    }
    const folder = parts.length === 0 ? path.resolve(root) : joinInside(root, parts.join('/'));
    if (fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
      throw validationError(
        `${where}: there is no folder ${folder}, which stands for ${directory} of the file system ${id}`,
      );
    }
    const files = fs
      .readdirSync(folder, { recursive: true, withFileTypes: true })
      .map((entry) => path.join(entry.parentPath, entry.name))
      .filter((file) => fs.statSync(file, { throwIfNoEntry: false })?.isFile() === true)
      .map((file) => ({ path: file, name: path.relative(folder, file).split(path.sep).join('/') }))
      .sort((left, right) => (left.name < right.name ? -1 : 1));
    if (files.length === 0) {
      throw validationError(
        `${where}: the folder ${folder}, which stands for ${directory} of the file system ${id}, has no files`,
      );
    }
    return files;
  }

  private checkpointFolder(uri: string): string {
    const { bucket, key } = this.bucketOf(uri, 'CheckpointConfig.S3Uri');
    return this.buckets.fileOf(bucket, key.replace(/\/+$/, ''));
  }

  /** A place in a bucket that exists. */
  private bucketOf(uri: string, where: string): S3Location {
    const location = locationOf(uri, where);
    if (!this.buckets.has(location.bucket)) {
      throw validationError(
        `The bucket "${location.bucket}" in ${where} does not exist: local mode has ${this.buckets.buckets().join(', ')}`,
      );
    }
    return location;
  }

  private find({ bucket, key }: S3Location): StoredObject | undefined {
    return this.buckets.has(bucket) ? this.buckets.find(bucket, key) : undefined;
  }

  /** SageMaker lists a bucket without a prefix, too, when it validates a job: a condition on s3:prefix fails. */
  private checkList(roleArn: string, bucket: string, prefix: string): void {
    this.authorize('HeadBucket', { Bucket: bucket }, roleArn);
    this.authorize('ListObjectsV2', { Bucket: bucket, Prefix: prefix }, roleArn);
  }

  private checkObject(
    operation: string,
    { bucket, key }: S3Location,
    roleArn: string,
    kmsKeyId?: string,
  ): void {
    const encryption = kmsKeyId && { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: kmsKeyId };
    this.authorize(operation, { Bucket: bucket, Key: key, ...encryption }, roleArn);
  }

  private authorize(operation: string, input: Record<string, string>, roleArn: string): void {
    for (const access of requiredAccess(this.s3, operation, input)) {
      this.access.authorize({ arn: roleArn }, access);
    }
  }

  private noObjects(uri: string, bucket: string, roleArn: string, s3Message?: string): AwsError {
    const known = this.buckets.buckets().join(', ') || 'none';
    return validationError(
      `No S3 objects found under S3 URL "${uri}" given in input data source. Please ensure that the bucket exists in the selected region (${this.environment.region}), that objects exist under that S3 prefix, and that the role "${roleArn}" has "s3:ListBucket" permissions on bucket "${bucket}".${s3Message === undefined ? '' : ` Error message from S3: ${s3Message}`} (Buckets of local mode: ${known}.)`,
    );
  }
}

/** Where an object is below the channel's folder: what follows the prefix as a folder, else its last folder. */
function nameInChannel(key: string, prefix: string): string {
  return key.startsWith(`${prefix}/`) ? key.slice(prefix.length + 1) : key.slice(prefix.lastIndexOf('/') + 1);
}

/** Another order of the files, the same for the same seed. */
function shuffle(files: readonly ChannelFile[], seed: number): ChannelFile[] {
  const rank = ({ name }: ChannelFile): string =>
    createHash('sha256').update(`${seed}/${name}`).digest('hex');
  return files
    .map((file) => ({ file, rank: rank(file) }))
    .sort((left, right) => (left.rank < right.rank ? -1 : 1))
    .map(({ file }) => file);
}

function locationOf(uri: string, where: string): S3Location {
  const location = parseS3Uri(uri);
  if (location === undefined) {
    throw validationError(`${where}: "${uri}" is not the URI of a place in S3`);
  }
  return location;
}
