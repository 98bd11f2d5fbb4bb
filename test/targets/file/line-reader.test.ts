import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Entry } from '../../../src/entry/entry.js';
import { LabelSets } from '../../../src/entry/labels.js';
import { ReadClock } from '../../../src/entry/read-clock.js';
import { FileProgress } from '../../../src/positions/progress.js';
import type { ByteSource } from '../../../src/targets/file/byte-source.js';
import { ChunkBuffers } from '../../../src/targets/file/chunk-buffers.js';
import { parseEncoding } from '../../../src/targets/file/encodings.js';
import { LineReader } from '../../../src/targets/file/line-reader.js';

/** A file in memory. */
class MemorySource implements ByteSource {
  readonly canChange = true;
  readonly error = undefined;
  content = Buffer.alloc(0);
  /** Which of its next reads fail. */
  readonly failures: boolean[] = [];

  append(bytes: Buffer | string): void {
    this.content = Buffer.concat([this.content, Buffer.from(bytes)]);
  }

  async read(target: Buffer, from: number, length: number, offset: number): Promise<number> {
    if (this.failures.shift()) throw new Error('cannot be read');
    return this.content.subarray(offset, offset + length).copy(target, from);
  }

  forget(): void {}

  async close(): Promise<void> {}
}

interface Setup {
  readonly offset?: number;
  readonly bufferBytes?: number;
  readonly maxLineBytes?: number;
  readonly encoding?: string;
  readonly isAsItWas?: () => Promise<boolean>;
  /** Called when lines are handed on. */
  readonly onPush?: () => void;
}

function setup(
  content: Buffer | string,
  {
    offset = 0,
    bufferBytes = 64,
    maxLineBytes = 1000,
    encoding,
    isAsItWas = async () => true,
    onPush = () => {},
  }: Setup = {},
) {
  const source = new MemorySource();
  source.append(content);
  const lines: string[] = [];
  const entries: Entry[] = [];
  const counts = { nuls: 0, cut: 0 };
  const sink = {
    push(some: Entry[]): undefined {
      lines.push(...some.map(({ line }) => line.text));
      entries.push(...some);
      onPush();
    },
  };
  const outlet = {
    sink,
    labels: new LabelSets().empty,
    clock: new ReadClock(),
    now: Date.now,
    signal: new AbortController().signal,
    maxLineBytes,
    isAsItWas,
    countLines: () => {},
    countSkippedNuls(count: number) {
      counts.nuls += count;
    },
    countCutLine() {
      counts.cut += 1;
    },
  };
  const encodingOf = encoding === undefined ? undefined : parseEncoding(encoding);
  const reader = new LineReader(source, offset, new FileProgress(offset), outlet, encodingOf);
  const buffers = new ChunkBuffers(Buffer.alloc(bufferBytes), () => Buffer.alloc(bufferBytes));
  const readAll = async () => {
    let end = await reader.turn(buffers, false);
    while (end === 'more') end = await reader.turn(buffers, false);
    return end;
  };
  const settle = () => {
    for (const entry of entries.splice(0)) entry.ack.done(entry.lines);
  };
  return { source, reader, readAll, lines, counts, settle };
}

/** What a line-based reader should make of these bytes. */
function linesOf(bytes: Buffer): { lines: string[]; rest: number } {
  const parts = bytes.toString('latin1').split('\n');
  const rest = parts.pop()!.length;
  return { lines: parts.map((part) => Buffer.from(part, 'latin1').toString()), rest };
}

test('however a file grows, its lines are those of its bytes, and the offset is behind the last one', async () => {
  const piece = fc.oneof(
    fc.string({ maxLength: 5 }),
    fc.constant('\n'),
    fc.constant('é\n'),
    fc.integer({ min: 1, max: 200 }).map((length) => 'x'.repeat(length)),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { maxLength: 40 }),
      fc.integer({ min: 4, max: 80 }),
      async (pieces, bufferBytes) => {
        const { source, reader, readAll, lines, settle } = setup('', {
          bufferBytes: bufferBytes + 64,
          maxLineBytes: 1e6,
        });
        for (const each of pieces) {
          source.append(each.replaceAll('\0', ' '));
          expect(await readAll()).toBe('end');
          const wanted = linesOf(source.content);
          expect(lines).toEqual(wanted.lines);
          expect(reader.offset).toBe(source.content.length - wanted.rest);
          settle();
          expect(reader.progress.settledTo).toBe(reader.offset);
        }
      },
    ),
  );
});

describe('a file that is not what it was', () => {
  test.each<[string, string, string]>([
    ['shorter than the offset', 'one\ntwo\n', 'x\n'],
    ['empty', 'one\ntwo\n', ''],
    ['as long, with other bytes before the offset', 'one\ntwo\n', 'six\nten\n'],
    ['longer, with other bytes before the offset', 'one\ntwo\n', 'eleven\ntwelve\nthirteen\n'],
  ])('%s', async (_, before, after) => {
    const { source, readAll } = setup(before);
    expect(await readAll()).toBe('end');
    source.content = Buffer.from(after);
    expect(await readAll()).toBe('changed');
  });

  test('since an earlier agent read it', async () => {
    const { readAll } = setup('one\n', { offset: 100 });
    expect(await readAll()).toBe('changed');
  });

  test('before anything was read of it', async () => {
    const { readAll } = setup('new\n', { isAsItWas: async () => false });
    expect(await readAll()).toBe('changed');
    const atOffset = setup('six\nten\n', { offset: 4, isAsItWas: async () => false });
    expect(await atOffset.readAll()).toBe('changed');
    expect(atOffset.lines).toEqual([]);
  });

  test('in a long line that was not finished', async () => {
    const { source, reader, readAll, lines } = setup(`one\n${'x'.repeat(300)}`);
    expect(await readAll()).toBe('end');
    source.content = Buffer.from('one\nyy');
    reader.forgetUnfinishedLine();
    source.append('y\n');
    expect(await readAll()).toBe('end');
    expect(lines).toEqual(['one', 'yyy']);
  });
});

describe('while lines are handed on, the next are read', () => {
  /** Of 16 bytes each. */
  const numbered = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => `line number ${String(from + index).padStart(3, '0')}`);
  const fileOf = (lines: string[]) => lines.map((line) => `${line}\n`).join('');

  test('so they arrive, even if the file is written anew meanwhile', async () => {
    const rig = setup(fileOf(numbered(0, 10)), {
      onPush() {
        rig.source.content = Buffer.from('something else\n');
      },
    });
    expect(await rig.readAll()).toBe('changed');
    // A chunk of four lines, and of two behind what guards the offset.
    expect(rig.lines).toEqual(numbered(0, 6));
  });

  test('and what is written meanwhile behind the last is not missed', async () => {
    const rig = setup(fileOf(numbered(0, 5)), {
      onPush() {
        if (rig.lines.length === 4) rig.source.append(fileOf(numbered(5, 6)));
      },
    });
    expect(await rig.readAll()).toBe('end');
    expect(rig.lines).toEqual(numbered(0, 6));
  });

  test('and if that fails, they are read again', async () => {
    const rig = setup(fileOf(numbered(0, 10)));
    rig.source.failures.push(false, true);
    expect(await rig.readAll()).toBe('end');
    expect(rig.lines).toEqual(numbered(0, 10));
  });
});

describe('holes', () => {
  test.each<[string, string, string[], number]>([
    ['at the start, of any length', `\0\0\0one\n`, ['one'], 3],
    ['at the start, longer than a buffer', `${'\0'.repeat(333)}one\n`, ['one'], 333],
    ['later, if long', `one\n${'\0'.repeat(200)}two\n`, ['one', 'two'], 200],
    ['later and short: part of the line', 'one\n\0\0two\n', ['one', '\0\0two'], 0],
    ['inside a line', `o\0\0ne\n`, ['o\0\0ne'], 0],
  ])('%s', async (_, content, lines, skipped) => {
    const rig = setup(content);
    expect(await rig.readAll()).toBe('end');
    expect(rig.lines).toEqual(lines);
    expect(rig.counts.nuls).toBe(skipped);
  });

  test.each([10, 500])('%i NULs at the end wait: something may be written there', async (length) => {
    const { source, readAll, lines } = setup(`one\n${'\0'.repeat(length)}`);
    expect(await readAll()).toBe('end');
    source.content.write('two\n', 4);
    expect(await readAll()).toBe('end');
    expect(lines).toEqual(['one', 'two']);
  });

  test('a finished file may end in one', async () => {
    const { readAll, reader, lines } = setup(`one\n${'\0'.repeat(500)}`);
    await readAll();
    expect(await reader.finish()).toBe(false);
    expect(lines).toEqual(['one']);
  });
});

describe('a line beyond the limit', () => {
  test('is sent in pieces, none of it lost, and counted', async () => {
    const long = Array.from({ length: 500 }, (_, i) => String.fromCharCode(97 + (i % 26))).join('');
    const { readAll, lines, counts } = setup(`one\n${long}\ntwo\n`, { maxLineBytes: 150 });
    expect(await readAll()).toBe('end');
    expect(lines[0]).toBe('one');
    expect(lines.at(-1)).toBe('two');
    expect(lines.slice(1, -1).join('')).toBe(long);
    expect(counts.cut).toBeGreaterThan(0);
  });
});

describe('what is left at the end', () => {
  test.each(['tw', 'x'.repeat(400)])('is a line when the file is finished', async (rest) => {
    const { readAll, reader, lines, settle } = setup(`one\n${rest}`);
    await readAll();
    expect(lines).toEqual(['one']);
    expect(await reader.finish()).toBe(true);
    expect(lines.join('')).toBe(`one${rest}`);
    settle();
    expect(reader.progress.settledTo).toBe(4 + rest.length);
  });

  test('is nothing, if there is nothing', async () => {
    const { readAll, reader } = setup('one\n');
    await readAll();
    expect(await reader.finish()).toBe(false);
  });
});

describe('encodings', () => {
  test.each<[encoding: string, content: Buffer, lines: string[]]>([
    ['windows-1252', Buffer.from([0x80, 0x0a, 0xe9, 0x0a]), ['€', 'é']],
    ['ISO-8859-1', Buffer.from([0x85, 0x0a, 0xe9, 0x0a]), ['\x85', 'é']],
    ['US-ASCII', Buffer.from([0x41, 0xe9, 0x0a]), ['A\ufffd']],
    ['UTF-8', Buffer.from([0xff, 0x0a]), ['\ufffd']],
    ['Shift_JIS', Buffer.from('93fa967b0a8cea0a', 'hex'), ['日本', '語']],
    ['GBK', Buffer.from('c4e30abac30a', 'hex'), ['你', '好']],
    ['KOI8-R', Buffer.from('c40a', 'hex'), ['д']],
    ['UTF-16LE', Buffer.from('\ufeffone\nĊ上\ntwo\n', 'utf16le'), ['one', 'Ċ上', 'two']],
    ['UTF-16BE', Buffer.from('one\nĊ上\ntwo\n', 'utf16le').swap16(), ['one', 'Ċ上', 'two']],
    ['UTF-16', Buffer.from('\ufeffone\ntwo\n', 'utf16le'), ['one', 'two']],
    ['UTF-16', Buffer.from('\ufeffone\ntwo\n', 'utf16le').swap16(), ['one', 'two']],
    ['UTF-16', Buffer.from('one\ntwo\n', 'utf16le').swap16(), ['one', 'two']],
    ['utf-16le', Buffer.from(`${'x'.repeat(333)}\ntwo\n`, 'utf16le'), ['x'.repeat(333), 'two']],
  ])('%s', async (encoding, content, lines) => {
    const rig = setup(content, { encoding });
    expect(await rig.readAll()).toBe('end');
    expect(rig.lines).toEqual(lines);
    expect(rig.reader.offset).toBe(content.length);
  });

  test.each(['cp9999', 'UTF-7', 'UTF-32', 'IBM500', ''])('%j is refused', (name) => {
    expect(() => parseEncoding(name)).toThrow('unknown encoding');
  });
});
