import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { obstacleTo } from '../../src/preflight/access.js';
import { isMountPoint } from '../../src/preflight/mount-points.js';
import { RateMeter } from '../../src/preflight/rate-meter.js';
import { tempDir } from '../support/temp-dir.js';

it('knows what is mounted by itself', async () => {
  const dir = tempDir();
  writeFileSync(join(dir, 'file'), '');
  expect(await isMountPoint('/proc')).toBe(true);
  expect(await isMountPoint(join(dir, 'file'))).toBe(false);
  expect(await isMountPoint('/nowhere')).toBe(false);
});

describe('access', () => {
  const uid = process.getuid!();
  const gid = process.getgid!();

  it.each<[number, { uid: number; gids: number[] }, boolean]>([
    [0o600, { uid, gids: [] }, true],
    [0o600, { uid: 12_345, gids: [gid] }, false],
    [0o640, { uid: 12_345, gids: [1, gid] }, true],
    [0o604, { uid: 12_345, gids: [] }, true],
    // The group has its own say, even if others may.
    [0o604, { uid: 12_345, gids: [gid] }, false],
    [0o000, { uid: 0, gids: [] }, true],
  ])('to a file of mode %i as %j: %s', async (mode, user, expected) => {
    const dir = tempDir();
    chmodSync(dir, 0o755);
    const file = join(dir, 'file');
    writeFileSync(file, '');
    chmodSync(file, mode);
    const obstacle = await obstacleTo('read', file, user);
    expect(obstacle === undefined).toBe(expected);
    expect(await obstacleTo('write', join(dir, 'none'), user)).toEqual({
      kind: 'missing',
      path: join(dir, 'none'),
    });
  });
});

describe('a rate', () => {
  it('may be over the limit for as long as there are tokens', () => {
    const meter = new RateMeter(10, 30);
    for (const second of [0, 1]) meter.add(second, 20);
    expect([meter.refusedBytes, meter.peak]).toEqual([0, 20]);
    for (const second of [2, 3, 4, 5]) meter.add(second, 20);
    expect(meter.refusedBytes).toBe(40);
  });

  it('without a limit refuses nothing', () => {
    const meter = new RateMeter(0, 0);
    meter.add(1, 5);
    meter.add(1, 6);
    meter.add(9, 1);
    expect([meter.refusedBytes, meter.peak]).toEqual([0, 11]);
  });
});
