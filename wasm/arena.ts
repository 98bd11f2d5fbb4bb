/** Memory behind what is laid out when the module is compiled. It is handed out once and never taken back. */
let top: usize = aligned(__heap_base);

/** Where the next piece will begin. */
export function arenaEnd(): usize {
  return top;
}

/** Hands out `bytes` at `arenaEnd()`. */
export function take(bytes: usize): usize {
  const start = top;
  top = aligned(top + bytes);
  return start;
}

function aligned(address: usize): usize {
  return (address + 15) & ~15;
}
