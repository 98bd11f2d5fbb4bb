import { equalBytes } from './bytes';

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
