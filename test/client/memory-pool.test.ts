import { expect, it } from 'vitest';
import { BatchMemory } from '../../src/client/batch-memory.js';
import { MemoryPool } from '../../src/client/memory-pool.js';

it('lends what was given back again, empty', () => {
  const pool = new MemoryPool(() => new BatchMemory(8), 100);
  const memory = pool.take();
  memory.buffer.append(Buffer.from('an entry'));
  memory.runs.append(0, 0, 8);
  pool.give(memory);
  expect(pool.take()).toBe(memory);
  expect(memory.buffer.length).toBe(0);
  expect(memory.runs).toMatchObject({ length: 0, entryCount: 0 });
  expect(pool.take()).not.toBe(memory);
});

it('leaves what has grown too large to the garbage collector', () => {
  const pool = new MemoryPool(() => new BatchMemory(8), 100);
  const memory = pool.take();
  memory.buffer.append(Buffer.alloc(101));
  pool.give(memory);
  expect(pool.take()).not.toBe(memory);
});
