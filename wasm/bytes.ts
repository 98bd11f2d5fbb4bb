/** No hash is this one: it stands for bytes that are not all ASCII. */
export const notAscii: u32 = 0;
/** 2^64 over the golden ratio, odd. */
const multiplier: u64 = 0x9e3779b97f4a7c15;

/** Its upper bits are the best ones. What stands after the bytes does not count. */
export function hashOf(start: usize, length: usize): u32 {
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
export function equalBytes(left: usize, right: usize, length: usize): bool {
  let done: usize = 0;
  for (; done + 16 <= length; done += 16) {
    if (!i8x16.all_true(i8x16.eq(v128.load(left + done), v128.load(right + done)))) return false;
  }
  const rest = <u32>(length - done);
  if (rest === 0) return true;
  const equal = i8x16.bitmask(i8x16.eq(v128.load(left + done), v128.load(right + done)));
  return ctz(~equal) >= <i32>rest;
}

/** Without a call, which pays for a name or a value. May read and write up to 15 bytes past it. */
@inline
export function copyShort(to: usize, from: usize, length: usize): void {
  for (let done: usize = 0; done < length; done += 16) v128.store(to + done, v128.load(from + done));
}
