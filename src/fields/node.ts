import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  Scalar,
  YAMLMap,
} from 'yaml';
import type { Problems } from './problems.js';

/** One value of the YAML file, with the key path that leads to it (`clients[0].url`) and where it stands. */
export class ConfigNode {
  readonly path: string;
  /** Where it stands in the text, for messages. */
  readonly offset: number;
  readonly #document: Document;
  readonly #yaml: Node | null;

  constructor(document: Document, yaml: Node | null, path: string, offset: number) {
    this.#document = document;
    this.#yaml = isAlias(yaml) ? ((yaml.resolve(document) as Node | undefined) ?? null) : yaml;
    this.path = path;
    this.offset = yaml?.range?.[0] ?? offset;
  }

  /** What the value is, in words for messages. */
  get shape(): 'map' | 'list' | 'scalar' | 'null' {
    if (isMap(this.#yaml)) return 'map';
    if (isSeq(this.#yaml)) return 'list';
    return this.isNull ? 'null' : 'scalar';
  }

  /** Nothing, `~` or a plain `null`: as if the key were not there. */
  get isNull(): boolean {
    if (this.#yaml === null) return true;
    return isScalar(this.#yaml) && !this.isQuoted && /^(|~|null|Null|NULL)$/.test(this.text);
  }

  /** A scalar as it is written, without its quotes; '' for anything else. */
  get text(): string {
    return isScalar(this.#yaml) ? String(this.#yaml.value ?? '') : '';
  }

  /** Quoted and block scalars are always strings. */
  get isQuoted(): boolean {
    return isScalar(this.#yaml) && this.#yaml.type !== Scalar.PLAIN && this.#yaml.type !== undefined;
  }

  /** The items of a list. */
  items(): ConfigNode[] {
    if (!isSeq(this.#yaml)) return [];
    return this.#yaml.items.map(
      (item, index) =>
        new ConfigNode(this.#document, item as Node | null, `${this.path}[${index}]`, this.offset),
    );
  }

  /** The pairs of a map, those of merge keys (`<<`) among them, which its own win over; a key that stands twice is a problem. */
  pairs(problems: Problems): ConfigPair[] {
    if (!isMap(this.#yaml)) return [];
    const found = new Map<string, ConfigPair>();
    for (const pair of this.#yaml.items) this.#addPair(pair as Pair<Node, Node | null>, found, problems);
    return [...found.values()];
  }

  #addPair(pair: Pair<Node, Node | null>, found: Map<string, ConfigPair>, problems: Problems): void {
    const keyOffset = pair.key.range?.[0] ?? this.offset;
    if (!isScalar(pair.key)) {
      problems.addAt(keyOffset, this.path, 'expected a text as key');
      return;
    }
    const key = String(pair.key.value ?? '');
    if (key === '<<') {
      const merged = new ConfigNode(this.#document, pair.value, this.path, keyOffset);
      const maps = merged.shape === 'list' ? merged.items() : [merged];
      for (const each of maps.flatMap((map) => map.pairs(problems))) {
        if (!found.has(each.key))
          found.set(each.key, { ...each, isMerged: true, value: each.value.#under(this.path, each.key) });
      }
      return;
    }
    if (found.get(key)?.isMerged === false)
      problems.addAt(keyOffset, joinPath(this.path, key), 'key is set twice');
    found.set(key, {
      key,
      keyOffset,
      keyNode: new ConfigNode(this.#document, pair.key, this.path, keyOffset),
      isMerged: false,
      value: new ConfigNode(this.#document, pair.value, joinPath(this.path, key), keyOffset),
    });
  }

  #under(path: string, key: string): ConfigNode {
    return new ConfigNode(this.#document, this.#yaml, joinPath(path, key), this.offset);
  }
}

export interface ConfigPair {
  readonly key: string;
  readonly keyNode: ConfigNode;
  readonly keyOffset: number;
  readonly value: ConfigNode;
  /** It came by a merge key. */
  readonly isMerged: boolean;
}

/** A value from elsewhere (a flag) that stands in for what the text has under a key path. */
export interface Override {
  readonly path: readonly [string, ...string[]];
  /** A scalar as a text; a plain one may be read as a number or as a duration, too. */
  readonly value:
    | { readonly plain: string }
    | { readonly text: string }
    | { readonly texts: ReadonlyMap<string, string> };
  /** Only where the text itself has nothing under this key. */
  readonly unlessGiven?: string;
}

/** Parses the first document of `text`. Syntax errors go to `problems`; the root is still what could be read. */
export function parseConfigText(
  text: string,
  problems: Problems,
  overrides: readonly Override[] = [],
): ConfigNode {
  const lineCounter = new LineCounter();
  problems.setLineCounter(lineCounter);
  const nul = text.indexOf('\0');
  const document = parseDocument(firstDocument(nul < 0 ? text : text.slice(0, nul)), {
    schema: 'failsafe',
    version: '1.1',
    lineCounter,
    uniqueKeys: false,
    strict: true,
    prettyErrors: false,
    logLevel: 'silent',
  });
  for (const error of document.errors) problems.addAt(error.pos[0], '', error.message);
  const given = givenKeys(document);
  for (const { path, value, unlessGiven } of overrides) {
    if (unlessGiven !== undefined && given.has(unlessGiven)) continue;
    const holder = mapAt(document, path.slice(0, -1));
    holder?.set(scalar(path.at(-1)!, Scalar.PLAIN), yamlNode(value));
  }
  return new ConfigNode(document, document.contents as Node | null, '', 0);
}

/** The top-level keys that have something. */
function givenKeys(document: Document): Set<string> {
  if (!isMap(document.contents)) return new Set();
  const pairs = document.contents.items.filter(({ value }) => !isNothing(value));
  return new Set(pairs.map(({ key }) => String(key)));
}

/** The map under `path`, made where there is nothing; undefined when something else is there, which decoding will tell. */
function mapAt(document: Document, path: readonly string[]): YAMLMap | undefined {
  if (isNothing(document.contents)) document.contents = new YAMLMap();
  let at: unknown = document.contents;
  for (const key of path) {
    if (isAlias(at)) at = at.resolve(document);
    if (!isMap(at)) return undefined;
    if (isNothing(at.get(key, true))) at.set(scalar(key, Scalar.PLAIN), new YAMLMap());
    at = at.get(key, true);
  }
  if (isAlias(at)) at = at.resolve(document);
  return isMap(at) ? at : undefined;
}

function isNothing(node: unknown): boolean {
  return (
    node === undefined || node === null || (isScalar(node) && (node.value === null || node.source === ''))
  );
}

function yamlNode(value: Override['value']): Node {
  if ('texts' in value) {
    const map = new YAMLMap();
    for (const [key, text] of value.texts)
      map.set(scalar(key, Scalar.PLAIN), scalar(text, Scalar.QUOTE_DOUBLE));
    return map;
  }
  return 'plain' in value ? scalar(value.plain, Scalar.PLAIN) : scalar(value.text, Scalar.QUOTE_DOUBLE);
}

function scalar(text: string, type: Scalar.Type): Scalar {
  const node = new Scalar(text);
  node.type = type;
  return node;
}

/** Stands in for a value that is not there. */
export function emptyNode(path: string, offset = 0): ConfigNode {
  return new ConfigNode(parseDocument(''), null, path, offset);
}

function joinPath(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

/** Promtail reads the first document of a file only. */
function firstDocument(text: string): string {
  const lines = text.split('\n');
  const isMarker = (line: string) => /^---(\s|$)/.test(line);
  const start = lines.findIndex(
    (line) => line.trim() !== '' && !line.startsWith('#') && !line.startsWith('%'),
  );
  const from = start >= 0 && isMarker(lines[start]!) ? start + 1 : start;
  const end =
    from < 0
      ? -1
      : lines.findIndex((line, index) => index >= from && (isMarker(line) || /^\.\.\.(\s|$)/.test(line)));
  return end < 0 ? text : lines.slice(0, end).join('\n');
}
