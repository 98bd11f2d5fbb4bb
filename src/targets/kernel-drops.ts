import { readFile } from 'node:fs/promises';

const usualTables: readonly string[] = ['/proc/net/udp', '/proc/net/udp6'];

/**
 * How many datagrams the kernel has dropped for the sockets of this port, as their buffers were full; undefined where it does not tell:
 * Linux does.
 */
export async function kernelDrops(port: number, tables = usualTables): Promise<number | undefined> {
  const texts = await Promise.all(tables.map((path) => readFile(path, 'utf8').catch(() => '')));
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const drops = texts
    .flatMap((text) => text.split('\n').map((line) => line.trim().split(/\s+/)))
    .filter((fields) => fields[1]?.endsWith(local))
    .map((fields) => Number(fields.at(-1)));
  return drops.length === 0 ? undefined : drops.reduce((sum, count) => sum + count, 0);
}
