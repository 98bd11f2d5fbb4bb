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
import { markerBits, webhookPatch } from './secret-markers.js';
import { type SecretKeys, secretKeysOfResource } from './secret-objects.js';
import { redactPatterns } from './secret-patterns.js';
import { UriScreen } from './uri-screen.js';

/** What AKS puts in place of a body that it found too big. */
const skippedBody = 'skipped-too-big-size-object';

const nobody: readonly string[] = [];
const none: readonly SecretKeys[] = [];
const bodies = [part.requestObject, part.responseObject];
/** Where people and addresses are told, besides bodies, annotations and the URL. */
const identities = [part.user, part.impersonatedUser, part.sourceIps, part.message];

export interface RedactorDeps {
  readonly options: RedactionOptions;
  readonly pseudonyms: Pseudonyms | undefined;
  readonly edits: Edits;
  readonly onRedacted: OnRedacted;
}

/** Finds what must not leave the host in an event. Most events have nothing of it, which a look for a few markers tells. */
export class Redactor {
  readonly #options: RedactionOptions;
  readonly #droppedBodies: ReadonlySet<string>;
  readonly #pseudonyms: Pseudonyms | undefined;
  readonly #uriScreen: UriScreen;
  readonly #edits: Edits;
  readonly #onRedacted: OnRedacted;
  /** Names and addresses in the event that become pseudonyms wherever they stand. */
  #names: readonly string[] = nobody;

  /** What has to be replaced is added to `edits`, and told. */
  constructor({ options, pseudonyms, edits, onRedacted }: RedactorDeps) {
    this.#options = options;
    this.#edits = edits;
    this.#onRedacted = onRedacted;
    this.#droppedBodies = new Set(options.drop_bodies);
    this.#pseudonyms = pseudonyms;
    this.#uriScreen = new UriScreen(options);
  }

  /** Bodies in `cut` are not looked at: they do not leave the host anyway. */
  redact(event: AuditEvent, cut: readonly EventPart[]): void {
    if (this.#pseudonyms !== undefined) this.#names = namesIn(event, this.#pseudonyms);
    this.#redactUri(event);
    for (const body of bodies) if (event.has(body) && !cut.includes(body)) this.#redactBody(event, body);
    // The authorizer's two hold names only.
    if (this.#pseudonyms === undefined ? event.hasOtherAnnotations : event.has(part.annotations))
      this.#redactAnnotations(event);
    if (this.#pseudonyms !== undefined) this.#redactIdentities(event);
  }

  #redactUri(event: AuditEvent): void {
    const start = event.startOf(part.uri);
    const end = event.endOf(part.uri);
    if (start < 0) return;
    const hasParameter = this.#uriScreen.isSuspect(event, start + 1, end - 1);
    const hasPattern =
      this.#options.patterns && (event.findMarkers(start + 1, end - 1) & markerBits.urlPattern) !== 0;
    if (!hasParameter && !hasPattern && this.#pseudonyms === undefined) return;
    const uri = event.text(part.uri);
    const clean = this.#cleanText(hasParameter ? redactUri(uri, this.#options, this.#onRedacted) : uri);
    if (clean !== uri) this.#edits.replace(start, end, encodeJsonString(clean));
  }

  #redactBody(event: AuditEvent, body: EventPart): void {
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
      this.#edits.replace(start, end, emptyFor(event.bytes[start]!));
      this.#onRedacted(all ?? 'body');
      return;
    }
    const cleanText = needsCleaning ? (text: string) => this.#cleanText(text) : undefined;
    const rules = {
      event,
      edits: this.#edits,
      onRedacted: this.#onRedacted,
      byKind,
      copies,
      keyScope,
      cleanText,
    };
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

  #redactAnnotations(event: AuditEvent): void {
    const start = event.startOf(part.annotations);
    const end = event.endOf(part.annotations);
    const markers = event.findMarkers(start, end);
    const hasPatch = this.#options.copies && (markers & (markerBits.patch | markerBits.escape)) !== 0;
    if (!hasPatch && !this.#needsCleaning(markers)) return;
    const tree = parseTree(event, start, end);
    if (tree === undefined) {
      this.#edits.replace(start, end, emptyFor(event.bytes[start]!));
      this.#onRedacted('body');
    }
    for (const { key, value } of membersOf(tree)) {
      const isPatch = hasPatch && key.startsWith(webhookPatch);
      // API servers write nothing else than texts.
      eachString(value, (string) => {
        const text = event.textBetween(string.start, string.end);
        const clean = isPatch ? redacted : this.#cleanText(text);
        if (isPatch) this.#onRedacted('webhook_patch');
        if (clean !== text) this.#edits.replace(string.start, string.end, encodeJsonString(clean));
      });
    }
  }

  #redactIdentities(event: AuditEvent): void {
    for (const identity of identities) {
      const start = event.startOf(identity);
      if (start < 0) continue;
      const tree = parseTree(event, start, event.endOf(identity));
      if (tree === undefined) continue;
      eachString(tree, (string) => {
        const text = event.textBetween(string.start, string.end);
        const clean = this.#cleanText(text);
        if (clean !== text) this.#edits.replace(string.start, string.end, encodeJsonString(clean));
      });
    }
  }

  /** Whether texts with these markers may hold what only the texts themselves tell. */
  #needsCleaning(markers: number): boolean {
    const isSuspect = (markers & (markerBits.pattern | markerBits.escape)) !== 0;
    return this.#pseudonyms !== undefined || (this.#options.patterns && isSuspect);
  }

  #cleanText(text: string): string {
    const clean = this.#options.patterns ? redactPatterns(text, this.#onRedacted) : text;
    return this.#pseudonyms?.replaceIn(clean, this.#names, this.#onRedacted) ?? clean;
  }
}

function namesIn(event: AuditEvent, pseudonyms: Pseudonyms): readonly string[] {
  const names = [event.traits.username, event.traits.impersonated, ...event.sourceIps];
  return names.filter((name) => name !== pseudonyms.of(name));
}

/** What stands for a body that is gone, by its first byte: of the same type. */
function emptyFor(first: number): string {
  if (first === 0x7b) return '{}';
  return first === 0x5b ? '[]' : `"${redacted}"`;
}
