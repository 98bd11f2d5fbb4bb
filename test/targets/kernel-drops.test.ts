import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { kernelDrops } from '../../src/targets/kernel-drops.js';
import { tempDir } from '../support/temp-dir.js';

const table = `
   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
 1274: 0100007F:05EA 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 35221 2 0000000000000000 12
 2312: 00000000:0202 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 35222 2 0000000000000000 7
`;

it('finds what the kernel has dropped for a port', async () => {
  const path = join(tempDir(), 'udp');
  writeFileSync(path, table);
  expect(await kernelDrops(1514, [path, path])).toBe(24);
  expect(await kernelDrops(514, [path])).toBe(7);
  expect(await kernelDrops(9999, [path])).toBeUndefined();
  expect(await kernelDrops(514, ['/nowhere'])).toBeUndefined();
});
