import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What the receiver does with one push instead of answering it as Loki would. Each but `normal` and those that say otherwise
 * stores nothing.
 */
export type Reply =
  /** As Loki, but only after a while. */
  | { kind: 'normal'; delayMs?: number; until?: Promise<unknown> }
  /** This status; `store` keeps the lines all the same. */
  | {
      kind: 'status';
      status: number;
      body?: string;
      headers?: OutgoingHttpHeaders;
      delayMs?: number;
      until?: Promise<unknown>;
      store?: boolean;
    }
  /** Stores the lines as Loki would, then closes the connection without an answer. */
  | { kind: 'drop-reply' }
  /** Stores the lines, then sends this much of an answer before it closes the connection. */
  | { kind: 'half-reply'; part: 'status-line' | 'body' }
  /** Reads the request, then closes the connection without an answer. */
  | { kind: 'close' }
  /** Resets the connection while the request is still being sent. */
  | { kind: 'reset-mid-body' }
  /** Reads the request and never answers. */
  | { kind: 'hang' };

/** Whether the lines of a push answered so are kept. */
export function isStored(reply: Reply): boolean {
  switch (reply.kind) {
    case 'normal':
    case 'drop-reply':
    case 'half-reply':
      return true;
    case 'status':
      return reply.store === true;
    default:
      return false;
  }
}

/** Waits as the reply asks for, then carries it out. `answer` is what Loki would say. Gives the status sent, if one was. */
export async function carryOut(
  reply: Reply,
  response: ServerResponse,
  answer: { status: number; message?: string } | undefined,
  signal: AbortSignal,
): Promise<number | undefined> {
  switch (reply.kind) {
    case 'normal':
      await pause(reply, signal);
      return sendText(response, answer?.status ?? 204, answer?.message);
    case 'status':
      await pause(reply, signal);
      return sendText(response, reply.status, reply.body, reply.headers);
    case 'half-reply':
      response.socket?.write(
        reply.part === 'status-line'
          ? 'HTTP/1.1 204 No Con'
          : 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1000\r\n\r\nThe first of man',
        () => response.destroy(),
      );
      return undefined;
    case 'drop-reply':
    case 'close':
      response.destroy();
      return undefined;
    case 'reset-mid-body':
      response.socket?.resetAndDestroy();
      return undefined;
    case 'hang':
      return undefined;
  }
}

/** Answers as Go's http.Error does. */
export function sendText(
  response: ServerResponse,
  status: number,
  message?: string,
  headers: OutgoingHttpHeaders = {},
): number {
  response.writeHead(status, {
    ...(message !== undefined && {
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
    }),
    ...headers,
  });
  response.end(message === undefined ? undefined : `${message}\n`);
  return status;
}

async function pause(
  { delayMs = 0, until }: { delayMs?: number; until?: Promise<unknown> },
  signal: AbortSignal,
): Promise<void> {
  if (delayMs > 0) await sleep(delayMs, undefined, { signal });
  if (until === undefined) return;
  const stopped = Promise.withResolvers<never>();
  const stop = () => stopped.reject(signal.reason);
  signal.addEventListener('abort', stop);
  try {
    await Promise.race([until, stopped.promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
