import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { anyClient } from '../src/client/any-client.js';
import type { ClientOptions } from '../src/client/kinds.js';
import { paintFor } from '../src/colours.js';
import { DryRun } from '../src/dry-run.js';
import { parseConfigText } from '../src/fields/node.js';
import { Problems } from '../src/fields/problems.js';
import { entriesOf } from './support/entries.js';

function client(yaml: string): ClientOptions {
  const problems = new Problems('');
  const options = anyClient.decode(parseConfigText(yaml, problems), problems);
  problems.throwIfAny();
  return options;
}

it('prints the clients and then each entry, and settles it', async () => {
  const out = new PassThrough();
  const printed = text(out);
  const clients = [
    client('{url: "http://me:pw@loki/push", external_labels: {a: b}}'),
    client('{url: http://b/push}'),
  ];
  const dryRun = new DryRun(clients, out, paintFor({}, {}));
  const { entries, settled } = entriesOf(['one\ttwo', 'bad \udcff'], { job: 'x', __tenant_id__: 't' });
  Object.assign(entries[0]!, { seconds: 1_700_000_000, nanos: 120_000_000 });
  Object.assign(entries[1]!, { seconds: 1_700_000_000, nanos: 0 });
  await dryRun.push(entries);
  out.end();
  const [heading, ...lines] = (await printed).split('\n');
  expect(heading).toBe('Clients configured:');
  expect(lines[0]).toBe('----------------------');
  expect(lines[1]).toBe('url: http://me:%2A%2A%2A%2A%2A%2A%2A%2A@loki/push');
  expect(lines).toContain('  a: b');
  expect(lines.filter((line) => line === '----------------------')).toHaveLength(2);
  expect(lines.slice(-4)).toEqual([
    '',
    expect.stringMatching(
      /^2023-11-1\dT\d\d:\d\d:20\.12[+-]\d{4}\t\{__tenant_id__="t", job="x"\}\tone\ttwo$/,
    ),
    expect.stringMatching(/^2023-11-1\dT\d\d:\d\d:20[+-]\d{4}\t\{__tenant_id__="t", job="x"\}\tbad .$/),
    '',
  ]);
  expect(settled()).toBe(2);
});

it('waits until what it prints is taken', async () => {
  const out = new PassThrough({ highWaterMark: 100 });
  const dryRun = new DryRun([], out, paintFor({}, {}));
  const room = dryRun.push(entriesOf(['x'.repeat(200)]).entries);
  expect(room).toBeInstanceOf(Promise);
  out.resume();
  await room;
});

it('has colours on a terminal only, and not when they are not wanted', () => {
  expect(paintFor({ isTTY: true }, {})('blue', 'x')).toBe('\x1b[34mx\x1b[0m');
  expect(paintFor({ isTTY: true }, { NO_COLOR: '1' })('blue', 'x')).toBe('x');
  expect(paintFor({}, {})('blue', 'x')).toBe('x');
});
