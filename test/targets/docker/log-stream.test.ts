import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type FrameReader, MultiplexedFrames, TerminalFrames } from '../../../src/targets/docker/frames.js';
import { type ContainerLine, LineJoiner } from '../../../src/targets/docker/line-joiner.js';
import { nextPosition, Resumption } from '../../../src/targets/docker/log-position.js';

const times = ['2024-01-02T03:04:05.000000001Z', '2024-01-02T03:04:05.000000002Z'];

function frame(stream: 0 | 1 | 2 | 3, text: string): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

/** The lines of a log that comes in these chunks. */
function readLines(frames: FrameReader, chunks: readonly Buffer[], maxBytes = 1000): string[] {
  let skipped = 0;
  const joinerOf = (stream: 'stdout' | 'stderr') =>
    new LineJoiner(stream, maxBytes, () => {
      skipped += 1;
    });
  const joiners = { stdout: joinerOf('stdout'), stderr: joinerOf('stderr') };
  const lines: ContainerLine[] = [];
  for (const chunk of chunks) for (const each of frames.read(chunk)) joiners[each.stream].take(each, lines);
  joiners.stdout.end(lines);
  joiners.stderr.end(lines);
  const told = lines.map(({ stream, nanos, bytes }) => `${stream} ${nanos} ${bytes}`);
  return skipped === 0 ? told : [...told, `${skipped} skipped`];
}

function cut(bytes: Buffer, at: readonly number[]): Buffer[] {
  const ends = [...new Set(at.map((each) => each % bytes.length))].sort((a, b) => a - b);
  return [...ends, bytes.length].map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

it('finds the same lines however the log is cut into chunks', () => {
  const log = Buffer.concat([
    frame(1, `${times[0]} one\r\n`),
    frame(1, `${times[1]} long, `),
    frame(2, `${times[0]} between\n`),
    frame(1, `${times[1]} and on\n`),
    frame(2, `${times[0]} \n`),
    frame(1, 'no time\n'),
    frame(1, `${times[0]} unfinished`),
  ]);
  const expected = [
    'stdout 1 one',
    'stderr 1 between',
    'stdout 2 long, and on',
    'stderr 1 ',
    'stdout 1 unfinished',
    '1 skipped',
  ];
  fc.assert(
    fc.property(fc.array(fc.nat()), (at) => {
      expect(readLines(new MultiplexedFrames(), cut(log, at))).toEqual(expected);
    }),
  );
});

it('finds the frames of a terminal by their newlines, and by their length', () => {
  const half = 'x'.repeat(16 * 1024);
  const log = Buffer.from(`${times[0]} one\r\n${times[1]} ${half}${times[1]} rest\r\n`);
  fc.assert(
    fc.property(fc.array(fc.nat()), (at) => {
      expect(readLines(new TerminalFrames(), cut(log, at), 100_000)).toEqual([
        'stdout 1 one',
        `stdout 2 ${half}rest`,
      ]);
    }),
    { numRuns: 20 },
  );
});

it('begins a new line when the time changes, and cuts one that is too long', () => {
  const parts = [frame(1, `${times[0]} aaa`), frame(1, `${times[1]} bbbb`), frame(1, `${times[1]} cccc\n`)];
  expect(readLines(new MultiplexedFrames(), parts, 4)).toEqual([
    'stdout 1 aaa',
    'stdout 2 bbbb',
    'stdout 2 cccc',
  ]);
});

it('throws what the daemon says went wrong', () => {
  expect(() => new MultiplexedFrames().read(frame(3, 'boom'))).toThrow(
    'error from the daemon in the log: boom',
  );
  expect(() => new MultiplexedFrames().read(Buffer.from('HTTP/1.1 ...'))).toThrow('no header');
});

it('reads on behind the last line, also among lines of one time', () => {
  const log = [1, 2, 2, 2, 3].map((nanos) => ({ seconds: 10, nanos }));
  for (let read = 1; read <= log.length; read++) {
    const position = log
      .slice(0, read)
      .reduce<ReturnType<typeof nextPosition> | undefined>(nextPosition, undefined)!;
    const resumption = new Resumption(position);
    expect(resumption.sinceSeconds).toBe(9);
    expect(log.filter((line) => !resumption.isRead(line))).toEqual(log.slice(read));
  }
});

it('sends all that is there when the last line is not there any more', () => {
  const resumption = new Resumption({ seconds: 10, nanos: 5, lines: 1 });
  const log = [6, 5, 7].map((nanos) => ({ seconds: 10, nanos }));
  expect(log.filter((line) => !resumption.isRead(line))).toEqual(log);
});
