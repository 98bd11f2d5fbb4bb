import { expect, test } from 'vitest';
import type { RotatedFile } from '../../../src/targets/file/family.js';
import { prunedInSeconds } from '../../../src/targets/file/pruning.js';
import { parseRotatedName } from '../../../src/targets/file/rotated-name.js';

const nowMs = Date.UTC(2026, 0, 2, 3, 4, 5);

/** Compressed ones, one a minute, the last a minute ago. */
function rotatedFiles(count: number): RotatedFile[] {
  return Array.from({ length: count }, (_, i) => {
    const name = parseRotatedName(`audit.log.${count - i}.gz`)!;
    const modifiedMs = nowMs - (count - i) * 60_000;
    return { path: '', name, look: { dev: '1', ino: `${i}`, bornMs: 0, size: 1, modifiedMs } };
  });
}

test.each([
  ['none is unread', 0, 4, undefined],
  ['the youngest is unread: when three more were rotated, and what is left of the fourth', 1, 4, 180],
  ['all are unread', 4, 4, 0],
  ['one is unread that is deleted already', 5, 4, 0],
  ['one is not enough to tell a pace', 1, 1, undefined],
])('%s', (_, unread, count, seconds) => {
  expect(prunedInSeconds(unread, rotatedFiles(count), nowMs)).toBe(seconds);
});
