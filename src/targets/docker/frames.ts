export type StreamName = 'stdout' | 'stderr';

/** What Docker wrote at once: a line with its newline, or 16 KiB of a longer one, behind its time and a blank. */
export interface Frame {
  readonly stream: StreamName;
  readonly bytes: Buffer;
}

/** Finds the frames in the bytes of a log as they come. */
export interface FrameReader {
  /** The frames that are complete now; their bytes are the chunk's, or a copy. */
  read(chunk: Buffer): Frame[];
}

const headerLength = 8;
/** By the first byte of a header. */
const streams: readonly (StreamName | 'error' | undefined)[] = ['stdout', 'stdout', 'stderr', 'error'];

/** A log in which each frame has a header: its stream, and its length. Throws when the daemon tells of an error in it. */
export class MultiplexedFrames implements FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  read(chunk: Buffer): Frame[] {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const frames: Frame[] = [];
    let at = 0;
    while (bytes.length - at >= headerLength) {
      const stream = streams[bytes[at]!];
      if (stream === undefined) throw new Error(`no header where one is due, but the byte ${bytes[at]}`);
      const start = at + headerLength;
      const end = start + bytes.readUInt32BE(at + 4);
      if (end > bytes.length) break;
      if (stream === 'error')
        throw new Error(`error from the daemon in the log: ${bytes.toString('utf8', start, end)}`);
      frames.push({ stream, bytes: bytes.subarray(start, end) });
      at = end;
    }
    this.#rest = bytes.subarray(at);
    return frames;
  }
}

const newline = 0x0a;
/** A time, a blank and 16 KiB: what Docker writes of a long line at once. */
const longestFrame = 31 + 16 * 1024;

/** The log of a terminal: frames without headers, one after the other. They end with a newline, or are as long as they can be. */
export class TerminalFrames implements FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  read(chunk: Buffer): Frame[] {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const frames: Frame[] = [];
    let at = 0;
    for (let end = frameEnd(bytes, at); end !== undefined; end = frameEnd(bytes, at)) {
      frames.push({ stream: 'stdout', bytes: bytes.subarray(at, end) });
      at = end;
    }
    this.#rest = bytes.subarray(at);
    return frames;
  }
}

function frameEnd(bytes: Buffer, at: number): number | undefined {
  const found = bytes.indexOf(newline, at);
  const end = found < 0 ? bytes.length : found + 1;
  if (end - at >= longestFrame) return at + longestFrame;
  return found < 0 ? undefined : end;
}
