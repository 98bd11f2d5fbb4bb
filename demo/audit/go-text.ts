/** JSON as Go's encoding/json writes it: keys in the order given, and what HTML minds is escaped. */
export function goJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (char) => {
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** A duration as Go prints it: `812.3µs`, `15.0004s`, `7m31.001481s`. */
export function goDuration(micros: number): string {
  if (micros < 1000) return `${trimZeros(micros.toFixed(3))}µs`;
  if (micros < 1_000_000) return `${trimZeros((micros / 1000).toFixed(6))}ms`;
  const minutes = Math.floor(micros / 60_000_000);
  const seconds = `${trimZeros(((micros % 60_000_000) / 1_000_000).toFixed(9))}s`;
  if (minutes === 0) return seconds;
  return minutes < 60 ? `${minutes}m${seconds}` : `${Math.floor(minutes / 60)}h${minutes % 60}m${seconds}`;
}

function trimZeros(decimal: string): string {
  return decimal.replace(/\.?0+$/, '');
}

/** Writes times as audit events hold them, six decimals and `Z`. The part that stays the same for a second is kept. */
export class MicroTimestamps {
  #second = Number.NaN;
  #prefix = '';

  print(micros: number): string {
    const second = Math.floor(micros / 1_000_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#prefix = new Date(second * 1000).toISOString().slice(0, 20);
    }
    const fraction = 1_000_000 + (micros - second * 1_000_000);
    return `${this.#prefix}${String(fraction).slice(1)}Z`;
  }
}
