import { StatesError, type WriteResults } from '../../states';
import { AwsError } from '../aws-error';
import type { Principal } from '../principal';
import type { ServiceRouter } from '../router';
import { contentFrom } from '../s3/object-content';

/**
 * Creates the function that writes a distributed Map's results to S3, with the permissions of the state
 * machine's role.
 */
export function createResultWriter(router: ServiceRouter, caller: Principal): WriteResults {
  return async ({ bucket, key, content }) => {
    const body = contentFrom(async function* () {
      for (const part of content) yield Buffer.from(part);
    });
    try {
      await router.call('s3', 'PutObject', { Bucket: bucket, Key: key, Body: body }, caller);
    } catch (error) {
      throw error instanceof AwsError ? new StatesError('States.ResultWriterFailed', error.message) : error;
    }
  };
}
