import { encodeJsonString } from '../../../go/json/encode.js';
import type { AuditEvent, EventPart } from '../audit-event.js';
import type { Edits } from '../edits.js';
import { eachString, membersOf, parseTree } from '../json-tree.js';
import { BodyRedactor } from './body-redactor.js';
import { ParameterNames } from './parameter-names.js';
import type { Pseudonyms } from './pseudonyms.js';
import { redactUri } from './redact-uri.js';
import { type OnRedacted, type RedactionRule, redacted } from './redaction.js';
import type { RedactionOptions } from './redaction-options.js';
import { keyScopeOf } from './secret-keys.js';
import { SecretMarkers } from './secret-markers.js';
import { type SecretKeys, secretKeysOfResource } from './secret-objects.js';
import { redactPatterns } from './secret-patterns.js';

/** What AKS puts in place of a body that it found too big. */
const skippedBody = 'skipped-too-big-size-object';
const webhookPatch = 'patch.webhook.admission.k8s.io/';

const bodies = ['requestObject', 'responseObject'] as const;

/** What is wanted of one event, and where it goes. */
interface Task {
  readonly event: AuditEvent;
  readonly edits: Edits;
  readonly onRedacted: OnRedacted;
  /** Names and addresses that become pseudonyms wherever they stand. */
  readonly names: readonly string[];
}

/** Finds what must not leave the host in an event. Most events have nothing of it, which a look for a few markers tells. */
export class Redactor {
  readonly #options: RedactionOptions;
  readonly #droppedBodies: ReadonlySet<string>;
  readonly #pseudonyms: Pseudonyms | undefined;
  readonly #markers = new SecretMarkers();
  readonly #parameters: ParameterNames;
  readonly #usesMarkers: boolean;

  constructor(options: RedactionOptions, pseudonyms: Pseudonyms | undefined) {
    this.#options = options;
    this.#droppedBodies = new Set(options.drop_bodies);
    this.#pseudonyms = pseudonyms;
    this.#parameters = new ParameterNames(options);
    this.#usesMarkers = options.objects || options.patterns || options.copies;
  }

  /** Called before the events in `bytes` up to `end`, and whenever those bytes may have changed. */
  startWith(bytes: Buffer, end: number): void {
    this.#markers.startWith(bytes, end);
  }

  /** Adds to `edits` what has to be replaced. Bodies in `cut` are not looked at: they do not leave the host anyway. */
  redact(event: AuditEvent, cut: readonly EventPart[], edits: Edits, onRedacted: OnRedacted): void {
    const task = { event, edits, onRedacted, names: this.#namesIn(event) };
    this.#redactUri(task);
    for (const body of bodies) if (event.has(body) && !cut.includes(body)) this.#redactBody(task, body);
    if (event.has('annotations')) this.#redactAnnotations(task);
    if (this.#pseudonyms !== undefined) this.#redactIdentities(task);
  }

  #namesIn(event: AuditEvent): readonly string[] {
    if (this.#pseudonyms === undefined) return [];
    const pseudonyms = this.#pseudonyms;
    const names = [event.username, event.text('impersonated'), ...event.sourceIps];
    return names.filter((name) => name !== pseudonyms.of(name));
  }

  #redactUri(task: Task): void {
    const { event, edits, onRedacted } = task;
    const start = event.startOf('uri');
    const end = event.endOf('uri');
    if (start < 0) return;
    const hasParameter = this.#parameters.mayHoldSecret(event.bytes, start + 1, end - 1);
    if (!hasParameter && !this.#mayHoldText(start, end)) return;
    const uri = event.text('uri');
    const clean = this.#cleanText(hasParameter ? redactUri(uri, this.#options, onRedacted) : uri, task);
    if (clean !== uri) edits.replace(start, end, encodeJsonString(clean));
  }

  #redactBody(task: Task, body: EventPart): void {
    const { event, edits, onRedacted } = task;
    const start = event.startOf(body);
    const end = event.endOf(body);
    const secrets = this.#secretsOf(event);
    const all = this.#ruleForAll(event, secrets);
    const keyScope = this.#options.secret_keys ? keyScopeOf(event.resource, event.text('apiGroup')) : 'none';
    const isSuspect =
      all !== undefined || secrets.length > 0 || keyScope !== 'none' || this.#mayHoldText(start, end);
    if (!isSuspect || event.textBetween(start, end) === skippedBody) return;
    const tree = all === undefined ? parseTree(event.bytes, start, end) : undefined;
    if (tree === undefined) {
      edits.replace(start, end, emptyFor(event.bytes[start]!));
      onRedacted(all ?? 'body');
      return;
    }
    const { objects: byKind, copies } = this.#options;
    const cleanText = (text: string) => this.#cleanText(text, task);
    new BodyRedactor({ bytes: event.bytes, edits, onRedacted, byKind, copies, keyScope, cleanText }).redact(
      tree,
      secrets,
    );
  }

  #secretsOf({ resource, subresource }: AuditEvent): readonly SecretKeys[] {
    const found = this.#options.objects ? secretKeysOfResource(resource, subresource) : undefined;
    return found === undefined ? [] : [found];
  }

  /** The rule by which whole bodies go. */
  #ruleForAll({ resource }: AuditEvent, secrets: readonly SecretKeys[]): RedactionRule | undefined {
    if (this.#droppedBodies.has(resource)) return 'body';
    return secrets.find(({ keys }) => keys === undefined)?.rule;
  }

  #redactAnnotations(task: Task): void {
    const { event, edits, onRedacted } = task;
    const start = event.startOf('annotations');
    const end = event.endOf('annotations');
    const hasPatch =
      this.#options.copies &&
      event.hasOtherAnnotations &&
      event.bytes.subarray(start, end).includes(webhookPatch);
    if (!hasPatch && !this.#mayHoldText(start, end)) return;
    for (const { key, value } of membersOf(parseTree(event.bytes, start, end))) {
      if (value.kind !== 'string') continue;
      const text = event.textBetween(value.start, value.end);
      const isPatch = hasPatch && key.startsWith(webhookPatch);
      const clean = isPatch ? redacted : this.#cleanText(text, task);
      if (isPatch) onRedacted('webhook_patch');
      if (clean !== text) edits.replace(value.start, value.end, encodeJsonString(clean));
    }
  }

  #redactIdentities(task: Task): void {
    const { event, edits } = task;
    for (const part of ['user', 'impersonatedUser', 'sourceIps', 'message'] as const) {
      const start = event.startOf(part);
      if (start < 0) continue;
      const tree = parseTree(event.bytes, start, event.endOf(part));
      if (tree === undefined) continue;
      eachString(tree, (string) => {
        const text = event.textBetween(string.start, string.end);
        const clean = this.#cleanText(text, task);
        if (clean !== text) edits.replace(string.start, string.end, encodeJsonString(clean));
      });
    }
  }

  /** Whether there may be something between `start` and `end` that is told by the text alone. */
  #mayHoldText(start: number, end: number): boolean {
    return this.#pseudonyms !== undefined || (this.#usesMarkers && this.#markers.isIn(start, end));
  }

  #cleanText(text: string, { names, onRedacted }: Task): string {
    const clean = this.#options.patterns ? redactPatterns(text, onRedacted) : text;
    return this.#pseudonyms?.replaceIn(clean, names, onRedacted) ?? clean;
  }
}

/** What stands for a body that is gone, by its first byte: of the same type. */
function emptyFor(first: number): string {
  if (first === 0x7b) return '{}';
  return first === 0x5b ? '[]' : `"${redacted}"`;
}
