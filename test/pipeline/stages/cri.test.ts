import { expect, it } from 'vitest';
import type { Entry } from '../../../src/entry/entry.js';
import { Line } from '../../../src/entry/line.js';
import { decodeText } from '../../../src/entry/text.js';
import { chunkOf, decodeStages, runStages, stagesOf } from '../../support/stages.js';

const cri = '[{ cri: {} }]';
const time = '2024-05-01T10:00:00.5Z';

const linesOf = (entries: Entry[] | Promise<Entry[]>) => (entries as Entry[]).map(({ line }) => line.text);

it('settles all parts of a line when the line is', () => {
  const { stages } = stagesOf(cri);
  const first = chunkOf([`${time} stdout P a`, `${time} stdout P b`]);
  const second = chunkOf([`${time} stdout F c`]);
  expect(stages.process(first.entries)).toEqual([]);
  first.wipe();
  const [joined] = stages.process(second.entries) as Entry[];
  expect(joined!.line.text).toBe('abc');
  expect([first.settled(), second.settled()]).toEqual([0, 0]);
  joined!.ack.done(joined!.lines);
  expect([first.settled(), second.settled()]).toEqual([2, 1]);
});

it('leaves parts without an end unsettled, so that they are read again', async () => {
  const { out, settled } = await runStages(cri, [`${time} stdout P a`]);
  expect(out).toEqual([]);
  expect(settled()).toBe(0);
});

it('joins a character that the runtime has split', () => {
  const euro = Buffer.from('€');
  const part = (flag: string, bytes: Buffer) =>
    decodeText(Buffer.concat([Buffer.from(`${time} stdout ${flag} `), bytes]));
  const { stages } = stagesOf('[{ cri: {} }, { regex: { expression: "^(?P<sign>.)$" } }]');
  const { entries } = chunkOf([part('P', euro.subarray(0, 1)), part('F', euro.subarray(1))]);
  const [joined] = stages.process(entries) as Entry[];
  expect(joined!.line.text).toBe('€');
  expect(joined!.extracted!.get('sign')).toBe('€');
});

it('reads the same from bytes and from text', () => {
  const lines = [
    `${time} stdout F x y`,
    `${time} stderr F `,
    `${time} stdout F`,
    `${time}  stdout F x`,
    `${time} stdin F x`,
    ` stdout F x`,
    `a\tb stdout F x`,
    `${time} stdout F\tG x`,
    `${time} stdout F:a x`,
    '',
    'plain',
  ];
  const read = (process: (entries: Entry[]) => void) => {
    const { entries } = chunkOf(lines);
    process(entries);
    const out = stagesOf(cri).stages.process(entries) as Entry[];
    return out.map(({ labels, line, extracted }) => [labels.stream, line.text, [...extracted!.entries()]]);
  };
  const fromBytes = read(() => {});
  const fromText = read((entries) => {
    for (const entry of entries) entry.line = Line.ofText(entry.line.text);
  });
  expect(fromText).toEqual(fromBytes);
  expect(linesOf(stagesOf(cri).stages.process(chunkOf(lines).entries)).slice(0, 3)).toEqual([
    'x y',
    '',
    `${time} stdout F`,
  ]);
});

it('refuses to cut lines at a negative size, where Promtail dies of the first part', () => {
  const { problems } = decodeStages(
    '[{ cri: { max_partial_line_size: -1, max_partial_line_size_truncate: true } }]',
  );
  expect(problems.errors.map(({ message }) => message)).toEqual([
    "'max_partial_line_size' may not be negative",
  ]);
  expect(decodeStages('[{ cri: { max_partial_line_size: -1 } }]').problems.errors).toEqual([]);
});
