import { Buffer } from 'node:buffer';
import type { IncomingMessage } from 'node:http';

/** Why a body was not read to its end: it is bigger than it may be, there is no memory for it now, or the sender is gone. */
export type Unread = 'too_large' | 'full' | 'gone';

/** Reads the bodies of requests, and keeps all that are in memory at one time within bounds. */
export class BodyBudget {
  readonly #maxBytes: number;
  #heldBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Calls `use` with the body, which counts as held until `use` is done. */
  async withBody<T>(
    request: IncomingMessage,
    maxBodyBytes: number,
    use: (body: Buffer | Unread) => Promise<T>,
  ): Promise<T> {
    let ownBytes = 0;
    const refusal = (bytes: number): Unread | undefined => {
      if (ownBytes + bytes > maxBodyBytes) return 'too_large';
      return this.#heldBytes > ownBytes && this.#heldBytes + bytes > this.#maxBytes ? 'full' : undefined;
    };
    try {
      // What says beforehand that it is too big is not read at all.
      const announced = refusal(Number(request.headers['content-length'] ?? 0));
      if (announced !== undefined) return await use(announced);
      const chunks: Buffer[] = [];
      try {
        for await (const chunk of request as AsyncIterable<Buffer>) {
          const refused = refusal(chunk.length);
          if (refused !== undefined) return await use(refused);
          this.#heldBytes += chunk.length;
          ownBytes += chunk.length;
          chunks.push(chunk);
        }
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error;
        return await use('gone');
      }
      return await use(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
    } finally {
      this.#heldBytes -= ownBytes;
    }
  }
}
