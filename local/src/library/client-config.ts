/** Temporary keys, as AWS clients take them. */
export interface ClientCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** What a client of the AWS SDK for JavaScript needs: `new SageMakerClient(stack.clientConfig())`. */
export interface ClientConfig {
  /** URL of the loopback endpoint: of all services. */
  readonly endpoint: string;
  readonly region: string;
  /** Keys of this run: they work nowhere else, and no longer than it. */
  readonly credentials: ClientCredentials;
}

/** The same as variables, for the AWS CLI, boto3 and other SDKs in processes of their own. */
export function clientEnvironment({ endpoint, region, credentials }: ClientConfig): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_REGION: region,
    // What boto3 reads.
    AWS_DEFAULT_REGION: region,
  };
}
