import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AwsError } from '../aws-error';
import type { CredentialStore } from '../credentials';
import type { ServiceRouter } from '../router';
import { absentOperation } from './absent-operation';
import type { Protocol, WireResponse } from './protocol';
import { RequestBody, readAll } from './request-body';
import { type RequestHead, readHead, withoutSignature } from './request-head';
import type { RequestRate } from './request-rate';
import { verifySignature } from './signature';
import { claimedService } from './signature-claims';

/**
 * How long idle connections stay open: longer than clients keep them, so that no client uses a connection that
 * the server has just closed.
 */
const KEEP_ALIVE_MS = 75_000;

/** Options of the endpoint. */
export interface EndpointOptions {
  readonly router: ServiceRouter;
  readonly credentials: CredentialStore;
  /** The region that requests must be signed for. */
  readonly region: string;
  readonly protocols: readonly Protocol[];
  /** Port to listen on. 0 or undefined: any free port. */
  readonly port?: number;
  readonly now?: () => Date;
  /** Limits the rate of client requests. */
  readonly rate?: RequestRate;
  /** Receives internal errors of local mode, but not errors that services return. */
  readonly onFault?: (error: unknown) => void;
}

/** An HTTP server on the loopback interface that supports the AWS protocols. */
export class Endpoint {
  private constructor(
    private readonly server: Server,
    /** Base URL, for `AWS_ENDPOINT_URL`. */
    public readonly url: string,
  ) {}

  /** Starts the server. */
  public static async start(options: EndpointOptions): Promise<Endpoint> {
    const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    const handler = new RequestHandler(options, [`127.0.0.1:${port}`, `localhost:${port}`]);
    const handle = (expectsContinue: boolean) => (request: IncomingMessage, response: ServerResponse) => {
      handler.handle(request, response, expectsContinue).catch((error: unknown) => {
        options.onFault?.(error);
        response.destroy();
      });
    };
    server.on('request', handle(false)).on('checkContinue', handle(true));
    return new Endpoint(server, `http://127.0.0.1:${port}`);
  }

  /** Stops the server. Aborts requests that are being handled. */
  public async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }
}

class RequestHandler {
  constructor(
    private readonly options: EndpointOptions,
    private readonly hosts: readonly string[],
  ) {}

  /** @param expectsContinue whether the client waits for `100 Continue` before it sends the body */
  public async handle(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    expectsContinue: boolean,
  ): Promise<void> {
    const requestId = randomUUID();
    const head = readHead(incoming);
    const sent = new SentBody(incoming, expectsContinue ? outgoing : undefined);
    let response: WireResponse | undefined;
    try {
      this.refuseBrowsers(head);
      response = await this.answer(head, sent, requestId);
    } catch (error) {
      response = this.renderError(head, this.asAwsError(error), requestId);
    }
    if (expectsContinue && !sent.isRead) {
      // The client has not sent the body. On an open connection, its next request could be mistaken for the body.
      outgoing.setHeader('connection', 'close');
    }
    await send(outgoing, head.method, requestId, response);
  }

  /**
   * Refuses requests from browsers. A web page can reach loopback ports, with a form or through its own host
   * name that resolves to 127.0.0.1. Such requests have an Origin header, or a different Host header.
   */
  private refuseBrowsers({ headers, rawHeaders, path }: RequestHead): void {
    const hosts = rawHeaders.filter(([name]) => name === 'host').map(([, value]) => value);
    const isMeant = hosts.length === 1 && this.hosts.includes(hosts[0] ?? '') && path.startsWith('/');
    if (headers.origin !== undefined || !isMeant) {
      throw new AwsError(
        'AccessDeniedException',
        `only requests to http://${this.hosts[0]} are allowed`,
        403,
      );
    }
  }

  private async answer(head: RequestHead, sent: SentBody, requestId: string): Promise<WireResponse> {
    const protocol = this.protocolOf(head);
    const { principal, payload } = await verifySignature(head, protocol, () => sent.read(), {
      credentials: this.options.credentials,
      region: this.options.region,
      now: this.options.now ?? (() => new Date()),
    });
    const body = RequestBody.of(sent, payload);
    const { router, rate } = this.options;
    const { service, refusals } = protocol;
    return protocol.handle({ ...withoutSignature(head), body, requestId }, async (operation, input) => {
      if (rate?.takes(service, operation) === false) {
        throw refusals.throttled();
      }
      return router.call(service, operation, input, principal);
    });
  }

  /** The protocol of the service that a request is signed for. */
  private protocolOf(head: RequestHead): Protocol {
    const { protocols } = this.options;
    const spoken = this.spokenFor(head);
    const meant = protocols.find((each) => each.recognizes(head));
    const [first] = spoken;
    if (first !== undefined && meant !== undefined && !spoken.includes(meant)) {
      throw meant.refusals.wrongService(meant.service);
    }
    const protocol = first && (meant ?? spoken.find((each) => each.isReadableFor(head)));
    if (protocol === undefined) {
      throw absentOperation(head, [...new Set(protocols.map((each) => each.service))]);
    }
    return protocol;
  }

  /** The protocols of the service that a request's signature names; all protocols if the signature names no service. */
  private spokenFor(head: RequestHead): readonly Protocol[] {
    const claimed = claimedService(head);
    const { protocols } = this.options;
    return claimed === undefined ? protocols : protocols.filter((each) => each.service === claimed);
  }

  private renderError(head: RequestHead, error: AwsError, requestId: string): WireResponse | undefined {
    const spoken = this.spokenFor(head);
    const isReadable = (each: Protocol): boolean => each.isReadableFor(head);
    const protocol = spoken.find(isReadable) ?? spoken[0] ?? this.options.protocols.find(isReadable);
    const response = protocol?.renderError(error, requestId, head);
    return response && { ...response, headers: { 'x-amzn-errortype': error.code, ...response.headers } };
  }

  private asAwsError(error: unknown): AwsError {
    if (error instanceof AwsError) {
      return error;
    }
    this.options.onFault?.(error);
    // 501 instead of 500: clients retry 500, and the same fault would occur again.
    return new AwsError('InternalFailure', `local mode failed: ${(error as Error).message}`, 501);
  }
}

/** The body of a request as it was sent. After it has been read into memory, it can be read again. */
class SentBody implements AsyncIterable<Buffer> {
  private whole: Buffer | undefined;
  /** Whether the body has been requested. */
  public isRead = false;

  /** @param waiting the response, if the client waits for `100 Continue` before it sends the body */
  constructor(
    private readonly incoming: IncomingMessage,
    private readonly waiting: ServerResponse | undefined,
  ) {}

  public async read(): Promise<Buffer> {
    this.whole ??= await readAll(this);
    return this.whole;
  }

  public async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void> {
    if (this.whole !== undefined) {
      yield this.whole;
      return;
    }
    this.isRead = true;
    this.waiting?.writeContinue();
    try {
      // If the reader stops early, the connection stays open, because the response still needs it.
      yield* this.incoming.iterator({ destroyOnReturn: false });
    } catch (error) {
      throw new AwsError('IncompleteBody', `the client closed the connection: ${(error as Error).message}`);
    }
  }
}

async function send(
  outgoing: ServerResponse,
  method: string,
  requestId: string,
  response: WireResponse | undefined,
): Promise<void> {
  const body = response?.body ?? '';
  const statusCode = response?.statusCode ?? 500;
  const isStream = body instanceof Readable;
  const hasLength = !isStream && statusCode !== 204 && statusCode !== 304;
  const { 'content-length': given, ...headers } = response?.headers ?? {};
  const length = given ?? (hasLength ? Buffer.byteLength(body) : undefined);
  outgoing.writeHead(statusCode, {
    'x-amzn-requestid': requestId,
    ...headers,
    // Content-Length must come last. Otherwise, Node refuses a Content-Disposition with characters such as "ö", which
    // are valid in ISO-8859-1.
    ...(length !== undefined && { 'content-length': length }),
  });
  if (isStream && method !== 'HEAD') {
    // Errors after a client disconnects can be ignored: the response has already started.
    await pipeline(body, outgoing).catch(() => outgoing.destroy());
    return;
  }
  outgoing.end(method === 'HEAD' || isStream ? undefined : body);
}
