/**
 * Texts without which there is nothing to redact in a body, short and beginning with a rare byte: that makes them fast to look for
 * (0.04 µs a line each, where a regular expression over the line costs 4). Kinds of objects, how tokens and keys begin, and letters
 * written as escapes, which the API server does not do and which could hide all others.
 */
const markers = [
  'Secret"',
  'SecretL',
  'TokenRe',
  'Certifi',
  'OAuthA',
  'yJ',
  'PRIVATE',
  'AKIA',
  'ASIA',
  'Bearer',
  'BEARER',
  '\\u004',
  '\\u005',
  '\\u006',
  '\\u007',
];
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** Tells lines that may hold a secret from those that do not. Looks through a whole chunk once for all of its lines. */
export class SecretMarkers {
  readonly #bodyMarkers = [...markers, lastApplied].map((text) => new Marker(text));

  /** The bytes of the lines that come next may be others than before, though in the same buffer. `lines` are looked at from the first to the last. */
  startWith(bytes: Buffer, end: number): void {
    const region = bytes.subarray(0, end);
    for (const marker of this.#bodyMarkers) marker.startWith(region);
  }

  isIn(start: number, end: number): boolean {
    for (let index = 0; index < this.#bodyMarkers.length; index++) {
      if (this.#bodyMarkers[index]!.isIn(start, end)) return true;
    }
    return false;
  }
}

/** Remembers where the text is found next, so that bytes without it are looked through once. */
class Marker {
  readonly #text: Buffer;
  #bytes: Buffer = Buffer.alloc(0);
  #searchedFrom = 0;
  #next = 0;

  constructor(text: string) {
    this.#text = Buffer.from(text);
  }

  startWith(bytes: Buffer): void {
    this.#bytes = bytes;
    this.#searchedFrom = Number.POSITIVE_INFINITY;
    this.#next = 0;
  }

  isIn(start: number, end: number): boolean {
    if (start < this.#searchedFrom || start > this.#next) {
      const found = this.#bytes.indexOf(this.#text, start);
      this.#searchedFrom = start;
      this.#next = found < 0 ? Number.POSITIVE_INFINITY : found;
    }
    return this.#next < end;
  }
}
