import { open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Replaces a file by one with this text, whole or not at all: whoever reads it, now or after a power loss, finds the old text or the
 * new. A new file is for its owner only (0600); an existing one keeps its mode.
 */
export async function writeWhole(path: string, text: string): Promise<void> {
  const directory = dirname(path);
  // One name, so that what a crash leaves behind is overwritten by the next write.
  const temporary = join(directory, `.${basename(path)}.new`);
  const mode = await modeOf(path);
  const file = await open(temporary, 'w', mode);
  try {
    try {
      await file.chmod(mode);
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncDirectory(directory);
}

async function modeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).mode & 0o7777;
  } catch {
    return 0o600;
  }
}

/** Makes the rename itself last. Some file systems refuse; there the next write does. */
async function syncDirectory(directory: string): Promise<void> {
  try {
    const handle = await open(directory, 'r');
    await handle.sync().finally(() => handle.close());
  } catch {}
}
