import { AwsError } from '../aws-error';
import type { WireRequest, WireResponse } from '../endpoint/protocol';
import { S3_REFUSALS } from '../endpoint/refusals';
import type { RequestHead } from '../endpoint/request-head';
import type { MemberPlace } from '../rest/rest-model';
import { type Content, RestProtocol } from '../rest/rest-protocol';
import { parametersOf } from '../rest/routes';
import { xmlDocument, xmlOf } from '../rest/xml-document';
import type { CallOperation, Input } from '../service';
import { refuseForeignHeaders } from './foreign-headers';
import { invalidArgument } from './invalid-argument';
import { contentEncoding, contentFrom, readDocument } from './rest-input';
import { S3_MODEL } from './s3-model';
import type { RestHook, S3Operation } from './s3-operation';

const XMLNS = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** S3 returns the ID of the host that responded. */
const HOST_ID = 'local-mode';

/** S3's REST protocol, with the bucket in the path. */
export class S3RestProtocol extends RestProtocol {
  readonly refusals = S3_REFUSALS;

  constructor(private readonly operations: Readonly<Record<string, S3Operation>>) {
    super('s3', S3_MODEL);
  }

  /** Always false: a request to S3 can have any path and method, so path and method do not identify the service. */
  recognizes(): boolean {
    return false;
  }

  isReadableFor(_head: RequestHead): boolean {
    return true;
  }

  override async handle(request: WireRequest, call: CallOperation): Promise<WireResponse> {
    const response = await super.handle(request, call);
    return { ...response, headers: { ...idHeaders(request.requestId), ...response.headers } };
  }

  renderError(error: AwsError, requestId: string, { path }: RequestHead): WireResponse {
    // S3 has its own code for AccessDeniedException.
    const isDenied = error.code === 'AccessDeniedException';
    const content = {
      Code: isDenied ? 'AccessDenied' : error.code,
      Message: error.message,
      ...error.details,
      Resource: path,
      RequestId: requestId,
      HostId: HOST_ID,
    };
    const { headers, body } = xmlDocument({ Error: content });
    return {
      statusCode: isDenied ? 403 : error.statusCode,
      headers: { ...idHeaders(requestId), ...headers },
      body,
    };
  }

  protected unknownRequest(request: WireRequest): AwsError {
    const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(request.path) ?? [];
    const level = key !== '' ? 'this object' : bucket !== '' ? 'this bucket' : 'all buckets';
    const parameters = parametersOf(request);
    const what = parameters.length > 0 ? ` with "${parameters.join('&')}"` : '';
    return new AwsError(
      'NotImplemented',
      `local mode does not support ${request.method} of ${level}${what} in S3`,
      501,
    );
  }

  protected readonly invalidValue = ({ name }: MemberPlace, text: string, type: string): AwsError => {
    const problem = type === 'boolean' ? 'is not true or false' : 'not an integer or within integer range';
    return invalidArgument(name, text, `Provided ${name} ${problem}`);
  };

  protected override readMembers(operation: string, request: WireRequest): Record<string, unknown> {
    refuseForeignHeaders(operation, request);
    const type = request.query.get('list-type') ?? '2';
    if (type !== '2') throw invalidArgument('list-type', type, 'Invalid List Type specified in Request');
    const {
      ContentLength: _length,
      ContentEncoding: given,
      ...members
    } = super.readMembers(operation, request);
    const encoding = contentEncoding(given);
    return {
      ...members,
      ...(encoding !== undefined && { ContentEncoding: encoding }),
      ...(members['ChecksumMode'] !== undefined && {
        ChecksumMode: String(members['ChecksumMode']).toUpperCase(),
      }),
    };
  }

  protected override decode(text: string): string {
    try {
      return decodeURIComponent(text);
    } catch {
      throw new AwsError('InvalidURI', "Couldn't parse the specified URI.");
    }
  }

  protected async readBody(request: WireRequest, payload: MemberPlace | undefined): Promise<unknown> {
    if (payload === undefined) throw new Error('no S3 request has a body with several members');
    return S3_MODEL.shapeOf(payload.shape).type === 'blob'
      ? contentFrom(request)
      : readDocument(request, payload.name, payload.shape);
  }

  protected override async answer(
    operation: string,
    input: Input,
    request: WireRequest,
    call: CallOperation,
  ): Promise<WireResponse> {
    const { status, output: rewrite, hidesMissingKeys } = this.hookOf(operation);
    try {
      const output = ((await call(operation, input)) ?? {}) as Input;
      const response = this.write(operation, rewrite?.(output, input, request) ?? output);
      return status === undefined ? response : { ...response, statusCode: status(output) };
    } catch (error) {
      if (error instanceof AwsError && error.code === 'NoSuchKey' && hidesMissingKeys) {
        // HeadBucket requires only s3:ListBucket.
        await call('HeadBucket', { Bucket: input['Bucket'] });
      }
      throw error;
    }
  }

  protected writeBody(
    operation: string,
    { value, shape, payload }: Content,
  ): Pick<WireResponse, 'headers' | 'body'> {
    if (payload !== undefined && S3_MODEL.shapeOf(shape).type === 'blob') {
      return { headers: {}, body: (value ?? '') as WireResponse['body'] };
    }
    const { root = payload?.name ?? `${operation}Result`, text } = this.hookOf(operation);
    const content = text === undefined ? xmlOf(S3_MODEL, shape, value) : { '#text': (value as Input)[text] };
    return xmlDocument({ [root]: { '@xmlns': XMLNS, ...(content as object) } });
  }

  private hookOf(operation: string): RestHook {
    return this.operations[operation]?.rest ?? {};
  }
}

function idHeaders(requestId: string): Record<string, string> {
  return { 'x-amz-request-id': requestId, 'x-amz-id-2': HOST_ID };
}
