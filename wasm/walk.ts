/**
 * Walks over one line of JSON and notes where the values of the wanted paths are. AssemblyScript: TypeScript's syntax, compiled to WebAssembly
 * by `npm run wasm`; its other side is src/go/json/walker.ts. The plain version that it must equal is `parseJson` with the paths
 * followed. The same in JavaScript, which has no words of more than 4 bytes, took 1.5 times as long.
 */
import { arenaEnd, take } from './arena';
import { equalBytes } from './bytes';
import { container, escaped, nil, no, nothing, numeric, Output, outputOf, unread, yes } from './outputs';
import { findStringStop, setPurpose, skipBlanks, skipColon, skipOddKey, skipString, skipValue } from './syntax';
import { noteText } from './texts';

/**
 * A key on the way to a wanted path. Behind it stand its first child of each length, guesses at the keys in its object, and its bytes, filled
 * up to sixteens.
 */
@unmanaged
class Node {
  /** The lengths that keys of children have, a bit each; the last for all that are longer. */
  childLengths: u64 = 0;
  /** The next child of the same parent with a key of that length, or as long. */
  next: usize = 0;
  keyLength: usize = 0;
  /** Where its own value goes; -1: it is not wanted. */
  output: i32 = -1;
  /** Its output and those of the nodes below it. */
  firstOutput: i32 = 0;
  endOutput: i32 = 0;
}

/**
 * What key stood at a place of an object the last time. Objects mostly have the same keys in the same order: to see that a key is that one
 * takes a third of the time of finding where it ends and looking it up.
 */
@unmanaged
class Guess {
  /** The key, the quote and the colon behind it. */
  first: u64 = 0;
  second: u64 = 0;
  third: u64 = 0;
  fourth: u64 = 0;
  /** A bit for each of these bytes that counts. */
  needed: u32 = 0;
  length: usize = 0;
  /** The node of the key, if it has one. */
  child: usize = 0;
}

const lengths: usize = 64;
const childrenAt = offsetof<Node>();
const guessesAt = childrenAt + lengths * sizeof<usize>();
const maxGuesses = 24;
const maxGuessed: usize = 32;
const keyAt = guessesAt + maxGuesses * offsetof<Guess>();

/** What a line is scanned for: what values are worth, with the last one of a key that stands twice; where they are; */
export const forPlaces = 1;
/** or what they are worth, with no key standing twice, and no text looked at yet. */
const forPacking = 2;
let purpose = 0;

/** Where the bytes of the next key are to be written; after the last key, those of each line. */
export function room(): usize {
  return arenaEnd() + keyAt;
}

/** Adds a node and gives its address; the bytes of its key stand at `room()`. The one without a parent (0) is the root. */
export function addNode(parent: usize, keyLength: usize, output: i32, firstOutput: i32, endOutput: i32): usize {
  const address = take(keyAt + ((keyLength + 31) & ~15));
  const node = changetype<Node>(address);
  node.childLengths = 0;
  node.next = 0;
  memory.fill(address + childrenAt, 0, lengths * sizeof<usize>());
  for (let place = 0; place < maxGuesses; place++) guessAt(address, place).needed = ~0;
  node.keyLength = keyLength;
  node.output = output;
  node.firstOutput = firstOutput;
  node.endOutput = endOutput;
  if (parent !== 0) {
    const above = changetype<Node>(parent);
    const first = firstChildAt(parent, keyLength);
    above.childLengths |= (<u64>1) << <u64>lengthClass(keyLength);
    node.next = load<usize>(first);
    store<usize>(first, address);
  }
  return address;
}

/** Scans the line from `start` to before `end`, where a newline stands. False: it is left to the full reader. */
export function scan(root: usize, start: usize, end: usize, wanted: i32): bool {
  purpose = wanted;
  setPurpose(wanted === forPlaces, false);
  const at = walk(root, start, end);
  return at === end;
}

/** As `scan`, of a line that ends before `end`: where its newline stands. 0: it is left to the full reader. */
export function scanLine(root: usize, start: usize, end: usize): usize {
  purpose = forPacking;
  setPurpose(false, true);
  const at = walk(root, start, end);
  return at !== 0 && load<u8>(at) === 0x0a ? at : 0;
}

/** Where the line's one object has ended, and the blanks behind it; 0: it has not. */
function walk(root: usize, start: usize, end: usize): usize {
  const node = changetype<Node>(root);
  clear(node);
  let at = skipBlanks(start, end);
  if (load<u8>(at) !== 0x7b) return 0;
  at = scanObject(node, at + 1, end, false);
  return at === 0 ? 0 : skipBlanks(at, end);
}

function clear(node: Node): void {
  for (let i = node.firstOutput; i < node.endOutput; i++) outputOf(i).kind = nothing;
}

@inline
function lengthClass(length: usize): usize {
  return min(length, lengths - 1);
}

@inline
function firstChildAt(node: usize, length: usize): usize {
  return node + childrenAt + lengthClass(length) * sizeof<usize>();
}

/** From after the opening brace. `mayEscape`: keys may have escapes, of what cannot stand in a wanted one. */
function scanObject(node: Node, start: usize, end: usize, mayEscape: bool): usize {
  let at = skipBlanks(start, end);
  let size = 0;
  if (load<u8>(at) === 0x7d) {
    if (node.output >= 0) outputOf(node.output).size = 0;
    return at + 1;
  }
  while (true) {
    if (load<u8>(at) !== 0x22) {
      at = skipBlanks(at, end);
      if (load<u8>(at) !== 0x22) return 0;
    }
    const key = at + 1;
    let child: usize = 0;
    const guess = guessAt(changetype<usize>(node), min(size, maxGuesses - 1));
    if (isGuessed(guess, key)) {
      child = guess.child;
      at = key + guess.length;
    } else {
      at = findStringStop(key);
      if (load<u8>(at) === 0x22) {
        const length = at - key;
        if (((node.childLengths >> <u64>lengthClass(length)) & 1) !== 0) child = findChild(changetype<usize>(node), key, length);
        at++;
        if (load<u8>(at) === 0x3a) noteGuess(guess, key, at + 1 - key, child);
      } else {
        // A key with escapes could be a wanted one in disguise.
        at = mayEscape ? skipOddKey(at) : 0;
        if (at === 0) return 0;
      }
      at = load<u8>(at) === 0x3a ? at + 1 : skipColon(at, end);
      if (at === 0) return 0;
    }
    at = child === 0 ? skipValue(at, end) : scanValue(changetype<Node>(child), at, end);
    if (at === 0) return 0;
    size++;
    if (load<u8>(at) <= 0x20) at = skipBlanks(at, end);
    const after = load<u8>(at++);
    if (after === 0x7d) {
      if (node.output >= 0) outputOf(node.output).size = size;
      return at;
    }
    if (after !== 0x2c) return 0;
  }
}

@inline
function guessAt(node: usize, place: i32): Guess {
  return changetype<Guess>(node + guessesAt + <usize>place * offsetof<Guess>());
}

@inline
function isGuessed(guess: Guess, key: usize): bool {
  const text = changetype<usize>(guess);
  const low = i8x16.bitmask(i8x16.eq(v128.load(key), v128.load(text)));
  const high = i8x16.bitmask(i8x16.eq(v128.load(key, 16), v128.load(text, 16)));
  return ((<u32>low | (<u32>high << 16)) & guess.needed) === guess.needed;
}

function noteGuess(guess: Guess, key: usize, length: usize, child: usize): void {
  if (length >= maxGuessed) return;
  memory.copy(changetype<usize>(guess), key, maxGuessed);
  guess.needed = ((<u32>1) << <u32>length) - 1;
  guess.length = length;
  guess.child = child;
}

function findChild(node: usize, key: usize, length: usize): usize {
  let child = load<usize>(firstChildAt(node, length));
  while (child !== 0) {
    const candidate = changetype<Node>(child);
    if (candidate.keyLength === length && equalBytes(child + keyAt, key, length)) return child;
    child = candidate.next;
  }
  return 0;
}

function scanValue(node: Node, start: usize, end: usize): usize {
  const at = skipBlanks(start, end);
  const isWanted = node.output >= 0;
  if (purpose === 0) {
    // The key may have come before: the last one wins, and what was in the first is gone.
    clear(node);
  } else if (isWanted) {
    if (outputOf(node.output).kind !== nothing) return 0;
    outputOf(node.output).size = 0;
  }
  const first = load<u8>(at);
  if (first === 0x22) return scanString(node.output, at);
  if (first === 0x7b && node.childLengths !== 0) {
    // Keys of annotations come from outside the API server.
    const after = scanObject(node, at + 1, end, purpose === forPlaces);
    if (isWanted) note(node.output, container, at, after);
    return after;
  }
  const after = skipValue(at, end);
  if (isWanted) note(node.output, kindOfValue(first), at, after);
  return after;
}

function kindOfValue(first: u8): i32 {
  switch (first) {
    case 0x7b:
    case 0x5b:
      return container;
    case 0x74:
      return yes;
    case 0x66:
      return no;
    case 0x6e:
      return nil;
    default:
      return numeric;
  }
}

@inline
function note(index: i32, kind: i32, start: usize, end: usize): void {
  const output = outputOf(index);
  output.kind = kind;
  output.start = start;
  output.end = end;
}

/** From the opening quote. */
function scanString(index: i32, at: usize): usize {
  const stop = findStringStop(at + 1);
  const isPlain = load<u8>(stop) === 0x22;
  const after = isPlain ? stop + 1 : skipString(stop);
  if (index >= 0) {
    note(index, isPlain ? unread : escaped, at, after);
    // Of the others, few texts are asked for.
    if (isPlain && purpose === 0) noteText(outputOf(index), at + 1, stop - at - 1);
  }
  return after;
}
