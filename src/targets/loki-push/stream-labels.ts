import { unquoteGo } from '../../go/unquote.js';

/** The text does not name a stream. */
export class StreamLabelsError extends Error {
  override readonly name = 'StreamLabelsError';
}

/**
 * Reads a stream's name as Prometheus reads a metric's: `{a="b", 'c d'='e'}`, `up{a="b"}`, `{"up", a="b"}`. The metric's own name is the label
 * `__name__`. Throws a StreamLabelsError.
 */
export function parseStreamLabels(text: string): Map<string, string> {
  const reader = new LabelReader(text);
  const labels = new Map<string, string>();
  const metric = reader.take(metricName);
  if (metric !== undefined) labels.set('__name__', metric);
  if (!reader.takes('{')) {
    if (metric === undefined) reader.fail('{');
    reader.end();
    return labels;
  }
  while (!reader.takes('}')) {
    readLabel(reader, labels);
    if (reader.takes(',')) continue;
    if (reader.takes('}')) break;
    reader.fail(', or }');
  }
  reader.end();
  return labels;
}

function readLabel(reader: LabelReader, labels: Map<string, string>): void {
  const quoted = reader.quoted();
  const name = quoted ?? reader.take(labelName) ?? reader.fail('a label');
  if (reader.takes('=')) labels.set(name, reader.quoted() ?? reader.fail('a quoted value'));
  else if (quoted !== undefined) labels.set('__name__', quoted);
  else reader.fail('=');
}

const blank = /(?:[ \t\r\n]|#[^\n]*)*/y;
const metricName = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const labelName = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const quotedText = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`/y;

class LabelReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  takes(token: string): boolean {
    this.take(blank);
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  take(pattern: RegExp): string | undefined {
    if (pattern !== blank) this.take(blank);
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text)?.[0];
    if (match !== undefined) this.#at += match.length;
    return match;
  }

  quoted(): string | undefined {
    const token = this.take(quotedText);
    if (token === undefined) return undefined;
    return unquoteGo(doubleQuoted(token)) ?? this.fail('an escape that is known');
  }

  end(): void {
    this.take(blank);
    if (this.#at < this.#text.length) this.fail('the end');
  }

  fail(expected: string): never {
    throw new StreamLabelsError(
      `couldn't parse labels: 1:${this.#at + 1}: parse error: expected ${expected} in ${this.#text}`,
    );
  }
}

/** Single quotes mean what double quotes do. */
function doubleQuoted(token: string): string {
  if (!token.startsWith("'")) return token;
  const inside = token
    .slice(1, -1)
    .replace(/\\.|"/g, (part) => (part === "\\'" ? "'" : part === '"' ? '\\"' : part));
  return `"${inside}"`;
}
