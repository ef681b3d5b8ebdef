/** A synthesized stack as deployed to this machine: plain data with everything that a run needs. */
export interface Deployment {
  /** Name of the CloudFormation stack. */
  readonly stackName: string;
  /** Folder of the deployment, usually `<project>/.local`. All other paths are absolute and inside it. */
  readonly root: string;
  readonly environment: Environment;
  readonly buckets: readonly BucketResource[];
  readonly keys: readonly KeyResource[];
  readonly roles: readonly RoleResource[];
  readonly functions: readonly FunctionResource[];
  readonly stateMachines: readonly StateMachineResource[];
  /** EventBridge rules that can match an event of local mode. */
  readonly eventRules: readonly EventRuleResource[];
  /** Statements of the functions' resource policies. */
  readonly functionPermissions: readonly FunctionPermission[];
  /** Model package groups of the SageMaker Model Registry. */
  readonly modelPackageGroups: readonly ModelPackageGroupResource[];
  /** How to build the app's container images, by `repository:tag`. */
  readonly imageBuilds: ReadonlyMap<string, ImageBuild>;
  /** Resolved stack outputs by name. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** Values of CloudFormation's pseudo parameters. */
export interface Environment {
  readonly accountId: string;
  readonly region: string;
  readonly partition: string;
  readonly urlSuffix: string;
}

/** An S3 bucket: a folder of plain files, where an object's key is the relative path of its file. */
export interface BucketResource {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly folder: string;
  /** Policy documents of the bucket's `AWS::S3::BucketPolicy` resources. Empty if there are none. */
  readonly policies?: readonly PolicyDocument[];
  /** Default encryption of objects. Missing if the bucket does not use a KMS key of the account. */
  readonly encryption?: BucketEncryption;
  /** Whether the bucket sends events about new objects to EventBridge. @default false */
  readonly sendsEvents?: boolean;
  /**
   * Versioning status on AWS: `Enabled` or `Suspended`. Local mode stores no versions. @default - never
   * enabled
   */
  readonly versioning?: string;
}

/** Default encryption of a bucket with a KMS key (SSE-KMS). */
export interface BucketEncryption {
  /** ID or ARN of the key or of its alias. */
  readonly keyId: string;
  /** Whether the bucket uses an S3 Bucket Key. If so, the encryption context is the bucket instead of the object. */
  readonly bucketKey: boolean;
}

/** A KMS key and its key policy. */
export interface KeyResource {
  readonly logicalId: string;
  readonly arn: string;
  readonly policy: PolicyDocument;
  /** Names of the key's aliases, `alias/…`. */
  readonly aliases: readonly string[];
}

/**
 * An IAM role with all policies that the template attaches to it: inline policies, managed policies, and policies that
 * are separate resources.
 */
export interface RoleResource {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly trustPolicy: PolicyDocument;
  readonly policies: readonly PolicyDocument[];
  /** The permissions boundary, if there is one. */
  readonly permissionsBoundary?: PolicyDocument;
}

/** An IAM policy document from the template, with its intrinsic functions resolved. */
export interface PolicyDocument {
  readonly Version?: string;
  readonly Statement: readonly Readonly<Record<string, unknown>>[];
}

/** A Lambda function whose code asset is unpacked in `folder`. */
export interface FunctionResource {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly folder: string;
  /** The function's handler in the form `<file>.<export>`, as in the template. */
  readonly handler: string;
  readonly runtime: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
}

/** A model package group of the SageMaker Model Registry. */
export interface ModelPackageGroupResource {
  readonly name: string;
  readonly description?: string;
  readonly tags: readonly { readonly Key: string; readonly Value: string }[];
}

/** A container image that `cdk deploy` would build. */
export interface ImageBuild {
  readonly directory: string;
  /** Arguments of `docker build`, except the build context and the tag. */
  readonly buildArguments: readonly string[];
}

/** An EventBridge rule and its targets: Lambda functions and state machines. */
export interface EventRuleResource {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly pattern: Readonly<Record<string, unknown>>;
  readonly targets: readonly EventTarget[];
}

/** A Lambda function, or a state machine and the role that starts it. */
export type EventTarget = EventTargetInput & ({ readonly functionArn: string } | StateMachineTarget);

/** A state machine, or one of its aliases or versions, and the role that starts it. */
export interface StateMachineTarget {
  readonly stateMachineArn: string;
  readonly roleArn: string;
}

/**
 * The input that a target receives instead of the event. At most one of these members is set. If none is set, the
 * target receives the event.
 */
export interface EventTargetInput {
  /** A constant, as JSON. */
  readonly input?: string;
  /** Path of the part of the event that the target receives. */
  readonly inputPath?: string;
  readonly inputTransformer?: {
    /** Paths of values in the event. Each key is the name of a placeholder. */
    readonly paths: Readonly<Record<string, string>>;
    /** JSON in which `<name>` is a placeholder for a value. */
    readonly template: string;
  };
}

/** A statement of a Lambda function's resource policy (`AWS::Lambda::Permission`). */
export interface FunctionPermission {
  /** Name or ARN of the function. */
  readonly function: string;
  readonly action: string;
  readonly principal: string;
  readonly sourceArn?: string;
}

/** A Step Functions state machine with its parsed definition. */
export interface StateMachineResource {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly definition: Readonly<Record<string, unknown>>;
  /** The definition as JSON, as in the template. @default - serialized from the parsed definition */
  readonly definitionText?: string;
  /** Whether the state machine logs to CloudWatch Logs. @default false */
  readonly isLogged?: boolean;
  /** KMS key that encrypts the state machine's definition and executions. @default - a key owned by AWS */
  readonly kmsKeyId?: string;
  /** ARNs of the state machine's versions. Each key is a version number or the name of an alias. */
  readonly qualifiers?: Readonly<Record<string, string>>;
  /** @default - none */
  readonly tags?: Readonly<Record<string, string>>;
}
