import { equalBytes, hashOf, notAscii } from './bytes';

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
