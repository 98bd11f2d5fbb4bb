import type { MetadataWriter } from '../../entry/metadata.js';
import type { Marker } from '../../go/json/walker.js';
import { EventTimes } from './event-time.js';
import { SpanScanner } from './span-scanner.js';
import { type Traits, traitsOf } from './traits.js';

/** The parts of an event that somebody asks for, by number: a look-up by name costs more than most of what it finds. */
export const part = {
  level: 0,
  auditId: 1,
  stage: 2,
  uri: 3,
  verb: 4,
  user: 5,
  username: 6,
  impersonatedUser: 7,
  impersonated: 8,
  sourceIps: 9,
  userAgent: 10,
  resource: 11,
  namespace: 12,
  name: 13,
  apiGroup: 14,
  apiVersion: 15,
  subresource: 16,
  code: 17,
  message: 18,
  requestObject: 19,
  responseObject: 20,
  received: 21,
  staged: 22,
  annotations: 23,
  decision: 24,
  reason: 25,
  written: 26,
} as const;

export type EventPart = (typeof part)[keyof typeof part];

/** Where each part stands in an event. */
const paths: Readonly<Record<keyof typeof part, readonly string[]>> = {
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
  // Up to Kubernetes 1.9, some of which had no other time.
  written: ['timestamp'],
};

/** The parts that make the traits. */
const traitParts: readonly EventPart[] = [
  part.level,
  part.stage,
  part.verb,
  part.username,
  part.impersonated,
  part.resource,
  part.subresource,
  part.namespace,
  part.apiGroup,
  part.code,
  part.decision,
];

/**
 * One audit event: where its parts lie in the bytes of its line, and the values most lines are asked for. The same object is used
 * for line after line; what it tells is that of the last `read`.
 */
export class AuditEvent {
  bytes: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;
  /** Set by `read`. */
  traits!: Traits;
  /** Microseconds since 1970; NaN when the event does not tell. */
  receivedMicros = Number.NaN;
  stagedMicros = Number.NaN;
  /** Whether there are more annotations than the authorizer's two. */
  hasOtherAnnotations = false;
  readonly #times = new EventTimes();
  readonly #scanner = new SpanScanner(Object.values(paths), traitParts);
  /** By the numbers that the scanner gives them. */
  readonly #knownTraits: Traits[] = [];

  /** `markers`: what `findMarkers` looks for. */
  constructor(markers: readonly Marker[]) {
    this.#scanner.addMarkers(markers);
  }

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
    const place = scanner.findCombination();
    this.traits = place >= 0 ? this.#knownTraits[place]! : this.#meet(-1 - place);
    if (this.traits.stage === '' || !scanner.has(part.auditId) || !scanner.has(part.verb)) return false;
    this.receivedMicros = this.#micros(part.received);
    this.stagedMicros = this.#micros(part.staged);
    this.hasOtherAnnotations = this.has(part.annotations) && this.#countOtherAnnotations() > 0;
    return true;
  }

  /** The same bytes as `bytes`. */
  get view(): DataView {
    return this.#scanner.view;
  }

  /** When it happened, in microseconds since 1970; NaN when it does not tell. */
  get micros(): number {
    if (!Number.isNaN(this.stagedMicros)) return this.stagedMicros;
    return Number.isNaN(this.receivedMicros) ? this.#micros(part.written) : this.receivedMicros;
  }

  has(of: EventPart): boolean {
    return this.#scanner.has(of);
  }

  /** The part as text, '' when it is not there. */
  text(of: EventPart): string {
    return this.#scanner.text(of);
  }

  /**
   * Writes the part as metadata, straight from the line's bytes. False, and nothing is written: it has to go by way of its text, if it is there
   * at all.
   */
  writePiece(of: EventPart, name: string, writer: MetadataWriter): boolean {
    if (!this.#scanner.isPlainString(of)) return false;
    const start = this.startOf(of) + 1;
    const end = this.endOf(of) - 1;
    return end > start && writer.piece(name, this.bytes, start, end);
  }

  /** The string between these quotes, '' when something else stands there. */
  textBetween(start: number, end: number): string {
    return this.#scanner.textBetween(start, end);
  }

  /** Where the part's value begins, -1 when it is not there. */
  startOf(of: EventPart): number {
    return this.#scanner.startOf(of);
  }

  endOf(of: EventPart): number {
    return this.#scanner.endOf(of);
  }

  /** The bits of all markers that stand in the event between `start` and `end`. */
  findMarkers(start: number, end: number): number {
    return this.#scanner.findMarkers(start, end);
  }

  /** Names of parameters for `hasTrustedNames`. */
  trustName(start: number, end: number): void {
    this.#scanner.trustName(start, end);
  }

  /** Whether all parameters of a URL are known to have names that were trusted. */
  hasTrustedNames(start: number, end: number): boolean {
    return this.#scanner.hasTrustedNames(start, end);
  }

  /** The address of the peer: those before the last one are what the client says. */
  get sourceIp(): string {
    const open = this.#openOfSourceIp();
    return open < 0 ? '' : this.textBetween(open, this.endOf(part.sourceIps) - 1);
  }

  /** As `writePiece`, for that address. */
  writeSourceIp(name: string, writer: MetadataWriter): boolean {
    const open = this.#openOfSourceIp();
    if (open < 0) return false;
    const start = open + 1;
    const end = this.endOf(part.sourceIps) - 2;
    for (let at = start; at < end; at++) if (this.bytes[at] === backslash) return false;
    return end > start && writer.piece(name, this.bytes, start, end);
  }

  /** The opening quote of that address, -1 when there is none. */
  #openOfSourceIp(): number {
    const start = this.startOf(part.sourceIps);
    const close = this.endOf(part.sourceIps) - 1;
    if (start < 0 || this.bytes[start] !== 0x5b || this.bytes[close - 1] !== quote) return -1;
    let open = close - 2;
    while (open > start && this.bytes[open] !== quote) open--;
    return open === start ? -1 : open;
  }

  /** All addresses the request came by, as far as they are to be believed. */
  get sourceIps(): readonly string[] {
    const start = this.startOf(part.sourceIps);
    if (start < 0) return [];
    const addresses: unknown = JSON.parse(this.bytes.toString('utf8', start, this.endOf(part.sourceIps)));
    return Array.isArray(addresses) ? addresses.filter((address) => typeof address === 'string') : [];
  }

  /** Calls `visit` with the key of each annotation and where its value lies; `textBetween` reads it. */
  eachAnnotation(visit: (key: string, start: number, end: number) => void): void {
    const start = this.startOf(part.annotations);
    if (start >= 0 && this.bytes[start] === 0x7b)
      this.#scanner.eachMember(start, this.endOf(part.annotations), visit);
  }

  #countOtherAnnotations(): number {
    const known = Number(this.has(part.decision)) + Number(this.has(part.reason));
    return this.#scanner.sizeOf(part.annotations) - known;
  }

  #meet(place: number): Traits {
    const scanner = this.#scanner;
    const values = {
      level: scanner.text(part.level),
      stage: scanner.text(part.stage),
      verb: scanner.text(part.verb),
      username: scanner.text(part.username),
      impersonated: scanner.text(part.impersonated),
      isImpersonated: scanner.has(part.impersonated),
      resource: scanner.text(part.resource),
      subresource: scanner.text(part.subresource),
      namespace: scanner.text(part.namespace),
      apiGroup: scanner.text(part.apiGroup),
      code: scanner.digits(part.code),
      decision: scanner.text(part.decision),
    };
    const traits = traitsOf(values);
    this.#knownTraits[place] = traits;
    return traits;
  }

  #micros(output: number): number {
    const start = this.#scanner.startOf(output);
    return start < 0 ? Number.NaN : this.#times.read(this.bytes, start, this.#scanner.endOf(output));
  }
}

const quote = 0x22;
const backslash = 0x5c;
