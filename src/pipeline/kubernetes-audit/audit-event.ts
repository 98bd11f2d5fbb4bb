import { readMicros } from './event-time.js';
import { SpanScanner } from './span-scanner.js';

/** The parts of an event that somebody asks for, each with its path. */
const paths = {
  level: ['level'],
  auditId: ['auditID'],
  stage: ['stage'],
  uri: ['requestURI'],
  verb: ['verb'],
  user: ['user'],
  username: ['user', 'username'],
  impersonatedUser: ['impersonatedUser'],
  impersonated: ['impersonatedUser', 'username'],
  sourceIps: ['sourceIPs'],
  userAgent: ['userAgent'],
  resource: ['objectRef', 'resource'],
  namespace: ['objectRef', 'namespace'],
  name: ['objectRef', 'name'],
  apiGroup: ['objectRef', 'apiGroup'],
  apiVersion: ['objectRef', 'apiVersion'],
  subresource: ['objectRef', 'subresource'],
  code: ['responseStatus', 'code'],
  message: ['responseStatus', 'message'],
  requestObject: ['requestObject'],
  responseObject: ['responseObject'],
  received: ['requestReceivedTimestamp'],
  staged: ['stageTimestamp'],
  annotations: ['annotations'],
  decision: ['annotations', 'authorization.k8s.io/decision'],
  reason: ['annotations', 'authorization.k8s.io/reason'],
} as const;

export type EventPart = keyof typeof paths;

const parts = Object.keys(paths) as EventPart[];
const outputOf = Object.fromEntries(parts.map((part, index) => [part, index])) as Record<EventPart, number>;

/**
 * One audit event: where its parts lie in the bytes of its line, and the values most lines are asked for. The same object is used
 * for line after line; what it tells is that of the last `read`.
 */
export class AuditEvent {
  bytes: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;
  stage = '';
  verb = '';
  username = '';
  resource = '';
  subresource = '';
  /** As it is written: `403`; '' when there is none yet. */
  code = '';
  /** Microseconds since 1970; NaN when the event does not tell. */
  receivedMicros = Number.NaN;
  stagedMicros = Number.NaN;
  readonly #scanner = new SpanScanner(parts.map((part) => paths[part]));

  /** False when the bytes are not one whole JSON object, or one whose parts could hide from a reader. */
  scan(bytes: Buffer, start: number, end: number): boolean {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    return this.#scanner.scan(bytes, start, end);
  }

  /** Whether what was scanned is an audit event; if so its values are read. */
  read(): boolean {
    const scanner = this.#scanner;
    this.stage = scanner.text(outputOf.stage);
    if (this.stage === '' || !scanner.has(outputOf.auditId) || !scanner.has(outputOf.verb)) return false;
    this.verb = scanner.text(outputOf.verb);
    this.username = scanner.text(outputOf.username);
    this.resource = scanner.text(outputOf.resource);
    this.subresource = scanner.text(outputOf.subresource);
    this.code = scanner.digits(outputOf.code);
    this.receivedMicros = this.#micros(outputOf.received);
    this.stagedMicros = this.#micros(outputOf.staged);
    return true;
  }

  has(part: EventPart): boolean {
    return this.#scanner.has(outputOf[part]);
  }

  /** The part as text, '' when it is not there. */
  text(part: EventPart): string {
    return this.#scanner.text(outputOf[part]);
  }

  /** The string between these quotes, '' when something else stands there. */
  textBetween(start: number, end: number): string {
    return this.#scanner.textBetween(start, end);
  }

  /** Where the part's value begins, -1 when it is not there. */
  startOf(part: EventPart): number {
    return this.#scanner.starts[outputOf[part]]!;
  }

  endOf(part: EventPart): number {
    return this.#scanner.ends[outputOf[part]]!;
  }

  /** The address of the peer: those before the last one are what the client says. */
  get sourceIp(): string {
    const end = this.endOf('sourceIps') - 1;
    const start = this.startOf('sourceIps');
    if (start < 0 || this.bytes[start] !== 0x5b || this.bytes[end - 1] !== 0x22) return '';
    const quote = this.bytes.lastIndexOf(0x22, end - 2);
    return quote <= start ? '' : this.#scanner.textBetween(quote, end);
  }

  /** All addresses the request came by, as far as they are to be believed. */
  get sourceIps(): readonly string[] {
    const start = this.startOf('sourceIps');
    if (start < 0) return [];
    const addresses: unknown = JSON.parse(this.bytes.toString('utf8', start, this.endOf('sourceIps')));
    return Array.isArray(addresses) ? addresses.filter((address) => typeof address === 'string') : [];
  }

  /** Whether there are more annotations than the authorizer's two. */
  get hasOtherAnnotations(): boolean {
    if (!this.has('annotations')) return false;
    const known = Number(this.has('decision')) + Number(this.has('reason'));
    return this.#scanner.sizes[outputOf.annotations]! > known;
  }

  /** All annotations, decoded. Slow: ask `hasOtherAnnotations` first. */
  annotations(): Map<string, string> {
    if (this.bytes[this.startOf('annotations')] !== 0x7b) return new Map();
    const text = this.bytes.toString('utf8', this.startOf('annotations'), this.endOf('annotations'));
    const pairs = Object.entries(JSON.parse(text) as Record<string, unknown>);
    return new Map(pairs.filter((pair): pair is [string, string] => typeof pair[1] === 'string'));
  }

  #micros(output: number): number {
    const start = this.#scanner.starts[output]!;
    return start < 0 ? Number.NaN : readMicros(this.bytes, start, this.#scanner.ends[output]!);
  }
}
