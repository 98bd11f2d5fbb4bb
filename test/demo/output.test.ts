import { describe, expect, it } from 'vitest';
import type { ReceivedEntry } from '../../demo/loki/stored-stream.js';
import { parseOptions } from '../../demo/options.js';
import { ProgressLine } from '../../demo/progress.js';
import { tableOf } from '../../demo/table.js';

describe('progress', () => {
  const progress = { written: 10, read: 9, pushed: 8, lagMs: 1234, streams: 3, rotations: 1 };
  const line = 'written 10  read 9  pushed 8  lag 1.2 s  streams 3  rotations 1';

  it('is plain lines where nobody looks', () => {
    expect(shown(false)).toBe(`${line}\n${line}\n`);
  });

  it('is one line written over in a terminal', () => {
    expect(shown(true)).toBe(`\r\x1b[2K${line}\r\x1b[2K${line}\n`);
  });

  it('is cut where the terminal ends', () => {
    expect(shown(true, 20)).toBe('\r\x1b[2Kwritten 10  read 9 \r\x1b[2Kwritten 10  read 9 \n');
  });

  function shown(isTTY: boolean, columns = 80): string {
    let text = '';
    const output = new ProgressLine({ isTTY, columns, write: (part) => (text += part) });
    output.show(progress);
    output.show(progress);
    output.close();
    return text;
  }
});

it('counts by verb, user, resource and code, and sums up the rare', () => {
  const entries = [
    ...Array.from({ length: 3 }, () => entry({ verb: 'get', user: 'dev', resource: 'pods', code: '200' })),
    ...Array.from({ length: 2 }, () => entry({ verb: 'list', resource: 'pods', code: '401' })),
    entry({ verb: 'get', user: 'probe', code: '200' }),
    entry({ verb: 'get', user: 'dev', resource: 'nodes', code: '403' }),
  ];
  expect(tableOf(entries, 2).split('\n')).toEqual([
    'VERB      USER  RESOURCE  CODE  EVENTS',
    'get       dev   pods      200        3',
    'list      -     pods      401        2',
    '(2 more)                             2',
    'total                                7',
  ]);
});

describe('options', () => {
  it('have defaults', () => {
    expect(parseOptions([])).toEqual({ events: 30_000, seconds: 15, seed: 1, serve: false });
    expect(parseOptions(['--events', '5', '--seconds=0.5', '--seed', '9', '--serve'])).toEqual({
      events: 5,
      seconds: 0.5,
      seed: 9,
      serve: true,
    });
    expect(parseOptions(['--help'])).toBeUndefined();
  });

  it.each([
    [['--events', 'many'], '--events takes a positive number, not "many"'],
    [['--events', '1.5'], '--events takes a positive number, not "1.5"'],
    [['--seconds', '0'], '--seconds takes a positive number, not "0"'],
    [['--nonsense'], "Unknown option '--nonsense'"],
  ])('%j is refused', (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
  });
});

function entry(labels: Record<string, string>): ReceivedEntry {
  return { labels } as unknown as ReceivedEntry;
}
