import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** What `journalctl` said before it ended, at most. */
const maxMessageLength = 1000;

/**
 * Runs `journalctl` and hands on what it writes, until it ends or the signal is raised. Throws when it cannot be run, and when it ends
 * by itself, which it should not.
 */
export async function runJournalctl(
  args: readonly string[],
  signal: AbortSignal,
  onStarted: () => void,
  take: (chunk: Buffer) => Promise<void>,
): Promise<void> {
  const child = spawn('journalctl', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close') as Promise<[code: number | null, signal: string | null]>;
  ended.catch(() => {});
  let message = '';
  child.stderr.on('data', (chunk: Buffer) => {
    message = (message + chunk.toString()).slice(-maxMessageLength);
  });
  child.once('spawn', onStarted);
  const kill = () => child.kill();
  signal.addEventListener('abort', kill, { once: true });
  try {
    for await (const chunk of child.stdout) await take(chunk as Buffer);
    const [code, by] = await ended;
    if (!signal.aborted) throw new Error(`journalctl ended with ${code ?? by}: ${message.trim()}`);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? notInstalled(error) : error;
  } finally {
    kill();
    signal.removeEventListener('abort', kill);
    await ended.catch(() => {});
  }
}

function notInstalled(cause: unknown): Error {
  return new Error(
    'there is no journalctl, which the journal is read with: it comes with systemd, and an image has to bring it along',
    { cause },
  );
}
