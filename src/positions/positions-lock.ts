import { randomUUID } from 'node:crypto';
import { link, lstat, open, rename, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { basename, dirname, join } from 'node:path';

/** Another agent is using the positions file. */
export class PositionsLockedError extends Error {
  override readonly name = 'PositionsLockedError';
}

/**
 * Keeps a second agent from using the same positions file. The lock is a Unix socket `<file>.lock` that somebody listens on: it is gone
 * with its process, however that ends, and it is seen from other containers that share the folder, whatever their process ids.
 * It is not seen from other machines (a shared NFS folder).
 */
export class PositionsLock {
  readonly #server: Server;
  readonly #path: string;

  private constructor(server: Server, path: string) {
    this.#server = server;
    this.#path = path;
  }

  /** Throws a PositionsLockedError when somebody has it; any other error means that no lock can be made there. */
  static async take(filename: string): Promise<PositionsLock> {
    const path = `${filename}.lock`;
    // Not the process id: two containers that share the folder may well both be process 1.
    const own = `${path}.${randomUUID()}`;
    const server = await listen(own);
    try {
      await takeName(own, path, filename);
      return new PositionsLock(server, path);
    } catch (error) {
      server.close();
      throw error;
    } finally {
      await rm(own, { force: true });
    }
  }

  async release(): Promise<void> {
    await rm(this.#path, { force: true });
    await new Promise((done) => this.#server.close(done));
  }
}

/** Gives our socket the lock's name. `link` does so for one of several at once; who is dead loses it first. */
async function takeName(own: string, path: string, filename: string): Promise<void> {
  for (let attempt = 0; attempt < 3; attempt++) {
    if (await linked(own, path)) return;
    if (await isAlive(path)) throw lockedError(filename);
    await removeDead(path, own, filename);
  }
  throw lockedError(filename);
}

function lockedError(filename: string): PositionsLockedError {
  return new PositionsLockedError(
    `another agent is using the positions file ${filename}; give each agent a positions file of its own`,
  );
}

async function removeDead(path: string, own: string, filename: string): Promise<void> {
  const taken = `${own}.dead`;
  try {
    await rename(path, taken);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  // Another agent may have taken the lock between our question and the rename: then it gets it back.
  const wasAlive = await isAlive(taken);
  if (wasAlive) await linked(taken, path);
  await rm(taken, { force: true });
  if (wasAlive) throw lockedError(filename);
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function isAlive(path: string): Promise<boolean> {
  const isSocket = await lstat(path).then(
    (found) => found.isSocket(),
    () => false,
  );
  if (!isSocket) return false;
  return withShortPath(path, (short) => {
    return new Promise((resolve) => {
      const socket = connect(short);
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
      // A busy listener (EAGAIN) lives; one that is gone refuses.
      socket.once('error', (error: NodeJS.ErrnoException) =>
        resolve(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT'),
      );
    });
  });
}

async function listen(path: string): Promise<Server> {
  await rm(path, { force: true });
  const server = createServer((socket) => socket.destroy());
  await withShortPath(path, (short) => {
    return new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ path: short }, resolve);
    });
  });
  return server.unref();
}

/** The kernel takes at most 107 bytes for a socket's path; through the folder's descriptor any path is short enough. */
async function withShortPath<T>(path: string, use: (short: string) => Promise<T>): Promise<T> {
  if (Buffer.byteLength(path) < 100 || process.platform !== 'linux') return use(path);
  const directory = await open(dirname(path), 'r');
  try {
    return await use(join(`/proc/self/fd/${directory.fd}`, basename(path)));
  } finally {
    await directory.close();
  }
}
