import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LocalDisks } from '../../../src/targets/file/local-disks.js';
import { tempDir } from '../../support/temp-dir.js';

const deviceOf = (path: string) => String(statSync(path, { bigint: true }).dev);

test('a disk in memory answers at once; of what is no disk that is not known', async () => {
  const disks = new LocalDisks();
  expect(await disks.has(deviceOf('/dev/shm'), '/dev/shm')).toBe(true);
  expect(await disks.has(deviceOf('/proc'), '/proc')).toBe(false);
});

test('what is gone when it is asked for is asked for again', async () => {
  const disks = new LocalDisks();
  const device = deviceOf('/dev/shm');
  expect(await disks.has(device, join(tempDir(), 'gone'))).toBe(false);
  expect(await disks.has(device, '/dev/shm')).toBe(true);
});
