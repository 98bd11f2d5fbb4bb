import type { Discoverer } from './discoverer.js';

/** Several discoverers as one: the items of one `*_sd_configs`. Their groups are told apart by the item they are of. */
export function together(discoverers: readonly Discoverer[]): Discoverer {
  return {
    start: (publish) => {
      for (const [index, discoverer] of discoverers.entries()) {
        discoverer.start((groups) =>
          publish(groups.map((group) => ({ ...group, source: `${index}/${group.source}` }))),
        );
      }
    },
    stop: async () => {
      await Promise.all(discoverers.map((discoverer) => discoverer.stop()));
    },
  };
}
