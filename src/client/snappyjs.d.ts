/** The part of snappyjs that writes into a given buffer; its package types only the one that allocates. */
declare module 'snappyjs/snappy_compressor.js' {
  export class SnappyCompressor {
    constructor(uncompressed: Uint8Array);
    maxCompressedLength(): number;
    /** Returns the length of what it wrote. */
    compressToBuffer(output: Uint8Array): number;
  }
}
