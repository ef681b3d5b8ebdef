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

/** The authorization checks for a training job's role. */
export type RoleAccess = Pick<Authorizer, 'authorize' | 'checkAccess' | 'isTrusted'>;

/** Local folders that replace file systems (EFS, FSx for Lustre), by file system ID. */
export type FileSystems = ReadonlyMap<string, string>;

/**
 * AWS's buckets with JumpStart models and scripts. On AWS, everybody can read these buckets. In local mode, they do not
 * exist.
 */
const JUMPSTART_BUCKETS = /^jumpstart-(private-)?cache-prod-/;

/** Default path of checkpoints in the container. */
const CHECKPOINT_PATH = '/opt/ml/checkpoints';

/** The data of a channel. */
interface ChannelSource {
  readonly files: readonly ChannelFile[];
  /** The objects that contain the channel's files. The job's role must be allowed to read them. */
  readonly objects: readonly S3Location[];
  readonly s3Uri?: string;
}

/** Training jobs' access to S3 and file systems, with the permissions of each job's role. */
export class DataAccess {
  constructor(
    private readonly buckets: BucketStore,
    private readonly environment: Environment,
    private readonly access: RoleAccess,
    private readonly s3: Service,
    private readonly fileSystems: FileSystems = new Map(),
  ) {}

  /** Refuses locations that cannot be read or written, as SageMaker does when it creates a job. */
  public validate({
    InputDataConfig: channels = [],
    OutputDataConfig: output,
    CheckpointConfig: checkpoints,
    RoleArn: roleArn,
  }: TrainingDefinition): void {
    this.checkTrust(roleArn);
    for (const channel of channels) {
      this.sourceOf(channel, roleArn);
    }
    this.bucketOf(output.S3OutputPath, 'S3OutputPath');
    if (checkpoints !== undefined) {
      this.checkpointFolder(checkpoints.S3Uri);
    }
  }

  /** Refuses a role that SageMaker cannot assume. */
  public checkTrust(roleArn: string): void {
    const { partition, region, accountId } = this.environment;
    // The value of `aws:SourceArn` when SageMaker assumes a role:
    // https://docs.aws.amazon.com/sagemaker/latest/dg/security-confused-deputy-prevention.html
    const source = `arn:${partition}:sagemaker:${region}:${accountId}:*`;
    if (this.access.isTrusted(roleArn, 'sagemaker', source)) return;
    throw validationError(
      `Could not assume role ${roleArn}. Please ensure that the role exists and allows principal 'sagemaker.amazonaws.com' to assume the role.`,
    );
  }

  /** The files of each channel. The role must be allowed to read them. */
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

  /** The folder of a job's checkpoints in the bucket. The role must be allowed to read and write there. */
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

  /**
   * The file of an object that the job reads in addition to its channels. The role must be allowed to read the object.
   */
  public objectFile(s3Uri: string, roleArn: string): string {
    const file = this.findObject(s3Uri, roleArn);
    if (file !== undefined) return file;
    throw validationError(
      `no object ${s3Uri}. Local mode's buckets: ${this.buckets.buckets().join(', ') || 'none'}`,
    );
  }

  /** Like `objectFile`, but returns undefined if there is no such object. */
  public findObject(s3Uri: string, roleArn: string): string | undefined {
    const location = locationOf(s3Uri, 'the object');
    this.checkObject('GetObject', location, roleArn);
    return this.find(location)?.file;
  }

  /** The file for an object that the job writes. The role must be allowed to write the object. */
  public outputFile(s3Uri: string, roleArn: string, kmsKeyId?: string): string {
    const location = locationOf(s3Uri, 'S3OutputPath');
    this.checkObject('PutObject', location, roleArn, kmsKeyId);
    return this.buckets.fileOf(location.bucket, location.key);
  }

  private sourceOf(channel: Channel, roleArn: string): ChannelSource {
    const where = `channel "${channel.ChannelName}"`;
    const { S3DataSource: s3, FileSystemDataSource: fileSystem } = channel.DataSource;
    if (channel.RecordWrapperType === 'RecordIO') {
      throw validationError(`${where}: local mode does not support RecordIO: omit RecordWrapperType`);
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
      `${where}: local mode only supports FileSystemDataSource, and S3DataSource with S3DataType S3Prefix or ManifestFile, got ${given}`,
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
    // A folder marker is not a file for the algorithm, but SageMaker reads it like any object.
    const files = found.filter(({ key }) => !isMarker(key));
    if (files.length === 0) {
      throw this.noObjects(uri, bucket, roleArn);
    }
    return {
      files: files.map(({ file, key }) => ({ path: file, name: nameInChannel(key, prefix) })),
      objects: found.map(({ key }) => ({ bucket, key })),
    };
  }

  /** The objects that a manifest lists, named by their paths after the manifest's prefix. */
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

  /** The files in a folder of a file system, sorted by name. */
  private filesOf(
    { FileSystemId: id, DirectoryPath: directory, FileSystemType: type }: FileSystemDataSource,
    where: string,
  ): ChannelFile[] {
    const root = this.fileSystems.get(id);
    if (root === undefined) {
      throw validationError(
        `${where}: the file system ${id} does not exist on this machine: replace it by a folder, --file-system ${id}=./folder`,
      );
    }
    // The path on FSx for Lustre begins with the mount name, which is the root of the file system.
    const parts = directory
      .split('/')
      .filter((part) => part !== '' && part !== '.')
      .slice(type === 'FSxLustre' ? 1 : 0);
    if (parts.includes('..')) {
      throw validationError(`${where}: DirectoryPath "${directory}" leads outside the file system`);
    }
    const folder = parts.length === 0 ? path.resolve(root) : joinInside(root, parts.join('/'));
    if (fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
      throw validationError(
        `${where}: no folder ${folder}, which replaces ${directory} of the file system ${id}`,
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
        `${where}: no files in ${folder}, which replaces ${directory} of the file system ${id}`,
      );
    }
    return files;
  }

  private checkpointFolder(uri: string): string {
    const { bucket, key } = this.bucketOf(uri, 'CheckpointConfig.S3Uri');
    return this.buckets.fileOf(bucket, key.replace(/\/+$/, ''));
  }

  /** A location in an existing bucket. */
  private bucketOf(uri: string, where: string): S3Location {
    const location = locationOf(uri, where);
    if (!this.buckets.has(location.bucket)) {
      throw validationError(
        `The bucket "${location.bucket}" in ${where} does not exist. Local mode's buckets: ${this.buckets.buckets().join(', ')}`,
      );
    }
    return location;
  }

  private find({ bucket, key }: S3Location): StoredObject | undefined {
    return this.buckets.has(bucket) ? this.buckets.find(bucket, key) : undefined;
  }

  /**
   * When SageMaker validates a job, it also lists the bucket without a prefix, so a condition on s3:prefix
   * fails.
   */
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

/**
 * The path of an object in the channel's folder. If the prefix is a folder, this is the part of the key after the
 * prefix. Otherwise, it is the part of the key after the prefix's last slash.
 */
function nameInChannel(key: string, prefix: string): string {
  return key.startsWith(`${prefix}/`) ? key.slice(prefix.length + 1) : key.slice(prefix.lastIndexOf('/') + 1);
}

/** Shuffles the files. The same seed gives the same order. */
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
    throw validationError(`${where}: "${uri}" is not an S3 URI`);
  }
  return location;
}
