import { encodeJsonString } from '../../../go/json/encode.js';
import type { AuditEvent } from '../audit-event.js';
import type { Edits } from '../edits.js';
import { type JsonMember, type JsonNode, membersOf, type ObjectNode } from '../json-tree.js';
import { blank, type OnRedacted, type RedactionRule } from './redaction.js';
import { type KeyScope, soundsSecret } from './secret-keys.js';
import { type SecretKeys, secretKeysOfKind } from './secret-objects.js';

/** What to look for in a body, and where to put what is found. */
export interface BodyRules {
  readonly event: AuditEvent;
  readonly edits: Edits;
  readonly onRedacted: OnRedacted;
  /** Whether objects tell by their kind what of them is secret. */
  readonly byKind: boolean;
  /** Whether copies of other bodies go. */
  readonly copies: boolean;
  /** Where keys that sound secret make their values so. */
  readonly keyScope: KeyScope;
  /** A text without what looks like a token, and the like. Undefined: there is nothing like it. */
  readonly cleanText: ((text: string) => string) | undefined;
}

/** Annotation that holds the whole object as it was last applied. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** Goes through a body, or annotations, and replaces what is secret. */
export class BodyRedactor {
  readonly #rules: BodyRules;

  constructor(rules: BodyRules) {
    this.#rules = rules;
  }

  /** `secrets`: what the resource of the request makes secret in it. */
  redact(body: JsonNode, secrets: readonly SecretKeys[]): void {
    if (body.kind === 'array') {
      for (const item of body.items) this.#redactOperation(item, secrets);
    } else if (body.kind === 'object' || secrets.length === 0) {
      this.#walk(body, secrets);
    } else {
      this.#blank(body, secrets[0]!.rule);
    }
  }

  #walk(node: JsonNode, secrets: readonly SecretKeys[]): void {
    if (node.kind === 'object') this.#walkObject(node, secrets);
    else if (node.kind === 'array') for (const item of node.items) this.#walk(item, secrets);
    else if (node.kind === 'string') this.#cleanString(node);
  }

  #walkObject(node: ObjectNode, inherited: readonly SecretKeys[]): void {
    const { byKind, keyScope } = this.#rules;
    const own = byKind ? this.#textsOf(node, 'kind').flatMap((kind) => secretKeysOfKind(kind) ?? []) : [];
    const secrets = own.length === 0 ? inherited : [...inherited, ...own];
    const isSecretVariable = keyScope !== 'none' && this.#textsOf(node, 'name').some(soundsSecret);
    for (const member of node.members) {
      const rule = isSecretVariable && member.key === 'value' ? 'key' : this.#ruleFor(member, secrets);
      if (rule === undefined) this.#walk(member.value, secrets);
      else this.#blank(member.value, rule);
    }
  }

  /** An item of a JSON patch has the key in its path. */
  #redactOperation(item: JsonNode, secrets: readonly SecretKeys[]): void {
    const keys = item.kind === 'object' ? this.#textsOf(item, 'path').flatMap(keysOfPath) : [];
    const values = membersOf(item).filter(({ key }) => key === 'value');
    const found = values.map(({ value }) => ({
      value,
      rule: keys.map((key) => this.#ruleFor({ key, value }, secrets)).find((rule) => rule !== undefined),
    }));
    if (found.every(({ rule }) => rule === undefined)) {
      this.#walk(item, secrets);
      return;
    }
    for (const { value, rule } of found) {
      if (rule === undefined) this.#walk(value, secrets);
      else this.#blank(value, rule);
    }
  }

  #ruleFor(
    { key, value }: Pick<JsonMember, 'key' | 'value'>,
    secrets: readonly SecretKeys[],
  ): RedactionRule | undefined {
    for (const { rule, keys } of secrets) {
      if (keys === undefined ? key !== 'kind' && key !== 'apiVersion' : keys.has(key)) return rule;
    }
    if (this.#rules.copies && key === lastApplied) return 'last_applied';
    const isScalar = value.kind === 'string' || value.kind === 'number';
    return isScalar && this.#rules.keyScope === 'all' && soundsSecret(key) ? 'key' : undefined;
  }

  #blank(node: JsonNode, rule: RedactionRule): void {
    const { edits, onRedacted } = this.#rules;
    blank(node, ({ start, end }, text) => {
      edits.replace(start, end, text);
      onRedacted(rule);
    });
  }

  #cleanString({ start, end }: JsonNode): void {
    const { cleanText } = this.#rules;
    if (cleanText === undefined) return;
    const text = this.#rules.event.textBetween(start, end);
    const clean = cleanText(text);
    if (clean !== text) this.#rules.edits.replace(start, end, encodeJsonString(clean));
  }

  /** The strings under a key: the bodies of patches are as their clients wrote them, who may have written a key twice. */
  #textsOf({ members }: ObjectNode, key: string): string[] {
    return members
      .filter((member) => member.key === key && member.value.kind === 'string')
      .map(({ value }) => this.#rules.event.textBetween(value.start, value.end));
  }
}

/** The keys in a JSON pointer. */
function keysOfPath(path: string): string[] {
  return path.split('/').map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}
