import { appendFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FileRig } from '../../support/file-rig.js';
import { rotateAsLogrotate } from '../../support/rotate.js';

test('what is read, what is there, and that they are gone with the file', async () => {
  const rig = new FileRig();
  const a = rig.path('a.log');
  writeFileSync(a, 'one\ntwo\nthr');
  writeFileSync(rig.path('b.log'), 'one\n');
  await rig.start({ path: '*.log' });
  await expect.poll(() => rig.sink.lines.length).toBe(3);
  const b = rig.path('b.log');
  await expect.poll(() => rig.metric('promtail_read_bytes_total')).toEqual({ [a]: 8, [b]: 4 });
  expect(await rig.metric('promtail_file_bytes_total')).toEqual({ [a]: 11, [b]: 4 });
  expect(await rig.metric('promtail_read_lines_total')).toEqual({ [a]: 2, [b]: 1 });
  expect(await rig.metric('promtail_files_active_total')).toEqual({ '': 2 });
  expect(await rig.metric('promtail_targets_active_total')).toEqual({ '': 1 });

  rmSync(b);
  rig.aheadMs = 60_000;
  await expect.poll(() => rig.metric('promtail_files_active_total')).toEqual({ '': 1 });
  expect(await rig.metric('promtail_read_bytes_total')).toEqual({ [a]: 8 });
  expect(await rig.metric('promtail_file_bytes_total')).toEqual({ [a]: 11 });
  expect(await rig.metric('promtail_read_lines_total')).toEqual({ [a]: 2 });

  await rig.stop();
  expect(await rig.metric('promtail_files_active_total')).toEqual({ '': 0 });
  expect(await rig.metric('promtail_targets_active_total')).toEqual({ '': 0 });
  expect(await rig.metric('promtail_file_bytes_total')).toEqual({});
});

test('how far it is behind, and when rotation will delete what is not read', async () => {
  const rig = new FileRig();
  const path = rig.path('a.log');
  const chunk = `${'x'.repeat(1023)}\n`.repeat(1000);
  // Three files that were rotated a minute apart.
  for (const minutesAgo of [3, 2, 1]) {
    writeFileSync(path, chunk);
    const time = Date.now() / 1000 - minutesAgo * 60;
    utimesSync(path, time, time);
    if (minutesAgo > 1) rotateAsLogrotate(path);
  }
  const back = Promise.withResolvers<void>();
  rig.sink.hold = back.promise;
  rig.sink.settlesAtOnce = false;
  await rig.start({ path: 'a.log' });
  await expect.poll(() => rig.sink.lines.length).toBe(512);
  rotateAsLogrotate(path);
  writeFileSync(path, 'new\n');
  const bytes = { [path]: 488 * 1024 + 4 };
  await expect.poll(() => rig.metric('auditail_backlog_bytes')).toEqual(bytes);
  expect(await rig.metric('auditail_backlog_files')).toEqual({ [path]: 1 });
  expect(await rig.metric('auditail_unacknowledged_bytes')).toEqual({ [path]: 512 * 1024 });
  // The youngest of three, the last rotation a minute ago: after two more and what is left of the third.
  const { [path]: seconds } = await rig.metric('auditail_backlog_pruned_in_seconds');
  expect(seconds).toBeGreaterThan(110);
  expect(seconds).toBeLessThan(121);
  rig.sink.hold = undefined;
  back.resolve();
  await expect.poll(() => rig.sink.lines.at(-1)).toBe('new');
  expect(await rig.metric('auditail_backlog_pruned_in_seconds')).toEqual({});
  appendFileSync(path, 'end\n');
  await expect.poll(() => rig.sink.lines.at(-1)).toBe('end');
});

test('a rotated file that is read as part of another has its size told', async () => {
  const rig = new FileRig();
  const path = rig.path('a.log');
  writeFileSync(path, 'one, long enough to tell\n');
  await rig.start({ path: 'a.log*' });
  await expect.poll(() => rig.sink.lines.length).toBe(1);
  rotateAsLogrotate(path);
  writeFileSync(path, 'two\n');
  await expect.poll(() => rig.metric('promtail_file_bytes_total')).toEqual({ [path]: 4, [`${path}.1`]: 25 });
  expect(rig.targets[0]!.details()).toMatchObject({
    readUnderAnotherPath: [{ path: `${path}.1`, readAs: path }],
  });
});
