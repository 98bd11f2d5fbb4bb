import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that goes with the scope. */
export function scratchDir(scope: AsyncDisposableStack): string {
  const dir = mkdtempSync(join(tmpdir(), 'auditail-fault-extra-'));
  scope.defer(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}
