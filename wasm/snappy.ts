/**
 * Packs bytes as a raw snappy block (github.com/google/snappy, format_description.txt). AssemblyScript, compiled by `npm run wasm`; its other side is
 * src/client/snappy.ts.
 */
import { copyShort } from './bytes';
import { writeVarint } from './varint';

/** A copy refers to what is less than this behind: its offset takes two bytes. */
const reach: usize = 65_536;
/** Shorter ones are not looked for: they save little, and take as long. With four, packing took a third longer, to hardly less. */
const shortest: usize = 6;
/** Where six bytes with a hash were seen last, as an address. */
const hashBits: u32 = 14;
const seen: usize = memory.data(65536, 16);
/** Of the input, what may be read past a place that is looked at. */
const margin: usize = 16;

/** Where the input is to be put. Behind it, and behind the output, 64 bytes are needed. */
export function room(): usize {
  return (__heap_base + 15) & ~15;
}

/** Packs `length` bytes at `input` to `output`, of which it needs a sixth and 32 bytes more. Answers where that ends. */
export function pack(input: usize, length: usize, output: usize): usize {
  let to = writeVarint(output, length);
  const end = input + length;
  /** What is before it is written. */
  let written = input;
  if (length >= margin) {
    memory.fill(seen, 0, (<usize>4) << hashBits);
    const limit = end - margin;
    let at = input + 1;
    while (at <= limit) {
      // The longer nothing is found, the larger the steps, two bytes soon: what cannot be packed is passed over quickly.
      let tries: usize = 60;
      let candidate: usize = 0;
      while (at <= limit) {
        const bytes = firstOf(at);
        const slot = slotOf(bytes);
        candidate = load<u32>(slot);
        store<u32>(slot, <u32>at);
        if (firstOf(candidate) === bytes && at - candidate < reach) break;
        at += tries++ >> 5;
      }
      if (at > limit) break;
      if (written < at) to = writeLiteral(to, written, at - written);
      const length = shortest + equalLength(candidate + shortest, at + shortest, end);
      to = writeCopy(to, at - candidate, length);
      at += length;
      written = at;
    }
  }
  return written < end ? writeLiteral(to, written, end - written) : to;
}

/** The first six of these bytes. */
@inline
function firstOf(at: usize): u64 {
  return load<u64>(at) << 16;
}

@inline
function slotOf(bytes: u64): usize {
  return seen + (<usize>((bytes * 0x9e3779b97f4a7c15) >>> (64 - hashBits)) << 2);
}

/** How many bytes from `left` on are those from `right` on, before `end`. */
@inline
function equalLength(left: usize, right: usize, end: usize): usize {
  let length: usize = 0;
  const most = end - right;
  while (length < most) {
    const equal = i8x16.bitmask(i8x16.eq(v128.load(left + length), v128.load(right + length)));
    if (equal !== 0xffff) return min(length + <usize>ctz(~equal), most);
    length += 16;
  }
  return most;
}

/** May write 15 bytes past it. */
@inline
function writeLiteral(to: usize, from: usize, length: usize): usize {
  const last = length - 1;
  let at = to;
  if (last < 60) {
    store<u8>(at++, <u8>(last << 2));
  } else if (last < 256) {
    store<u8>(at, 60 << 2);
    store<u8>(at + 1, <u8>last);
    at += 2;
  } else {
    store<u8>(at, 63 << 2);
    store<u32>(at + 1, <u32>last);
    at += 5;
  }
  copyShort(at, from, length);
  return at + length;
}

@inline
function writeCopy(to: usize, offset: usize, length: usize): usize {
  let at = to;
  let rest = length;
  // So that what is left makes a copy, too, which has four bytes at least.
  for (; rest >= 68; rest -= 64) at = writeLongCopy(at, offset, 64);
  if (rest > 64) {
    at = writeLongCopy(at, offset, 60);
    rest -= 60;
  }
  if (rest >= 12 || offset >= 2048) return writeLongCopy(at, offset, rest);
  store<u16>(at, <u16>(1 | ((rest - 4) << 2) | ((offset >> 8) << 5) | ((offset & 0xff) << 8)));
  return at + 2;
}

@inline
function writeLongCopy(to: usize, offset: usize, length: usize): usize {
  store<u32>(to, <u32>(2 | ((length - 1) << 2) | (offset << 8)));
  return to + 3;
}
