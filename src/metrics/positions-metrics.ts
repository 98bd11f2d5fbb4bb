import { Counter, Gauge, type Registry } from 'prom-client';

/** What the positions file tells of itself. */
export interface PositionsMetrics {
  readonly saves: Counter;
  readonly failures: Counter;
  readonly lastSaved: Gauge;
}

export function positionsMetrics(registry: Registry): PositionsMetrics {
  const registers = [registry];
  return {
    saves: new Counter({
      name: 'auditail_positions_saves_total',
      help: 'Times that changed positions were written.',
      registers,
    }),
    failures: new Counter({
      name: 'auditail_positions_save_failures_total',
      help: 'Times that positions could not be written. They are written again at the next sync_period.',
      registers,
    }),
    lastSaved: new Gauge({
      name: 'auditail_positions_saved_timestamp_seconds',
      help: 'When the positions on the disk were last known to be up to date.',
      registers,
    }),
  };
}
