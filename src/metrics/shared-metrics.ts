import {
  Counter,
  type CounterConfiguration,
  Gauge,
  type GaugeConfiguration,
  type Registry,
} from 'prom-client';

/** The counter of this name: all targets of one kind count together, and a reload goes on counting. */
export function sharedCounter<Label extends string = never>(
  registry: Registry,
  config: Omit<CounterConfiguration<Label>, 'registers'>,
): Counter<Label> {
  const existing = registry.getSingleMetric(config.name) as Counter<Label> | undefined;
  return existing ?? new Counter({ ...config, registers: [registry] });
}

/** The gauge of this name, as `sharedCounter`. */
export function sharedGauge<Label extends string = never>(
  registry: Registry,
  config: Omit<GaugeConfiguration<Label>, 'registers'>,
): Gauge<Label> {
  const existing = registry.getSingleMetric(config.name) as Gauge<Label> | undefined;
  return existing ?? new Gauge({ ...config, registers: [registry] });
}
