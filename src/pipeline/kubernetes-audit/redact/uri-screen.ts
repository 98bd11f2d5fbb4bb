import { StringTable } from '../../../go/json/string-table.js';
import { isSecretParameter, type UriRules } from './redact-uri.js';

const maxRemembered = 1000;
/** Clients choose the names. */
const maxRememberedLength = 64;

/** What has to be looked at of a URL: its parameters, or all of it for tokens and keys. */
export interface UriSuspicion {
  parameter: boolean;
  pattern: boolean;
}

/** Looks through URLs as they stand in the line, without making a string of them: most have nothing to hide. */
export class UriScreen {
  readonly #rules: UriRules;
  readonly #looksAtParameters: boolean;
  readonly #strings = new StringTable();
  readonly #known = new Map<string, boolean>();
  readonly #found: UriSuspicion = { parameter: false, pattern: false };

  constructor(rules: UriRules) {
    this.#rules = rules;
    this.#looksAtParameters = rules.urls || rules.exec_commands;
  }

  /** The same object each time. `start` and `end` are those of the text between the quotes. */
  look(bytes: Buffer, view: DataView, start: number, end: number): UriSuspicion {
    const found = this.#found;
    found.parameter = false;
    found.pattern = false;
    /** Where the name of the parameter begins; -1 in the path and in values. */
    let name = -1;
    for (let at = start; at < end; at++) {
      const byte = bytes[at]!;
      const kind = classes[byte]!;
      if (kind === 0) continue;
      switch (kind) {
        case separator:
          name = at + 1;
          break;
        case equals:
          if (name >= 0 && this.#isSecret(bytes, view, name, at)) found.parameter = true;
          name = -1;
          break;
        case backslash:
          // `&` is written as an escape. Another one could hide a name.
          if (!isAmpersand(bytes, at)) found.parameter = true;
          at += ampersand.length - 1;
          name = at + 1;
          break;
        case capital:
          if (isMarker(byte, bytes[at - 1]!, bytes[at + 1]!)) found.pattern = true;
          break;
      }
    }
    return found;
  }

  #isSecret(bytes: Buffer, view: DataView, start: number, end: number): boolean {
    if (!this.#looksAtParameters) return false;
    const name = this.#strings.get(bytes, view, start, end);
    if (name === undefined) return true;
    let isSecret = this.#known.get(name);
    if (isSecret === undefined) {
      isSecret = isSecretParameter(name, this.#rules);
      if (this.#known.size === maxRemembered) this.#known.clear();
      if (name.length <= maxRememberedLength) this.#known.set(name, isSecret);
    }
    return isSecret;
  }
}

const separator = 1;
const equals = 2;
const backslash = 3;
const capital = 4;
const classes = new Uint8Array(256);
for (const byte of Buffer.from('?&;')) classes[byte] = separator;
for (const byte of Buffer.from('=')) classes[byte] = equals;
for (const byte of Buffer.from('\\')) classes[byte] = backslash;
for (const byte of Buffer.from('AJPB')) classes[byte] = capital;

/** eyJ…, AKIA…, ASIA…, PRIVATE KEY and Bearer, by two of their letters. */
function isMarker(byte: number, before: number, after: number): boolean {
  switch (byte) {
    case 0x4a:
      return before === 0x79;
    case 0x41:
      return after === 0x4b || after === 0x53;
    case 0x50:
      return after === 0x52;
    default:
      return after === 0x65;
  }
}

const ampersand = Buffer.from('\\u0026');

function isAmpersand(bytes: Buffer, at: number): boolean {
  let same = 0;
  while (same < ampersand.length && bytes[at + same] === ampersand[same]) same++;
  return same === ampersand.length;
}
