import type { Logger } from 'pino';
import { lookAtFamily } from './family.js';

/** The value in the positions file is of no use for a file. */
export class PositionError extends Error {
  override readonly name = 'PositionError';
  readonly code = 'EPOSITION';
}

/** Where to begin when all that is known is an offset: a Promtail's, or one that somebody wrote. As Promtail does. */
export async function offsetByPath(path: string, size: number, value: string, log: Logger): Promise<number> {
  if (!/^\d+$/.test(value))
    throw new PositionError(`the position of ${path} is not an offset: ${JSON.stringify(value)}`);
  const offset = Number(value);
  if (offset <= size) return offset;
  const rotated = await lookAtFamily(path);
  const sibling = rotated.findLast((file) => !file.name.isCompressed && file.look.size >= offset)?.path;
  log.warn(
    { path, offset, size, ...(sibling === undefined ? {} : { sibling }) },
    'the file is smaller than its saved offset: it was cut or replaced; reading it from its start',
  );
  return 0;
}
