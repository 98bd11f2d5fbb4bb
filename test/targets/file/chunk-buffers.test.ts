import { Buffer } from 'node:buffer';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ChunkBuffers } from '../../../src/targets/file/chunk-buffers.js';

/** A source whose reads take until they are told their length. */
function slowSource() {
  const { promise, resolve } = Promise.withResolvers<number>();
  const source = {
    canChange: true,
    error: undefined,
    read: () => promise,
    forget() {},
    async close() {},
  };
  return { source, resolve };
}

test('buffers are not given back while something is read into one of them', async () => {
  const [first, second] = [Buffer.alloc(4), Buffer.alloc(4)];
  const chunks = new ChunkBuffers(first, () => second);
  const { source, resolve } = slowSource();
  chunks.readAhead(source, 0);
  let free: Buffer[] | undefined;
  const released = chunks.release().then((buffers) => {
    free = buffers;
  });
  await setImmediate();
  expect(free).toBeUndefined();
  resolve(0);
  await released;
  expect(free).toEqual([first, second]);
});

test('without a second buffer, or after the last chunk, nothing is read before it is asked for', () => {
  const nothing = { ...slowSource().source, read: () => expect.fail('was read') };
  new ChunkBuffers(Buffer.alloc(4)).readAhead(nothing, 0);
  new ChunkBuffers(Buffer.alloc(4), () => undefined).readAhead(nothing, 0);
  const chunks = new ChunkBuffers(Buffer.alloc(4), () => Buffer.alloc(4));
  chunks.isLast = true;
  chunks.readAhead(nothing, 0);
});

test('what was read ahead is not taken for what stands elsewhere', async () => {
  const chunks = new ChunkBuffers(Buffer.alloc(4), () => Buffer.alloc(4));
  const source = {
    ...slowSource().source,
    async read(target: Buffer, _from: number, length: number, offset: number) {
      target.fill(offset);
      return length;
    },
  };
  chunks.readAhead(source, 4);
  expect(await chunks.read(source, 8)).toBe(4);
  expect(chunks.buffer).toEqual(Buffer.alloc(4, 8));
});
