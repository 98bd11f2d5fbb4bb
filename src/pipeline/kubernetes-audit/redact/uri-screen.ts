import { StringTable } from '../../../go/json/string-table.js';
import type { AuditEvent } from '../audit-event.js';
import { isSecretParameter, type UriRules } from './redact-uri.js';

const maxRemembered = 1000;
/** Clients choose the names. */
const maxRememberedLength = 64;

/** Looks at the parameters of URLs as they stand in the line, without making strings of them: most have nothing to hide. */
export class UriScreen {
  readonly #rules: UriRules;
  readonly #looksAtParameters: boolean;
  readonly #strings = new StringTable();
  readonly #known = new Map<string, boolean>();

  constructor(rules: UriRules) {
    this.#rules = rules;
    this.#looksAtParameters = rules.urls || rules.exec_commands;
  }

  /** Whether a parameter may be secret. `start` and `end` are those of the text between the quotes. */
  isSuspect(event: AuditEvent, start: number, end: number): boolean {
    return !event.hasTrustedNames(start, end) && this.#hasSecret(event, start, end);
  }

  /** As `hasTrustedNames` looks, and trusts the names that are not secret. */
  #hasSecret(event: AuditEvent, start: number, end: number): boolean {
    const { bytes } = event;
    /** Where the name of the parameter begins; -1 in the path and in values. */
    let name = -1;
    for (let at = start; at < end; at++) {
      switch (bytes[at]) {
        case 0x3f: // ?
        case 0x26: // &
        case 0x3b: // ;
          name = at + 1;
          break;
        case 0x3d: // =
          if (name >= 0) {
            if (this.#isSecret(bytes, event.view, name, at)) return true;
            event.trustName(name, at);
          }
          name = -1;
          break;
        case 0x5c:
          // `&` is written as an escape. Another one could hide a name.
          if (!isAmpersand(bytes, at)) return true;
          at += ampersand.length - 1;
          name = at + 1;
          break;
      }
    }
    return false;
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

const ampersand = Buffer.from('\\u0026');

function isAmpersand(bytes: Buffer, at: number): boolean {
  let same = 0;
  while (same < ampersand.length && bytes[at + same] === ampersand[same]) same++;
  return same === ampersand.length;
}
