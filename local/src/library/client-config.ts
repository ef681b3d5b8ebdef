/** Temporary credentials in the form that AWS clients take. */
export interface ClientCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** Configuration of a client of the AWS SDK for JavaScript: `new SageMakerClient(stack.clientConfig())`. */
export interface ClientConfig {
  /** URL of the loopback endpoint that serves all services. */
  readonly endpoint: string;
  readonly region: string;
  /** Credentials that only this run accepts. */
  readonly credentials: ClientCredentials;
}

/**
 * Configuration of an AWS client as environment variables, for the AWS CLI, boto3 and other SDKs in separate
 * processes.
 */
export function clientEnvironment({ endpoint, region, credentials }: ClientConfig): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_REGION: region,
    // Read by boto3.
    AWS_DEFAULT_REGION: region,
  };
}
