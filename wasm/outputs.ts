/** What the walk over a line has found. */

/** What is at a path: a kind, and where it starts and ends, as addresses; strings with their quotes. */
@unmanaged
export class Output {
  kind: i32 = 0;
  start: usize = 0;
  end: usize = 0;
  /** Of a string: in the table. */
  place: i32 = 0;
  /** Of an object that paths lead into: how many members it has. */
  size: i32 = 0;
}

export const nothing = 0;
/** A string that is in the table. */
export const known = 1;
/** A string of ASCII without escapes. */
export const ascii = 2;
/** The same; it came before, and may be kept. */
export const returning = 3;
/** A string with other characters, without escapes. */
export const text = 4;
/** A string with escapes. */
export const escaped = 5;
export const numeric = 6;
export const yes = 7;
export const no = 8;
/** An object or an array. */
export const container = 9;
export const nil = 10;
/** A string without escapes, not looked at yet. */
export const unread = 11;

const maxOutputs = 512;
const outputs: usize = memory.data(maxOutputs * 20, 16);

export function outputsAt(): usize {
  return outputs;
}

@inline
export function outputOf(index: i32): Output {
  return changetype<Output>(outputs + <usize>index * 20);
}
