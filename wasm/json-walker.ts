/**
 * Walks over one line of JSON, sixteen bytes at a time, and notes where the values of the wanted paths are. AssemblyScript: TypeScript's
 * syntax, compiled to WebAssembly by `npm run wasm`; its other side is src/go/json/field-scanner.ts. The plain version that it must equal
 * is `parseJson` with the paths followed. The same in JavaScript, which has no words of more than 4 bytes, took 1.5 times as long.
 *
 * Functions that walk take the address where their part begins and give the address after it, or 0 when it is not the plain JSON on
 * which all readers agree: the caller then lets the full reader decide. After the line stands a newline: it can be part of no token, so
 * the end need not be looked for.
 */

/** What is at a path: a kind, and where it starts and ends, as addresses; strings with their quotes. */
@unmanaged
class Output {
  kind: i32 = 0;
  start: usize = 0;
  end: usize = 0;
  /** Of a string: in the table. */
  place: i32 = 0;
  /** Of an object that paths lead into: how many members it has. */
  size: i32 = 0;
}

const nothing = 0;
/** A string that is in the table. */
const known = 1;
/** A string of ASCII without escapes. */
const ascii = 2;
/** The same; it came before, and may be kept. */
const returning = 3;
/** A string with other characters, without escapes. */
const text = 4;
/** A string with escapes. */
const escaped = 5;
const numeric = 6;
const yes = 7;
const no = 8;
/** An object or an array. */
const container = 9;
const nil = 10;
/** A string without escapes, not looked at yet. */
const unread = 11;

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

const maxOutputs = 512;
const outputs: usize = memory.data(maxOutputs * 20, 16);

/** Strings that came more than once, so that JavaScript need not make them again. */
const places = 1024;
const placeShift: u32 = 22;
const maxKnown: usize = 64;
const knownBytes: usize = memory.data(places * 64, 16);
const knownLengths: usize = memory.data(places, 16);
const seenHashes: usize = memory.data(places * 4, 16);

const maxDepth = 10_000;
const closers: usize = memory.data(maxDepth, 16);
/** Up to here readers agree about what a value is worth. */
const maxPlainDepth = 256;
const maxPlainNumber: usize = 200;

/** It only matters where the values are. Then nothing may stand twice, or in disguise; but what a value is worth need not be agreed upon. */
let onlyPlaces: bool = false;

let top: usize = (__heap_base + 15) & ~15;

/** Where the bytes of the next key are to be written; after the last key, those of each line. */
export function room(): usize {
  return top + keyAt;
}

export function outputsAt(): usize {
  return outputs;
}

/** Adds a node and gives its address; the bytes of its key stand at `room()`. The one without a parent (0) is the root. */
export function addNode(parent: usize, keyLength: usize, output: i32, firstOutput: i32, endOutput: i32): usize {
  const node = changetype<Node>(top);
  node.childLengths = 0;
  node.next = 0;
  memory.fill(top + childrenAt, 0, lengths * sizeof<usize>());
  for (let place = 0; place < maxGuesses; place++) guessAt(top, place).needed = ~0;
  node.keyLength = keyLength;
  node.output = output;
  node.firstOutput = firstOutput;
  node.endOutput = endOutput;
  if (parent !== 0) {
    const above = changetype<Node>(parent);
    const first = firstChildAt(parent, keyLength);
    above.childLengths |= (<u64>1) << <u64>lengthClass(keyLength);
    node.next = load<usize>(first);
    store<usize>(first, top);
  }
  const address = top;
  top += keyAt + ((keyLength + 31) & ~15);
  return address;
}

/** Scans the line from `start` to before `end`, where a newline stands. False: it is left to the full reader. */
export function scan(root: usize, start: usize, end: usize, places: bool): bool {
  onlyPlaces = places;
  const node = changetype<Node>(root);
  clear(node);
  let at = skipBlanks(start, end);
  if (load<u8>(at) !== 0x7b) return false;
  at = scanObject(node, at + 1, end, false);
  return at !== 0 && skipBlanks(at, end) === end;
}

function clear(node: Node): void {
  for (let i = node.firstOutput; i < node.endOutput; i++) outputOf(i).kind = nothing;
}

@inline
function outputOf(index: i32): Output {
  return changetype<Output>(outputs + <usize>index * 20);
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
  if (!onlyPlaces) {
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
    const after = scanObject(node, at + 1, end, onlyPlaces);
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
    // Who looks for places asks for the texts of few.
    if (isPlain && !onlyPlaces) noteText(outputOf(index), at + 1, stop - at - 1);
  }
  return after;
}

/** Looks at the string of an output that is unread. */
export function read(index: i32): void {
  const output = outputOf(index);
  noteText(output, output.start + 1, output.end - output.start - 2);
}

function noteText(output: Output, start: usize, length: usize): void {
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

/** No hash is this one: it stands for bytes that are not all ASCII. */
const notAscii: u32 = 0;
/** 2^64 over the golden ratio, odd. */
const multiplier: u64 = 0x9e3779b97f4a7c15;

/** Its upper bits are the best ones. What stands after the bytes does not count. */
function hashOf(start: usize, length: usize): u32 {
  let hash: u64 = length;
  let union: u64 = 0;
  let at = start;
  const last = start + length;
  for (; at + 8 <= last; at += 8) {
    const word = load<u64>(at);
    hash = mixed(hash ^ word);
    union |= word;
  }
  if (at < last) {
    const word = load<u64>(at) & (((<u64>1) << ((<u64>(last - at)) << 3)) - 1);
    hash = mixed(hash ^ word);
    union |= word;
  }
  return (union & 0x8080808080808080) === 0 ? <u32>(mixed(hash) >>> 32) | 1 : notAscii;
}

@inline
function mixed(word: u64): u64 {
  const product = word * multiplier;
  return product ^ (product >>> 32);
}

/** May read up to 15 bytes past either. */
function equalBytes(left: usize, right: usize, length: usize): bool {
  let done: usize = 0;
  for (; done + 16 <= length; done += 16) {
    if (!i8x16.all_true(i8x16.eq(v128.load(left + done), v128.load(right + done)))) return false;
  }
  const rest = <u32>(length - done);
  if (rest === 0) return true;
  const equal = i8x16.bitmask(i8x16.eq(v128.load(left + done), v128.load(right + done)));
  return ctz(~equal) >= <i32>rest;
}

/** The first quote, backslash or control character. There is one: the newline after the line. */
@inline
function findStringStop(at: usize): usize {
  while (true) {
    const block = v128.load(at);
    const stops = v128.or(
      v128.or(i8x16.eq(block, i8x16.splat(0x22)), i8x16.eq(block, i8x16.splat(0x5c))),
      i8x16.lt_u(block, i8x16.splat(0x20)),
    );
    const mask = i8x16.bitmask(stops);
    if (mask !== 0) return at + ctz(mask);
    at += 16;
  }
}

/** A value and the blanks before it. */
function skipValue(start: usize, end: usize): usize {
  let at = start;
  if (load<u8>(at) <= 0x20) at = skipBlanks(at, end);
  const first = load<u8>(at);
  if (first === 0x22) return skipString(at + 1);
  if (first === 0x7b || first === 0x5b) return skipContainer(at, end);
  return skipScalar(at);
}

/** From after the opening quote, or from anywhere in the string that is not within an escape. */
@inline
function skipString(at: usize): usize {
  while (true) {
    at = findStringStop(at);
    const stop = load<u8>(at);
    if (stop === 0x22) return at + 1;
    if (stop !== 0x5c) return 0;
    at = skipEscape(at);
    if (at === 0) return 0;
  }
}

/** As `skipString`; 0, too, when an escape could hide that it is the key it is. */
function skipOddKey(start: usize): usize {
  let at = start;
  while (true) {
    at = findStringStop(at);
    const stop = load<u8>(at);
    if (stop === 0x22) return at + 1;
    if (stop !== 0x5c || isDisguise(at)) return 0;
    at = skipEscape(at);
    if (at === 0) return 0;
  }
}

/** Whether a character that needs no escape has one: one of ASCII that can be printed, but `&`, `<` and `>`, which Go writes so. */
function isDisguise(at: usize): bool {
  if (load<u8>(at + 1) === 0x2f) return true;
  // \u00
  if (load<u32>(at) !== 0x3030755c) return false;
  const first = load<u8>(at + 4);
  const second = load<u8>(at + 5) | 0x20;
  if (first < 0x32 || first > 0x37) return false;
  return !(first === 0x32 && second === 0x36) && !(first === 0x33 && (second === 0x63 || second === 0x65));
}

function skipEscape(at: usize): usize {
  switch (load<u8>(at + 1)) {
    case 0x22:
    case 0x5c:
    case 0x2f:
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      return at + 2;
    case 0x75: {
      for (let digit = at + 2; digit < at + 6; digit++) if (!isHexDigit(load<u8>(digit))) return 0;
      return at + 6;
    }
    default:
      return 0;
  }
}

function isHexDigit(byte: u8): bool {
  return isDigit(byte) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
}

/** An object or an array, all levels in one loop. */
function skipContainer(start: usize, end: usize): usize {
  let at = start;
  let depth: usize = 0;
  let isKey = false;
  while (true) {
    const first = load<u8>(at);
    if (first === 0x22) {
      at = skipString(at + 1);
      if (at === 0) return 0;
      if (isKey) {
        at = load<u8>(at) === 0x3a ? at + 1 : skipColon(at, end);
        if (at === 0) return 0;
        isKey = false;
        continue;
      }
    } else if (first <= 0x20) {
      const next = skipBlanks(at, end);
      if (next === at) return 0;
      at = next;
      continue;
    } else if (isKey) {
      return 0;
    } else if (first === 0x7b || first === 0x5b) {
      at = skipBlanks(at + 1, end);
      if (load<u8>(at) !== first + 2) {
        if (depth === (onlyPlaces ? maxDepth : maxPlainDepth)) return 0;
        store<u8>(closers + depth++, first + 2);
        isKey = first === 0x7b;
        continue;
      }
      at++;
    } else {
      at = skipScalar(at);
      if (at === 0) return 0;
    }
    // A value has ended: leave the containers that end with it.
    while (true) {
      if (depth === 0) return at;
      const after = load<u8>(at);
      const closer = load<u8>(closers + depth - 1);
      if (after === 0x2c) {
        isKey = closer === 0x7d;
        at++;
        break;
      }
      if (after === closer) {
        depth--;
        at++;
      } else {
        const next = skipBlanks(at, end);
        if (next === at) return 0;
        at = next;
      }
    }
  }
}

function skipColon(start: usize, end: usize): usize {
  const at = skipBlanks(start, end);
  return load<u8>(at) === 0x3a ? at + 1 : 0;
}

/** There are hardly ever any. */
@inline
function skipBlanks(at: usize, end: usize): usize {
  return load<u8>(at) > 0x20 ? at : skipAllBlanks(at, end);
}

function skipAllBlanks(start: usize, end: usize): usize {
  let at = start;
  while (at < end && isBlank(load<u8>(at))) at++;
  return at;
}

@inline
function isBlank(byte: u8): bool {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

/** Anything but a string or a container. */
function skipScalar(at: usize): usize {
  switch (load<u8>(at)) {
    case 0x74:
      return load<u32>(at) === 0x65757274 ? at + 4 : 0; // true
    case 0x66:
      return load<u32>(at + 1) === 0x65736c61 ? at + 5 : 0; // (f)alse
    case 0x6e:
      return load<u32>(at) === 0x6c6c756e ? at + 4 : 0; // null
    default:
      return skipNumber(at);
  }
}

/** Numbers with an exponent, and very long ones, may overflow: what they are worth is left to the full reader. */
function skipNumber(start: usize): usize {
  const first = load<u8>(start) === 0x2d ? start + 1 : start;
  let at = skipDigits(first);
  if (at === first || (at > first + 1 && load<u8>(first) === 0x30)) return 0;
  if (load<u8>(at) === 0x2e) {
    const fraction = at + 1;
    at = skipDigits(fraction);
    if (at === fraction) return 0;
  }
  const hasExponent = (load<u8>(at) | 0x20) === 0x65;
  if (!onlyPlaces) return hasExponent || at - start > maxPlainNumber ? 0 : at;
  return hasExponent ? skipExponent(at + 1) : at;
}

function skipExponent(at: usize): usize {
  const sign = load<u8>(at);
  const first = sign === 0x2b || sign === 0x2d ? at + 1 : at;
  const after = skipDigits(first);
  return after === first ? 0 : after;
}

function skipDigits(at: usize): usize {
  while (isDigit(load<u8>(at))) at++;
  return at;
}

@inline
function isDigit(byte: u8): bool {
  return byte >= 0x30 && byte <= 0x39;
}

/** A text that is looked for. Behind it stand its bytes. */
@unmanaged
class Marker {
  length: usize = 0;
  /** Where in it the two bytes are that it is found by. */
  pairAt: usize = 0;
  /** What is answered when it is found. */
  bits: i32 = 0;
  /** The next one of the same bucket. */
  next: usize = 0;
}

const maxMarkers = 32;
const markerBytes = 64;
const markers: usize = memory.data(maxMarkers * markerBytes, 16);
let markerCount: usize = 0;
/** Markers with the same pair share a bucket. There are eight, each a bit; further pairs share those. */
const firstMarkers: usize = memory.data(8 * 4, 16);
let pairCount: u32 = 0;
/** The buckets that have this half in a byte of their pairs: of the first the low ones, the high ones, of the second the same. */
const halves: usize = memory.data(4 * 16, 16);
const bucketsFound: usize = memory.data(16, 16);

/** Where the bytes of the next marker are to be written. */
export function markerRoom(): usize {
  return markers + markerCount * <usize>markerBytes + offsetof<Marker>();
}

/** Adds the marker whose bytes stand at `markerRoom()`. */
export function addMarker(length: usize, pairAt: usize, bits: i32): void {
  const pair = markerRoom() + pairAt;
  const bucket = bucketOf(load<u16>(pair));
  const address = markers + markerCount++ * <usize>markerBytes;
  const marker = changetype<Marker>(address);
  marker.length = length;
  marker.pairAt = pairAt;
  marker.bits = bits;
  const first = firstMarkers + <usize>(bucket << 2);
  marker.next = load<u32>(first);
  store<u32>(first, <u32>address);
  addHalves(halves, load<u8>(pair), bucket);
  addHalves(halves + 32, load<u8>(pair + 1), bucket);
}

function bucketOf(pair: u16): u32 {
  for (let bucket: u32 = 0; bucket < 8; bucket++) {
    for (let at: usize = load<u32>(firstMarkers + <usize>(bucket << 2)); at !== 0; at = changetype<Marker>(at).next) {
      if (load<u16>(at + offsetof<Marker>() + changetype<Marker>(at).pairAt) === pair) return bucket;
    }
  }
  return pairCount++ & 7;
}

function addHalves(at: usize, byte: u8, bucket: u32): void {
  const low = at + <usize>(byte & 15);
  const high = at + 16 + <usize>(byte >> 4);
  store<u8>(low, load<u8>(low) | (<u8>1 << <u8>bucket));
  store<u8>(high, load<u8>(high) | (<u8>1 << <u8>bucket));
}

/** The bits of all markers that stand between `start` and `end`. Where a pair may stand is told by the halves of its bytes, for all pairs at once. */
export function findMarkers(start: usize, end: usize): i32 {
  const firstLow = v128.load(halves);
  const firstHigh = v128.load(halves + 16);
  const secondLow = v128.load(halves + 32);
  const secondHigh = v128.load(halves + 48);
  const half = i8x16.splat(15);
  let bits = 0;
  for (let block = start; block < end; block += 16) {
    const first = v128.load(block);
    const second = v128.load(block + 1);
    const buckets = v128.and(
      v128.and(
        i8x16.swizzle(firstLow, v128.and(first, half)),
        i8x16.swizzle(firstHigh, i8x16.shr_u(first, 4)),
      ),
      v128.and(
        i8x16.swizzle(secondLow, v128.and(second, half)),
        i8x16.swizzle(secondHigh, i8x16.shr_u(second, 4)),
      ),
    );
    if (!v128.any_true(buckets)) continue;
    v128.store(bucketsFound, buckets);
    let found = i8x16.bitmask(i8x16.ne(buckets, i8x16.splat(0)));
    for (; found !== 0; found &= found - 1) {
      const index = <usize>ctz(found);
      bits |= markersAt(block + index, <u32>load<u8>(bucketsFound + index), start, end);
    }
  }
  return bits;
}

/** The bits of those in these buckets whose pair stands at `at`. */
function markersAt(at: usize, buckets: u32, start: usize, end: usize): i32 {
  let bits = 0;
  for (let rest = buckets; rest !== 0; rest &= rest - 1) {
    let address: usize = load<u32>(firstMarkers + <usize>(ctz(rest) << 2));
    while (address !== 0) {
      const marker = changetype<Marker>(address);
      const from = at - marker.pairAt;
      const isWithin = from >= start && from + marker.length <= end;
      if (isWithin && equalBytes(from, address + offsetof<Marker>(), marker.length)) bits |= marker.bits;
      address = marker.next;
    }
  }
  return bits;
}

/** Names of parameters that a URL may have, in groups of four by their hashes. */
const trustedNames: usize = memory.data(256 * 32, 16);
const trustedLengths: usize = memory.data(256, 16);
const trustedShift: u32 = 26;
const maxTrusted: usize = 32;
let trustedCount: u32 = 0;

/** Trusts the name between `start` and `end`, if it is ASCII and not long. Another one may be forgotten for it. */
export function trustName(start: usize, end: usize): void {
  const length = end - start;
  const hash = hashOf(start, length);
  if (length === 0 || length > maxTrusted || hash === notAscii) return;
  const place = <usize>(((hash >>> trustedShift) << 2) | (trustedCount++ & 3));
  memory.copy(trustedNames + (place << 5), start, length);
  store<u8>(trustedLengths + place, <u8>length);
}

function isTrusted(start: usize, end: usize): bool {
  const length = end - start;
  if (length === 0 || length > maxTrusted) return false;
  const first = <usize>((hashOf(start, length) >>> trustedShift) << 2);
  for (let place = first; place < first + 4; place++) {
    const isLong = <usize>load<u8>(trustedLengths + place) === length;
    if (isLong && equalBytes(trustedNames + (place << 5), start, length)) return true;
  }
  return false;
}

/** Whether all parameters of the URL between `start` and `end` have names that are trusted. False, too, if it has escapes but that of `&`. */
export function hasTrustedNames(start: usize, end: usize): bool {
  /** Where the name begins; 0 in the path and in values. */
  let name: usize = 0;
  for (let block = start; block < end; block += 16) {
    let signs = i8x16.bitmask(signsIn(v128.load(block)));
    for (; signs !== 0; signs &= signs - 1) {
      const at = block + ctz(signs);
      if (at >= end) return true;
      const sign = load<u8>(at);
      if (sign === 0x3d) {
        if (name !== 0 && !isTrusted(name, at)) return false;
        name = 0;
      } else if (sign !== 0x5c) {
        name = at + 1;
      } else {
        // \u0026
        if (load<u32>(at + 1) !== 0x32303075 || load<u8>(at + 5) !== 0x36) return false;
        name = at + 6;
      }
    }
  }
  return true;
}

/** Where one of `?&;=\` stands. */
@inline
function signsIn(block: v128): v128 {
  return v128.or(
    v128.or(
      v128.or(i8x16.eq(block, i8x16.splat(0x3f)), i8x16.eq(block, i8x16.splat(0x26))),
      v128.or(i8x16.eq(block, i8x16.splat(0x3b)), i8x16.eq(block, i8x16.splat(0x3d))),
    ),
    i8x16.eq(block, i8x16.splat(0x5c)),
  );
}

/**
 * Values that are taken together: combinations of them come again and again, and what follows from one is then worked out once. Each is
 * kept as it is written, its values one after the other. When there is no room for another one, all are forgotten.
 */
const maxMembers = 32;
const members: usize = memory.data(maxMembers * 4, 16);
let memberCount: usize = 0;
const maxCombinations = 4096;
const maxCombined = 1024;
/** As many as there may be of usual ones. */
const combinedBytes: usize = maxCombinations * 192;
/** A hash and an address in each; half of them stay free. */
const slots: usize = 2 * maxCombinations;
const slotShift: u64 = 51;
let slotsAt: usize = 0;
/** Clients choose some of the values, and could choose them so that their hashes are the same. */
const maxProbes = 64;
/** Where combinations are kept, and from where on there is room for others. */
let combinedAt: usize = 0;
let combinedEnd: usize = 0;
let combinationCount = 0;
/** Stands for a value that is not there, and ends each that is: none has such a byte in it. */
const gap: u8 = 0;
const scratch: usize = memory.data(maxCombined + 32, 16);

/** A combination. Behind it stand its bytes. */
@unmanaged
class Combination {
  place: i32 = 0;
  length: u32 = 0;
}

/** Takes this output, too, into combinations. */
export function combine(output: i32): void {
  if (slotsAt === 0) {
    slotsAt = top;
    combinedAt = slotsAt + slots * 8;
    combinedEnd = combinedAt;
    top = combinedAt + combinedBytes;
  }
  store<i32>(members + (memberCount++ << 2), output);
}

/**
 * The number of the combination that the line has; -1 - number when it is new, and may have got the number of one that is forgotten.
 * Those that are too long are always new.
 */
export function findCombination(): i32 {
  const length = writeCombination();
  if (length === 0) return -1 - maxCombinations;
  const hash = hashWords(length);
  let slot = slotOf(<usize>(hash >> slotShift));
  let probes = 0;
  while (load<u32>(slot + 4) !== 0) {
    const combination = load<u32>(slot + 4);
    if (load<u32>(slot) === <u32>hash && isCombination(combination, length)) return changetype<Combination>(combination).place;
    slot = slotOf(((slot - slotsAt) >> 3) + 1);
    probes++;
  }
  const size = (offsetof<Combination>() + length + 3) & ~3;
  const isFull = combinationCount === maxCombinations || combinedEnd + size > combinedAt + combinedBytes;
  if (isFull || probes >= maxProbes) {
    memory.fill(slotsAt, 0, slots * 8);
    combinationCount = 0;
    combinedEnd = combinedAt;
    slot = slotOf(<usize>(hash >> slotShift));
  }
  store<u32>(slot, <u32>hash);
  store<u32>(slot + 4, <u32>combinedEnd);
  const combination = changetype<Combination>(combinedEnd);
  combination.place = combinationCount++;
  combination.length = <u32>length;
  memory.copy(combinedEnd + offsetof<Combination>(), scratch, length);
  combinedEnd += size;
  return -1 - combination.place;
}

@inline
function slotOf(index: usize): usize {
  return slotsAt + ((index & (slots - 1)) << 3);
}

function isCombination(address: usize, length: usize): bool {
  const combination = changetype<Combination>(address);
  return combination.length === <u32>length && equalBytes(address + offsetof<Combination>(), scratch, length);
}

/** How many bytes it takes; 0: too many. */
function writeCombination(): usize {
  let length: usize = 0;
  for (let i: usize = 0; i < memberCount; i++) {
    const output = outputOf(load<i32>(members + (i << 2)));
    if (output.kind !== nothing) {
      const size = output.end - output.start;
      if (length + size >= <usize>maxCombined) return 0;
      for (let done: usize = 0; done < size; done += 16) {
        v128.store(scratch + length + done, v128.load(output.start + done));
      }
      length += size;
    }
    if (length >= <usize>maxCombined) return 0;
    store<u8>(scratch + (length++), gap);
  }
  v128.store(scratch + length, i8x16.splat(0));
  return length;
}

/** Of the combination just written. Its upper bits are the best ones. */
function hashWords(length: usize): u64 {
  // Two at a time: a multiplication waits for the one before it.
  let even: u64 = 0;
  let odd: u64 = 0;
  for (let at: usize = 0; at < length; at += 16) {
    even = rotl((even ^ load<u64>(scratch + at)) * longMultiplier, 29);
    odd = rotl((odd ^ load<u64>(scratch + at + 8)) * longMultiplier, 31);
  }
  return (even ^ rotl(odd, 17)) * longMultiplier;
}

/** 2^64 over the golden ratio, odd. */
const longMultiplier: u64 = 0x9e3779b97f4a7c15;
