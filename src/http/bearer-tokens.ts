import { createHash, timingSafeEqual } from 'node:crypto';
import { readText, type TextSource } from './secret-text.js';

/** The tokens that those who ask may bring: one, or in a file one a line, so that an old and a new one can both be valid for a while. */
export class BearerTokens {
  readonly #source: TextSource;

  constructor(source: TextSource) {
    this.#source = source;
  }

  /** Whether an Authorization header brings one of them. The file is read each time. Throws an Error when it cannot be. */
  async admit(header: string | undefined): Promise<boolean> {
    const brought = /^bearer +(\S+) *$/i.exec(header ?? '')?.[1] ?? '';
    const known = (await readText(this.#source, 'bearer token')).split(/\s+/).filter((token) => token !== '');
    let isKnown = false;
    // All of them, and by digests: how long it takes tells nothing of any.
    for (const token of known) if (timingSafeEqual(digestOf(token), digestOf(brought))) isKnown = true;
    return isKnown;
  }
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
