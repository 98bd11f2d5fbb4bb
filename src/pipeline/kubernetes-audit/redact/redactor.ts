import { encodeJsonString } from '../../../go/json/encode.js';
import { type AuditEvent, type EventPart, part } from '../audit-event.js';
import type { Edits } from '../edits.js';
import { eachString, membersOf, parseTree } from '../json-tree.js';
import type { Traits } from '../traits.js';
import { BodyRedactor } from './body-redactor.js';
import type { Pseudonyms } from './pseudonyms.js';
import { redactUri } from './redact-uri.js';
import { type OnRedacted, type RedactionRule, redacted } from './redaction.js';
import type { RedactionOptions } from './redaction-options.js';
import { keyScopeOf } from './secret-keys.js';
import { markerBits } from './secret-markers.js';
import { type SecretKeys, secretKeysOfResource } from './secret-objects.js';
import { redactPatterns } from './secret-patterns.js';
import { UriScreen } from './uri-screen.js';

/** What AKS puts in place of a body that it found too big. */
const skippedBody = 'skipped-too-big-size-object';
const webhookPatch = 'patch.webhook.admission.k8s.io/';

const nobody: readonly string[] = [];
const none: readonly SecretKeys[] = [];
const bodies = [part.requestObject, part.responseObject];
/** Where people and addresses are told, besides bodies, annotations and the URL. */
const identities = [part.user, part.impersonatedUser, part.sourceIps, part.message];

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
  readonly #uriScreen: UriScreen;

  constructor(options: RedactionOptions, pseudonyms: Pseudonyms | undefined) {
    this.#options = options;
    this.#droppedBodies = new Set(options.drop_bodies);
    this.#pseudonyms = pseudonyms;
    this.#uriScreen = new UriScreen(options);
  }

  /** Adds to `edits` what has to be replaced. Bodies in `cut` are not looked at: they do not leave the host anyway. */
  redact(event: AuditEvent, cut: readonly EventPart[], edits: Edits, onRedacted: OnRedacted): void {
    const task = { event, edits, onRedacted, names: this.#namesIn(event) };
    this.#redactUri(task);
    for (const body of bodies) if (event.has(body) && !cut.includes(body)) this.#redactBody(task, body);
    if (event.has(part.annotations)) this.#redactAnnotations(task);
    if (this.#pseudonyms !== undefined) this.#redactIdentities(task);
  }

  #namesIn(event: AuditEvent): readonly string[] {
    if (this.#pseudonyms === undefined) return nobody;
    const pseudonyms = this.#pseudonyms;
    const names = [event.traits.username, event.traits.impersonated, ...event.sourceIps];
    return names.filter((name) => name !== pseudonyms.of(name));
  }

  #redactUri(task: Task): void {
    const { event, edits, onRedacted } = task;
    const start = event.startOf(part.uri);
    const end = event.endOf(part.uri);
    if (start < 0) return;
    const hasParameter = this.#uriScreen.isSuspect(event, start + 1, end - 1);
    const hasPattern =
      this.#options.patterns && (event.findMarkers(start + 1, end - 1) & markerBits.urlPattern) !== 0;
    if (!hasParameter && !hasPattern && this.#pseudonyms === undefined) return;
    const uri = event.text(part.uri);
    const clean = this.#cleanText(hasParameter ? redactUri(uri, this.#options, onRedacted) : uri, task);
    if (clean !== uri) edits.replace(start, end, encodeJsonString(clean));
  }

  #redactBody(task: Task, body: EventPart): void {
    const { event, edits, onRedacted } = task;
    const start = event.startOf(body);
    const end = event.endOf(body);
    const secrets = this.#secretsOf(event.traits);
    const all = this.#ruleForAll(event.traits, secrets);
    const keyScope = this.#options.secret_keys
      ? keyScopeOf(event.traits.resource, event.traits.apiGroup)
      : 'none';
    const markers = event.findMarkers(start, end);
    const needsCleaning = this.#needsCleaning(markers);
    const byKind = this.#options.objects && (markers & (markerBits.kind | markerBits.escape)) !== 0;
    const copies = this.#options.copies && (markers & (markerBits.copy | markerBits.escape)) !== 0;
    const isSuspect =
      all !== undefined || secrets.length > 0 || keyScope !== 'none' || needsCleaning || byKind || copies;
    if (!isSuspect || event.textBetween(start, end) === skippedBody) return;
    const tree = all === undefined ? parseTree(event, start, end) : undefined;
    if (tree === undefined) {
      edits.replace(start, end, emptyFor(event.bytes[start]!));
      onRedacted(all ?? 'body');
      return;
    }
    const cleanText = needsCleaning ? (text: string) => this.#cleanText(text, task) : undefined;
    const rules = { event, edits, onRedacted, byKind, copies, keyScope, cleanText };
    new BodyRedactor(rules).redact(tree, secrets);
  }

  #secretsOf({ resource, subresource }: Traits): readonly SecretKeys[] {
    const found = this.#options.objects ? secretKeysOfResource(resource, subresource) : undefined;
    return found === undefined ? none : [found];
  }

  /** The rule by which whole bodies go. */
  #ruleForAll({ resource }: Traits, secrets: readonly SecretKeys[]): RedactionRule | undefined {
    if (this.#droppedBodies.has(resource)) return 'body';
    return secrets.find(({ keys }) => keys === undefined)?.rule;
  }

  #redactAnnotations(task: Task): void {
    const { event, edits, onRedacted } = task;
    const start = event.startOf(part.annotations);
    const end = event.endOf(part.annotations);
    // The authorizer's two hold names only.
    if (!event.hasOtherAnnotations && this.#pseudonyms === undefined) return;
    const hasPatch = this.#options.copies && event.bytes.subarray(start, end).includes(webhookPatch);
    if (!hasPatch && !this.#needsCleaning(event.findMarkers(start, end))) return;
    for (const { key, value } of membersOf(parseTree(event, start, end))) {
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
    for (const identity of identities) {
      const start = event.startOf(identity);
      if (start < 0) continue;
      const tree = parseTree(event, start, event.endOf(identity));
      if (tree === undefined) continue;
      eachString(tree, (string) => {
        const text = event.textBetween(string.start, string.end);
        const clean = this.#cleanText(text, task);
        if (clean !== text) edits.replace(string.start, string.end, encodeJsonString(clean));
      });
    }
  }

  /** Whether texts with these markers may hold what only the texts themselves tell. */
  #needsCleaning(markers: number): boolean {
    const isSuspect = (markers & (markerBits.pattern | markerBits.escape)) !== 0;
    return this.#pseudonyms !== undefined || (this.#options.patterns && isSuspect);
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
