import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../demo/audit/random.js';
import { lineOf, timeOf } from '../../../src/targets/kubernetes-audit-webhook/event-line.js';
import { EventListSplitter } from '../../../src/targets/kubernetes-audit-webhook/event-list.js';

/** Posted by the webhook backend of Kubernetes 1.34, which had the events from its log backend, those of `written`. */
const posted = readFileSync(join(import.meta.dirname, 'posted.json'));
const written = readFileSync(join('test', 'fixtures', 'audit-events.jsonl'), 'utf8')
  .trimEnd()
  .split('\n');

const list = (items: string) =>
  `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[${items}]}\n`;

/** The items of a list that comes in these pieces, and what is wrong with it. */
function split(pieces: readonly (string | Buffer)[], maxItemBytes = 1000) {
  const items: string[] = [];
  const long: { beginning: string; length: number; sha256: string }[] = [];
  const splitter = new EventListSplitter({
    maxItemBytes,
    onItem: (bytes) => items.push(bytes.toString()),
    onLongItem: (beginning, whole) => long.push({ beginning: beginning.toString(), ...whole }),
  });
  let fault: string | undefined;
  try {
    for (const piece of pieces) splitter.push(Buffer.from(piece));
    splitter.end();
  } catch (error) {
    fault = (error as Error).message;
  }
  return { items, long, fault, apiVersion: splitter.apiVersion };
}

describe('a list of events', () => {
  it('has the same items in whatever pieces it comes', () => {
    const whole = split([posted], 100_000);
    expect(whole.items).toHaveLength(written.length);
    const seed = Date.now() % 1_000_000;
    const random = new Random(seed);
    for (let run = 0; run < 50; run++) {
      const pieces: Buffer[] = [];
      for (let at = 0; at < posted.length; ) {
        const end = at + random.between(1, run < 10 ? 3 : 2000);
        pieces.push(posted.subarray(at, end));
        at = end;
      }
      expect(split(pieces, 100_000), `seed ${seed}`).toEqual(whole);
    }
  });

  it.each([
    ['', []],
    [' \n ', []],
    ['{"a":1}', ['{"a":1}']],
    [' {"a":[1,{"b":"]},"}]} ,\n{"c":"\\"}"}', ['{"a":[1,{"b":"]},"}]}', '{"c":"\\"}"}']],
    ['null,42,"a,b",[1,2],true,{}', ['null', '42', '"a,b"', '[1,2]', 'true', '{}']],
    ['{"a":1}},{"b":2}', ['{"a":1}}', '{"b":2}']],
    ['{"a":1],{"b":2}', ['{"a":1]', '{"b":2}']],
    [',,{"b":2},', ['{"b":2}']],
  ])('takes what stands between commas for an item: %s', (items, expected) => {
    expect(split([list(items)])).toMatchObject({
      items: expected,
      fault: undefined,
      apiVersion: 'audit.k8s.io/v1',
    });
  });

  it.each([
    ['', 'the body is not JSON', []],
    ['null', 'not an EventList of audit.k8s.io', []],
    ['[{"kind":"EventList"}]', 'not an EventList of audit.k8s.io', []],
    ['{"kind":"EventList","apiVersion":"audit.k8s.io/v1"}', "the list of events has no 'items'", []],
    [
      '{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":null}',
      "the list of events has no 'items'",
      [],
    ],
    ['{"kind":"PodList","apiVersion":"v1","items":[{}]}', 'not an EventList of audit.k8s.io', []],
    [
      '{"items":[{}],"kind":"EventList","apiVersion":"audit.k8s.io/v1"}',
      'not an EventList of audit.k8s.io',
      [],
    ],
    [
      '{"kind":"EventList","apiVersion":"audit.k8s.io/v1\\"","items":[{}]}',
      'not an EventList of audit.k8s.io',
      [],
    ],
    [list('{"a":1},{"b":').slice(0, -3), 'the list of events has no end', ['{"a":1}', '{"b":']],
    [list('{"a":1}').slice(0, -3), 'the list of events has no end', ['{"a":1}']],
    [list('{"a":1}').slice(0, -2), 'the body is not JSON', ['{"a":1}']],
    [list('{"a":"1},{"b":2}'), 'the list of events has no end', ['{"a":"1},{"b":2}]}']],
    [
      `{"kind":"EventList","metadata":{"x":"${'x'.repeat(5000)}"},"items":[`,
      'not an EventList of audit.k8s.io',
      [],
    ],
  ])('is not one: %s', (body, fault, items) => {
    expect(split([body])).toMatchObject({ items, fault });
  });

  it('keeps of an item that is too long its beginning and its digest', () => {
    const item = `{"a":"${'x'.repeat(3000)}"}`;
    const body = list(`{"b":1},${item},{"c":2}`);
    const halves = [body.slice(0, 2000), body.slice(2000)];
    for (const pieces of [[body], halves]) {
      expect(split(pieces)).toEqual({
        items: ['{"b":1}', '{"c":2}'],
        long: [
          {
            beginning: item.slice(0, 1000),
            length: item.length,
            sha256: createHash('sha256').update(item).digest('hex'),
          },
        ],
        fault: undefined,
        apiVersion: 'audit.k8s.io/v1',
      });
    }
  });
});

describe('the line of an event', () => {
  it('is the one that the API server writes to its log, byte for byte', () => {
    const { items } = split([posted], 100_000);
    expect(items.map((item) => restore(item))).toEqual(written);
  });

  it('tells its time', () => {
    const times = written.map((line) => timeOf(Buffer.from(line)));
    expect(times[0]).toMatchObject({
      seconds: Date.parse('2026-03-02T08:15:04Z') / 1000,
      nanos: 121_950_000,
    });
    expect(times).not.toContain(undefined);
    const received = '{"stageTimestamp":null,"requestReceivedTimestamp":"2026-03-02T08:15:04.5Z"}';
    expect(timeOf(Buffer.from(received))).toMatchObject({ nanos: 500_000_000 });
    expect(timeOf(Buffer.from('{"stageTimestamp":"yesterday"}'))).toBeUndefined();
  });

  it.each([
    ['{}', '{"kind":"Event","apiVersion":"audit.k8s.io/v1"}'],
    ['{"level":"x"}', '{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"x"}'],
    [
      '{"kind":"Event","apiVersion":"audit.k8s.io/v1beta1"}',
      '{"kind":"Event","apiVersion":"audit.k8s.io/v1beta1"}',
    ],
    [
      '{\n  "a": "b  \\" c",\r\n  "d": [ 1, 2 ]\n}',
      '{"kind":"Event","apiVersion":"audit.k8s.io/v1","a":"b  \\" c","d":[1,2]}',
    ],
    [
      '{"n":1e400,"m":12345678901234567890.50}',
      '{"kind":"Event","apiVersion":"audit.k8s.io/v1","n":1e400,"m":12345678901234567890.50}',
    ],
    ['{"a":"\\ud800 \\u0026"}', '{"kind":"Event","apiVersion":"audit.k8s.io/v1","a":"\\ud800 \\u0026"}'],
  ])('has what items of a list lack: %s', (item, line) => {
    expect(restore(item)).toBe(line);
  });

  it.each([
    'null',
    '42',
    '"text"',
    '[{}]',
    '{',
    '{"a":1}}',
    '{"a":tru}',
    '{"a":"b\nc"}',
    '{"a":"\\x"}',
    `{"a":1e1,"b":"${']'.repeat(5000)}","c":${'['.repeat(2000)}${']'.repeat(2000)}}`,
  ])('is none where the item is no JSON object: %s', (item) => {
    expect(restore(item)).toBeUndefined();
  });
});

function restore(item: string): string | undefined {
  const line = lineOf(Buffer.from(item), 'audit.k8s.io/v1');
  if (line === undefined) return undefined;
  expect(line.at(-1)).toBe(0x0a);
  return line.toString('utf8', 0, line.length - 1);
}
