/** How many bytes `writeVarint` takes. */
export function varintLength(value: usize): usize {
  let length: usize = 1;
  for (let rest = value >> 7; rest !== 0; rest >>= 7) length++;
  return length;
}

/** Gives the address after it. */
export function writeVarint(to: usize, value: usize): usize {
  let at = to;
  let rest = value;
  for (; rest >= 0x80; rest >>= 7) store<u8>(at++, <u8>(rest | 0x80));
  store<u8>(at, <u8>rest);
  return at + 1;
}
