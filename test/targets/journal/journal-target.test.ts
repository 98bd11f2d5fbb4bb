import { readdirSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { journal } from '../../../src/targets/journal/journal-target.js';
import { JournalWriter } from '../../support/journal-writer.js';
import { decodeOptions, TargetRig } from '../../support/target-rig.js';
import { tempDir } from '../../support/temp-dir.js';

const rules = `
- source_labels: [__journal__systemd_unit]
  target_label: unit
- source_labels: [__journal_priority_keyword]
  target_label: level
`;

const unit = { _SYSTEMD_UNIT: 'app.service' };

function startWriter(dir: string, name?: string): JournalWriter {
  const writer = new JournalWriter(dir, name);
  onTestFinished(() => writer.close());
  return writer;
}

it('follows the journal, with labels, times and bytes as they are', async () => {
  const dir = tempDir();
  const rig = new TargetRig();
  const writer = startWriter(dir);
  writer.write({ ...unit, PRIORITY: '3', MESSAGE: 'first' }, 1_795_000_000_123.456);
  writer.write({ ...unit, PRIORITY: 'x', MESSAGE: Buffer.from([0x61, 0x0a, 0xff, 0x62]) });
  await rig.start(journal, `{path: '${dir}', max_age: 100000h, labels: {job: j}}`, rules);
  await rig.expectLines(['first', 'a\n\udcffb']);
  expect(rig.sink.received.map(({ labels }) => labels)).toEqual([
    '{job="j", level="error", unit="app.service"}',
    '{job="j", level="x", unit="app.service"}',
  ]);
  expect(rig.sink.received[0]!.time).toBe(1_795_000_000_123_456_000n);
  writer.write({ ...unit, MESSAGE: 'later' });
  await rig.expectLines(['first', 'a\n\udcffb', 'later']);
  expect(await rig.metric('promtail_journal_target_lines_total')).toEqual({ '': 3 });
});

it('goes on behind the last settled entry after a restart', async () => {
  const dir = tempDir();
  const rig = new TargetRig();
  const writer = startWriter(dir);
  const config = `{path: '${dir}'}`;
  writer.write({ ...unit, MESSAGE: 'one' });
  writer.write({ ...unit, MESSAGE: 'two' });
  await rig.start(journal, config, rules);
  await rig.expectLines(['one', 'two']);
  await rig.stop();
  writer.write({ ...unit, MESSAGE: 'three' });
  rig.sink.settlesAtOnce = false;
  await rig.start(journal, config, rules);
  await rig.expectLines(['one', 'two', 'three']);
  await rig.stop();
  await rig.start(journal, config, rules);
  await rig.expectLines(['one', 'two', 'three', 'three']);
});

it('loses nothing when the entry of the cursor is gone', async () => {
  const rig = new TargetRig();
  const before = tempDir();
  const old = startWriter(before);
  old.write({ ...unit, MESSAGE: 'old' }, Date.now() - 2000);
  await rig.start(journal, `{path: '${before}'}`, rules);
  await rig.expectLines(['old']);
  await rig.stop();
  const after = tempDir();
  const writer = startWriter(after);
  writer.write({ ...unit, MESSAGE: 'new' });
  await rig.start(journal, `{path: '${after}'}`, rules);
  await rig.expectLines(['old', 'new']);
});

it('leaves out what is older than max_age, also behind a cursor that is', async () => {
  const dir = tempDir();
  const rig = new TargetRig();
  const writer = startWriter(dir);
  const minutesAgo = (minutes: number) => Date.now() - minutes * 60_000;
  writer.write({ ...unit, MESSAGE: 'a' }, minutesAgo(50));
  writer.write({ ...unit, MESSAGE: 'b' }, minutesAgo(40));
  writer.write({ ...unit, MESSAGE: 'c' }, minutesAgo(5));
  await rig.start(journal, `{path: '${dir}', max_age: 45m, matches: MESSAGE=b}`, rules);
  await rig.expectLines(['b']);
  await rig.stop();
  await rig.start(journal, `{path: '${dir}', max_age: 10m}`, rules);
  await rig.expectLines(['b', 'c']);
});

it('gives whole entries as JSON, and reads only what matches', async () => {
  const dir = tempDir();
  const rig = new TargetRig();
  const writer = startWriter(dir);
  writer.write({ ...unit, MESSAGE: 'x' });
  writer.write({ _SYSTEMD_UNIT: 'other.service', PRIORITY: '6', MESSAGE: '<é>' });
  writer.write({ _SYSTEMD_UNIT: 'third.service', MESSAGE: 'z' });
  await rig.start(
    journal,
    `{path: '${dir}', json: true, matches: '_SYSTEMD_UNIT=other.service _SYSTEMD_UNIT=third.service PRIORITY=6'}`,
    rules,
  );
  await rig.expectLines([
    '{"MESSAGE":"\\u003cé\\u003e","PRIORITY":"6","_BOOT_ID":"0123456789abcdef0123456789abcdef","_SYSTEMD_UNIT":"other.service"}',
  ]);
});

it('skips entries without a message or without labels, counts them, and moves on behind them', async () => {
  const dir = tempDir();
  const rig = new TargetRig();
  const writer = startWriter(dir);
  writer.write({ ...unit, SYSLOG_IDENTIFIER: 'x' });
  writer.write({ MESSAGE: 'no unit' });
  await expect.poll(() => readdirSync(dir)).not.toEqual([]);
  await rig.start(journal, `{path: '${dir}'}`, rules);
  await expect
    .poll(() => rig.metric('promtail_journal_target_parsing_errors_total'))
    .toEqual({ no_message: 1, empty_labels: 1 });
  expect(rig.positions.get('cursor-job')).toContain('i=2;');
});

it('tells when there is no journalctl, and starts when there is', async () => {
  const rig = new TargetRig();
  const path = process.env.PATH;
  process.env.PATH = '/nowhere';
  onTestFinished(() => {
    process.env.PATH = path;
  });
  const dir = tempDir();
  const target = await rig.start(journal, `{path: '${dir}'}`, rules);
  await expect.poll(() => JSON.stringify(rig.logged)).toContain('there is no journalctl');
  expect(target.isReady).toBe(false);
  process.env.PATH = path;
  await expect.poll(() => target.isReady, { timeout: 10_000 }).toBe(true);
});

it('tells what is wrong with its options', () => {
  const decode = (text: string) => () => decodeOptions(journal, text);
  expect(decode('{max_age: 7x}')).toThrow('max_age');
  expect(decode('{matches: "A=b=c"}')).toThrow("Error parsing journal reader 'matches' config value");
  expect(decode('{matches: "A=b + C=d"}')).toThrow('"+"');
  expect(decode('{matches: "--flush"}')).toThrow("'matches'");
});
