import { execFileSync } from 'node:child_process';

/** Bundles the agent once before any test, as the scenario tests run it as a process. */
export default function buildOnce(): void {
  execFileSync(process.execPath, ['scripts/build.ts'], { stdio: 'inherit' });
}
