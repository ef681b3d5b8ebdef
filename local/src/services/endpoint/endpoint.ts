import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AwsError } from '../aws-error';
import type { CredentialStore } from '../credentials';
import type { ServiceRouter } from '../router';
import type { Protocol, WireRequest, WireResponse } from './protocol';
import { claimedService, verifySignature } from './signature';

/** Largest request body; a service may take less. */
const MAX_BODY_BYTES = 512 * 1024 * 1024;

/** What the endpoint needs. */
export interface EndpointOptions {
  readonly router: ServiceRouter;
  readonly credentials: CredentialStore;
  readonly protocols: readonly Protocol[];
  /** 0 or absent: any free port. */
  readonly port?: number;
  readonly now?: () => Date;
  /** Takes errors that are no answer of a service, but a fault in local mode. */
  readonly onFault?: (error: unknown) => void;
}

/** One HTTP server on the loopback interface that speaks the AWS protocols. */
export class Endpoint {
  private constructor(
    private readonly server: Server,
    /** Base URL, for `AWS_ENDPOINT_URL`. */
    public readonly url: string,
  ) {}

  /** Starts the server. */
  public static async start(options: EndpointOptions): Promise<Endpoint> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    const handler = new RequestHandler(options, [`127.0.0.1:${port}`, `localhost:${port}`]);
    server.on('request', (request, response) => {
      handler.handle(request, response).catch((error: unknown) => {
        options.onFault?.(error);
        response.destroy();
      });
    });
    return new Endpoint(server, `http://127.0.0.1:${port}`);
  }

  /** Stops the server; requests under way are cut off. */
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

  public async handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const requestId = randomUUID();
    let protocol = this.options.protocols[0];
    let response: WireResponse | undefined;
    try {
      this.refuseBrowsers(incoming);
      const request = await readRequest(incoming);
      const service = claimedService(request);
      protocol = this.options.protocols.find((each) => each.service === service) ?? protocol;
      response = await this.answer(request);
    } catch (error) {
      response = protocol?.renderError(this.asAwsError(error), requestId);
    }
    await send(outgoing, incoming.method ?? 'GET', requestId, response);
  }

  /**
   * A page in the user's browser can reach loopback ports: with a form, or under a name of its own that
   * resolves to 127.0.0.1. Such requests carry an Origin, or not the host that the endpoint gave out.
   */
  private refuseBrowsers(incoming: IncomingMessage): void {
    if (incoming.headers.origin !== undefined || !this.hosts.includes(incoming.headers.host ?? '')) {
      throw new AwsError(
        'AccessDeniedException',
        `only clients that call http://${this.hosts[0]} are served`,
        403,
      );
    }
  }

  private async answer(request: WireRequest): Promise<WireResponse> {
    const now = this.options.now?.() ?? new Date();
    const { principal, service } = await verifySignature(request, this.options.credentials, now);
    const protocol = this.options.protocols.find((each) => each.service === service);
    if (protocol === undefined) {
      const known = this.options.protocols.map((each) => each.service).join(', ');
      throw new AwsError(
        'UnknownOperationException',
        `local mode does not have the service ${service}: it has ${known}`,
      );
    }
    return protocol.handle(request, (operation, input) =>
      this.options.router.call(service, operation, input, principal),
    );
  }

  private asAwsError(error: unknown): AwsError {
    if (error instanceof AwsError) {
      return error;
    }
    this.options.onFault?.(error);
    // 501 and not 500: clients retry the latter, and a fault here comes again.
    return new AwsError('InternalFailure', `local mode failed: ${(error as Error).message}`, 501);
  }
}

async function readRequest(incoming: IncomingMessage): Promise<WireRequest> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) {
      throw new AwsError('RequestEntityTooLarge', `the body is larger than ${MAX_BODY_BYTES} bytes`, 413);
    }
    chunks.push(chunk);
  }
  const [path = '/', query = ''] = (incoming.url ?? '/').split('?', 2);
  return {
    method: incoming.method ?? 'GET',
    path,
    query: new URLSearchParams(query.replaceAll('+', '%2B')),
    headers: incoming.headers,
    body: Buffer.concat(chunks),
  };
}

async function send(
  outgoing: ServerResponse,
  method: string,
  requestId: string,
  response: WireResponse | undefined,
): Promise<void> {
  outgoing.writeHead(response?.statusCode ?? 500, { 'x-amzn-requestid': requestId, ...response?.headers });
  const body = response?.body ?? '';
  if (body instanceof Readable && method !== 'HEAD') {
    // A client that went away is its own problem: the response cannot be changed any more.
    await pipeline(body, outgoing).catch(() => outgoing.destroy());
    return;
  }
  outgoing.end(method === 'HEAD' || body instanceof Readable ? undefined : body);
}
