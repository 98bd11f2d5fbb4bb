/** The value in the positions file is of no use for a file. */
export class PositionError extends Error {
  override readonly name = 'PositionError';
  readonly code = 'EPOSITION';
}

/** What positions.yaml says of a file. */
export function parseOffset(path: string, value: string): number {
  if (!/^\d+$/.test(value))
    throw new PositionError(`the position of ${path} is not an offset: ${JSON.stringify(value)}`);
  return Number(value);
}
