import type { AwsError } from '../aws-error';
import type { Protocol, WireRequest, WireResponse } from '../endpoint/protocol';
import type { Refusals } from '../endpoint/refusals';
import type { RequestHead } from '../endpoint/request-head';
import type { CallOperation, Input } from '../service';
import { type InvalidValue, readMembers } from './request-members';
import { headersOf } from './response-headers';
import type { MemberPlace, RestModel } from './rest-model';
import { Routes } from './routes';

/** The content of a response's body. */
export interface Content {
  /** The value of the payload member, or else all members that belong to the body. */
  readonly value: unknown;
  /** Name of the value's shape. */
  readonly shape: string;
  /** The member that is the whole body, if any. */
  readonly payload: MemberPlace | undefined;
}

/**
 * A REST protocol of AWS. The service's model determines the operation of a request, and the location of each
 * member in requests and responses. Subclasses read and write bodies and errors, and override details.
 *
 * @see https://smithy.io/2.0/spec/http-bindings.html
 */
export abstract class RestProtocol implements Protocol {
  abstract readonly refusals: Refusals;
  private readonly routes: Routes;

  constructor(
    readonly service: string,
    protected readonly model: RestModel,
  ) {
    this.routes = new Routes(model);
  }

  abstract recognizes(head: RequestHead): boolean;
  abstract isReadableFor(head: RequestHead): boolean;
  abstract renderError(error: AwsError, requestId: string, head: RequestHead): WireResponse;

  /** The error for a request that matches no supported operation. */
  protected abstract unknownRequest(request: WireRequest): AwsError;
  protected abstract readonly invalidValue: InvalidValue;
  /**
   * Reads the body of a request.
   *
   * @param payload the member that is the whole body, if any
   * @returns the value of the payload member, or else all members in the body; undefined for an empty body
   */
  protected abstract readBody(request: WireRequest, payload: MemberPlace | undefined): Promise<unknown>;
  protected abstract writeBody(operation: string, content: Content): Pick<WireResponse, 'headers' | 'body'>;

  async handle(request: WireRequest, call: CallOperation): Promise<WireResponse> {
    const found = this.routes.find(request);
    if (found === undefined) throw this.unknownRequest(request);
    const { operation, labels } = found;
    const structure = this.model.binding(operation).input;
    const payload = this.payloadOf(structure);
    // Verifies the body before anything else, unless the body is streamed.
    if (payload === undefined || this.model.shapeOf(payload.shape).type !== 'blob') await request.body.read();
    const path = Object.entries(labels).map(([name, text]) => [name, this.decode(text)] as const);
    const members = { ...Object.fromEntries(path), ...this.readMembers(operation, request) };
    const body = this.hasBody(structure) ? await this.readBody(request, payload) : undefined;
    const given = payload === undefined ? this.inBody(structure, body) : { [payload.member]: body };
    return this.answer(operation, { ...members, ...(body !== undefined && given) }, request, call);
  }

  /** Calls an operation and writes its response. */
  protected async answer(
    operation: string,
    input: Input,
    _request: WireRequest,
    call: CallOperation,
  ): Promise<WireResponse> {
    return this.write(operation, ((await call(operation, input)) ?? {}) as Input);
  }

  /** Reads the members in a request's headers and query. */
  protected readMembers(operation: string, request: WireRequest): Record<string, unknown> {
    return readMembers(this.model, this.model.binding(operation).input, request, this.invalidValue);
  }

  protected write(operation: string, output: Input): WireResponse {
    const { output: structure, status = 200 } = this.model.binding(operation);
    if (structure === undefined) return { statusCode: status, headers: {}, body: '' };
    const payload = this.payloadOf(structure);
    const content = payload
      ? { value: output[payload.member], shape: payload.shape, payload }
      : { value: this.inBody(structure, output), shape: structure, payload };
    const { headers, body } = this.hasBody(structure)
      ? this.writeBody(operation, content)
      : { headers: {}, body: '' };
    const [code] = this.membersAt(structure, 'statusCode');
    return {
      statusCode: Number(output[code ?? ''] ?? status),
      headers: { ...headers, ...headersOf(this.model, structure, output) },
      body,
    };
  }

  /** Decodes part of a path. An invalid part stays unchanged: no resource has such a name. */
  protected decode(text: string): string {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  }

  private membersAt(structure: string, location: MemberPlace['location']): string[] {
    const places = this.model.placesOf(structure);
    return places.filter((place) => place.location === location).map(({ member }) => member);
  }

  private hasBody(structure: string): boolean {
    return this.membersAt(structure, 'body').length > 0;
  }

  /** The members of a request or response that belong to the body. */
  private inBody(structure: string, members: unknown): Input {
    const own = this.membersAt(structure, 'body');
    return Object.fromEntries(Object.entries(members ?? {}).filter(([member]) => own.includes(member)));
  }

  private payloadOf(structure: string): MemberPlace | undefined {
    const { payload } = this.model.shapeOf(structure);
    return this.model.placesOf(structure).find(({ member }) => member === payload);
  }
}
