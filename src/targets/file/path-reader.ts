import type { FileNumbers } from '../../metrics/file-metrics.js';

/** Reads what is at one path. */
export interface PathReader {
  /** Fulfilled when it is known which files are this path's. */
  start(): Promise<void>;
  /** Ends reading at once. What is on its way may still be settled, and then counts. */
  stop(): Promise<void>;
  /** The path is gone, and everything that was there is read. */
  readonly isOver: boolean;
  readonly state: ReaderState;
  readonly numbers: FileNumbers;
}

/** What the pages tell of a file. */
export interface ReaderState {
  readonly path: string;
  readonly state: 'starting' | 'reading' | 'waiting' | 'failing' | 'gone';
  /** Bytes; lines, if the file is compressed. */
  readonly offset: number;
  readonly acknowledged: number;
  readonly size: number;
  readonly lagBytes: number;
  readonly backlogFiles: number;
  /** When rotation will delete the oldest file that is not read to its end, as far as that can be told. */
  readonly prunedInSeconds?: number | undefined;
  readonly lastError: string | undefined;
}
