import { equalBytes, hashOf, notAscii } from './bytes';
import { ascii, known, Output, outputOf, returning, text } from './outputs';

/** Strings that came more than once, so that JavaScript need not make them again. */
const places = 1024;
const placeShift: u32 = 22;
const maxKnown: usize = 64;
const knownBytes: usize = memory.data(places * 64, 16);
const knownLengths: usize = memory.data(places, 16);
const seenHashes: usize = memory.data(places * 4, 16);

/** Looks at the string of an output that is unread. */
export function read(index: i32): void {
  const output = outputOf(index);
  noteText(output, output.start + 1, output.end - output.start - 2);
}

export function noteText(output: Output, start: usize, length: usize): void {
  const hash = hashOf(start, length);
  if (hash === notAscii) {
    output.kind = text;
    return;
  }
  if (length > maxKnown) {
    output.kind = ascii;
    return;
  }
  const place = hash >>> placeShift;
  const kept = knownBytes + (<usize>place << 6);
  output.place = place;
  if (<usize>load<u8>(knownLengths + place) === length && equalBytes(kept, start, length)) {
    output.kind = known;
    return;
  }
  // Only what comes a second time is kept: so times and ids, which do not come again, push nothing out.
  const seen = seenHashes + (<usize>place << 2);
  if (load<u32>(seen) !== hash) {
    store<u32>(seen, hash);
    output.kind = ascii;
    return;
  }
  output.kind = returning;
}

/** Puts a returning string in the table, in place of another. */
export function keep(index: i32): void {
  const output = outputOf(index);
  const length = output.end - output.start - 2;
  memory.copy(knownBytes + (<usize>output.place << 6), output.start + 1, length);
  store<u8>(knownLengths + output.place, <u8>length);
}
