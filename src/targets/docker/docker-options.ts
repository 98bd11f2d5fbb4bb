import { bool, int, prometheusDuration, text } from '../../fields/scalars.js';
import { checked, listOf, required, struct, type Value, withDefault } from '../../fields/schema.js';
import { checkHttp, httpFields } from '../../http/http-options.js';

const filter = struct({ name: withDefault(text, ''), values: withDefault(listOf(text), []) });

/** Checked as a whole by Promtail, so that a missing one is told in its words. */
const host = checked(text, (value) => {
  if (value === '') return 'host missing';
  const url = URL.parse(value);
  if (url === null || !['unix:', 'tcp:', 'http:', 'https:'].includes(url.protocol)) {
    return `expected a Docker host such as unix:///var/run/docker.sock or tcp://docker:2375, not ${JSON.stringify(value)}`;
  }
  return undefined;
});

/** One item of `docker_sd_configs`: a Docker daemon, and which of its containers to read. */
export const dockerOptions = checked(
  struct({
    ...httpFields,
    host: required(host),
    port: withDefault(int, 80),
    filters: withDefault(listOf(filter), []),
    host_networking_host: withDefault(text, 'localhost'),
    refresh_interval: withDefault(prometheusDuration, 60_000),
    // Without it Prometheus has a target for each network, of which Promtail reads the container by one. It is the first either way.
    match_first_network: withDefault(bool, true),
  }),
  checkHttp,
);
export type DockerOptions = Value<typeof dockerOptions>;
