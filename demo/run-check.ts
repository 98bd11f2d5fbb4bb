import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const agentFile = fileURLToPath(new URL('../dist/auditail.js', import.meta.url));

export interface CheckOptions {
  readonly configFile: string;
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Runs `auditail preflight` or `auditail verify` to its end, and gives what it printed. Throws when it could not do its work. */
export async function runCheck(
  name: 'preflight' | 'verify',
  { configFile, flags, env }: CheckOptions,
): Promise<string[]> {
  const child = spawn(process.execPath, [agentFile, name, `-config.file=${configFile}`, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    // Out of reach of the terminal's Ctrl-C, as the agent is.
    detached: true,
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [output, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (code !== 0 && code !== 1) throw new Error(`${name} ended with code ${code}: ${errors.trim()}`);
  return output.trimEnd().split('\n');
}
