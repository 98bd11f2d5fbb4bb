import { ALL_CHARS, NOT_NEWLINE } from './char-set.js';
import { literalNode, parseClass, parseEscapedClass } from './parse-class.js';
import { parseEscape } from './parse-escape.js';
import { isRepeatAllowed, parseRepeat } from './parse-repeat.js';
import { PatternReader } from './pattern-reader.js';
import { type Assertion, alternate, concat, type SyntaxNode } from './syntax-tree.js';

export interface ParsedPattern {
  readonly root: SyntaxNode;
  /** By group number; undefined for a group without a name, and for the whole match. */
  readonly groupNames: readonly (string | undefined)[];
}

/** Reads a pattern as Go's regexp/syntax does with its Perl flags; throws RegexpSyntaxError where that refuses. */
export function parse(source: string): ParsedPattern {
  return new Parser(source).parse();
}

interface Flags {
  readonly foldCase: boolean;
  readonly multiLine: boolean;
  readonly dotAll: boolean;
  readonly swapGreed: boolean;
}

/** A group still open: its finished alternatives, and the items of the one being read. */
interface OpenGroup {
  readonly isCapturing: boolean;
  readonly outerFlags: Flags;
  readonly alternatives: SyntaxNode[];
  items: SyntaxNode[];
}

const MAX_DEPTH = 1000;
const FLAGS = new Map<string, keyof Flags>([
  ['i', 'foldCase'],
  ['m', 'multiLine'],
  ['s', 'dotAll'],
  ['U', 'swapGreed'],
]);
const ESCAPED_ASSERTIONS = new Map<string, Assertion>([
  ['A', 'begin-text'],
  ['z', 'end-text'],
  ['b', 'word-boundary'],
  ['B', 'no-word-boundary'],
]);

class Parser {
  readonly #reader: PatternReader;
  readonly #outerGroups: OpenGroup[] = [];
  readonly #groupNames: (string | undefined)[] = [undefined];
  #flags: Flags = { foldCase: false, multiLine: false, dotAll: false, swapGreed: false };
  #group: OpenGroup = openGroup(false, this.#flags);

  constructor(source: string) {
    this.#reader = new PatternReader(source);
  }

  parse(): ParsedPattern {
    const reader = this.#reader;
    let lastRepeatAt: number | undefined;
    while (!reader.isAtEnd) {
      const start = reader.at;
      const isRepeat = this.#parseRepeat(lastRepeatAt);
      lastRepeatAt = isRepeat ? start : undefined;
      if (!isRepeat) this.#parseItem();
    }
    if (this.#outerGroups.length > 0) reader.failToEnd('missing closing )');
    return { root: this.#finishBody(), groupNames: this.#groupNames };
  }

  #parseItem(): void {
    const reader = this.#reader;
    if (reader.startsWith('(?')) this.#parsePerlGroup();
    else if (reader.take('(')) this.#openCapture(undefined);
    else if (reader.take('|')) this.#finishAlternative();
    else if (reader.peek() === ')') this.#closeGroup();
    else if (reader.take('^')) this.#push({ kind: this.#flags.multiLine ? 'begin-line' : 'begin-text' });
    else if (reader.take('$')) this.#push({ kind: this.#flags.multiLine ? 'end-line' : 'end-text' });
    else if (reader.take('.')) this.#push({ kind: 'set', set: this.#flags.dotAll ? ALL_CHARS : NOT_NEWLINE });
    else if (reader.peek() === '[') this.#push(parseClass(reader, this.#flags.foldCase));
    else if (reader.peek() === '\\') this.#parseBackslash();
    else this.#pushLiteral(reader.takeCodePoint());
  }

  #parseRepeat(lastRepeatAt: number | undefined): boolean {
    const reader = this.#reader;
    const start = reader.at;
    const count = parseRepeat(reader);
    if (!count) return false;
    const isLazy = reader.take('?');
    if (lastRepeatAt !== undefined) reader.fail('invalid nested repetition operator', lastRepeatAt);
    const body = this.#group.items.pop() ?? reader.fail('missing argument to repetition operator', start);
    const node = { kind: 'repeat', body, ...count, isGreedy: isLazy === this.#flags.swapGreed } as const;
    if (!isRepeatAllowed(node)) reader.fail('invalid repeat count', start);
    this.#push(node);
    return true;
  }

  #parseBackslash(): void {
    const reader = this.#reader;
    const assertion = ESCAPED_ASSERTIONS.get(reader.peek(1));
    if (assertion) {
      reader.at += 2;
      this.#push({ kind: assertion });
    } else if (reader.take('\\Q')) {
      this.#parseQuoted();
    } else {
      const node = parseEscapedClass(reader, this.#flags.foldCase);
      if (node) this.#push(node);
      else this.#pushLiteral(parseEscape(reader));
    }
  }

  #parseQuoted(): void {
    const reader = this.#reader;
    while (!reader.isAtEnd && !reader.take('\\E')) this.#pushLiteral(reader.takeCodePoint());
  }

  /** Reads what begins with `(?`: a named group, a plain one, or flags with or without a group. */
  #parsePerlGroup(): void {
    const reader = this.#reader;
    const start = reader.at;
    const opening = ['(?P<', '(?<'].find((text) => reader.startsWith(text));
    // With nothing behind it, Go takes the opening for a bad flag.
    if (!opening || reader.source.length === start + opening.length) {
      this.#parseFlags();
      return;
    }
    reader.take(opening);
    const name = reader.takeThrough('>') ?? reader.failToEnd('invalid named capture', start);
    if (!/^[0-9A-Za-z_]+$/.test(name)) reader.fail('invalid named capture', start);
    this.#openCapture(name);
  }

  #parseFlags(): void {
    const reader = this.#reader;
    const start = reader.at;
    reader.take('(?');
    const flags = { ...this.#flags };
    let isSetting = true;
    let isDangling = false;
    while (!reader.isAtEnd) {
      const char = String.fromCodePoint(reader.takeCodePoint());
      const flag = FLAGS.get(char);
      if (flag) {
        flags[flag] = isSetting;
        isDangling = false;
      } else if (char === '-' && isSetting) {
        isSetting = false;
        isDangling = true;
      } else if ((char === ':' || char === ')') && !isDangling) {
        if (char === ':') this.#open(false);
        this.#flags = flags;
        return;
      } else {
        break;
      }
    }
    reader.fail('invalid or unsupported Perl syntax', start);
  }

  #openCapture(name: string | undefined): void {
    this.#groupNames.push(name);
    this.#open(true);
  }

  #open(isCapturing: boolean): void {
    if (this.#outerGroups.length === MAX_DEPTH) this.#reader.failToEnd('expression nests too deeply');
    this.#outerGroups.push(this.#group);
    this.#group = openGroup(isCapturing, this.#flags);
  }

  #closeGroup(): void {
    const outer = this.#outerGroups.pop() ?? this.#reader.failToEnd('unexpected )');
    this.#reader.take(')');
    const { isCapturing, outerFlags } = this.#group;
    const body = this.#finishBody();
    this.#group = outer;
    this.#flags = outerFlags;
    this.#push(isCapturing ? { kind: 'group', body } : body);
  }

  #finishBody(): SyntaxNode {
    this.#finishAlternative();
    return alternate(this.#group.alternatives);
  }

  #finishAlternative(): void {
    this.#group.alternatives.push(concat(this.#group.items));
    this.#group.items = [];
  }

  #pushLiteral(codePoint: number): void {
    this.#push(literalNode(codePoint, this.#flags.foldCase));
  }

  #push(node: SyntaxNode): void {
    this.#group.items.push(node);
  }
}

function openGroup(isCapturing: boolean, outerFlags: Flags): OpenGroup {
  return { isCapturing, outerFlags, alternatives: [], items: [] };
}
