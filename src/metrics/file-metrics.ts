import { Counter, Gauge, type Registry } from 'prom-client';

/** What is known of one path when the metrics are asked for; undefined: that series is not there. */
export interface FileNumbers {
  readonly path: string;
  readonly fileBytes: number | undefined;
  readonly readBytes?: number;
  readonly backlogBytes?: number;
  readonly backlogFiles?: number;
  readonly prunedInSeconds?: number | undefined;
  readonly unsettledBytes?: number;
}

const gauges: readonly [name: string, key: Exclude<keyof FileNumbers, 'path'>, help: string][] = [
  // Promtail has these two as gauges.
  ['promtail_read_bytes_total', 'readBytes', 'Number of bytes read.'],
  ['promtail_file_bytes_total', 'fileBytes', 'Number of bytes total.'],
  [
    'auditail_backlog_bytes',
    'backlogBytes',
    'Bytes on the disk that are not read yet, those of rotated files too.',
  ],
  ['auditail_backlog_files', 'backlogFiles', 'Rotated files that are not read to their end yet.'],
  [
    'auditail_backlog_pruned_in_seconds',
    'prunedInSeconds',
    'When rotation, going on as before, will delete the oldest file that is not read to its end.',
  ],
  [
    'auditail_unacknowledged_bytes',
    'unsettledBytes',
    'Bytes that were read and that Loki has not accepted yet.',
  ],
];

/** What file targets tell of themselves. Series with a path are there for as long as the path is. */
export class FileMetrics {
  readonly readLines;
  readonly filesActive;
  readonly targetsActive;
  readonly gaps;
  readonly lostFiles;
  readonly lostBytes;
  readonly skippedNuls;
  readonly cutLines;
  readonly fragments;
  readonly errors;
  readonly #sources = new Set<() => Iterable<FileNumbers>>();

  constructor(registry: Registry) {
    const registers = [registry];
    const counter = (name: string, help: string, ...labelNames: string[]) =>
      new Counter({ name, help, labelNames, registers });
    this.readLines = counter('promtail_read_lines_total', 'Number of lines read.', 'path');
    this.filesActive = new Gauge({
      name: 'promtail_files_active_total',
      help: 'Number of active files.',
      registers,
    });
    this.targetsActive = new Gauge({
      name: 'promtail_targets_active_total',
      help: 'Number of active total.',
      registers,
    });
    this.gaps = counter(
      'auditail_gaps_total',
      'Times that lines were found to be gone before they were read.',
      'reason',
    );
    this.lostFiles = counter(
      'auditail_lost_files_total',
      'Files known to be gone before they were read.',
      'reason',
    );
    this.lostBytes = counter(
      'auditail_lost_bytes_total',
      'Bytes known to be gone before they were read.',
      'reason',
    );
    this.skippedNuls = counter(
      'auditail_skipped_nul_bytes_total',
      'NUL bytes of holes in files, which were skipped.',
    );
    this.cutLines = counter('auditail_cut_lines_total', 'Lines too long to be sent as one, sent in pieces.');
    this.fragments = counter(
      'auditail_fragments_total',
      'Last lines of finished files, sent without their newline.',
    );
    this.errors = counter(
      'auditail_file_errors_total',
      'Errors when looking at files or reading them.',
      'code',
    );
    for (const [name, key, help] of gauges) this.#addGauge(registry, name, key, help);
  }

  /** Asks `source` at each scrape, until the function returned is called. */
  addSource(source: () => Iterable<FileNumbers>): () => void {
    this.#sources.add(source);
    return () => this.#sources.delete(source);
  }

  #addGauge(registry: Registry, name: string, key: Exclude<keyof FileNumbers, 'path'>, help: string): void {
    const sources = this.#sources;
    new Gauge({
      name,
      help,
      labelNames: ['path'],
      registers: [registry],
      collect() {
        this.reset();
        for (const source of sources) {
          for (const numbers of source()) {
            const value = numbers[key];
            if (value !== undefined) this.set({ path: numbers.path }, value);
          }
        }
      },
    });
  }
}
