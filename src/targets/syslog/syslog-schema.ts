import { bool, duration, int, oneOf, text } from '../../fields/scalars.js';
import {
  checked,
  converted,
  type Field,
  optional,
  type Schema,
  struct,
  type Value,
  withDefault,
} from '../../fields/schema.js';
import { listenAddress } from '../listen-address.js';
import { targetLabels } from '../target-labels.js';

/** Any other word means rfc5424, as in Promtail; here with a warning. */
const format: Schema<'rfc5424' | 'rfc3164'> = {
  decode(node, problems) {
    const word = text.decode(node, problems);
    if (word !== 'rfc5424' && word !== 'rfc3164' && word !== '') {
      problems.warn(
        node.offset,
        node.path,
        `expected rfc5424 or rfc3164, not ${JSON.stringify(word)}: taken for rfc5424`,
      );
    }
    return word === 'rfc3164' ? 'rfc3164' : 'rfc5424';
  },
};

/** Keys that only mean something to a client. */
const ofClients = <T>(schema: Schema<T>): Field<undefined> => ({
  decode(node, problems) {
    schema.decode(node, problems);
    problems.warn(node.offset, node.path, 'means nothing to a server (ignored)');
    return undefined;
  },
  absent: () => undefined,
});

const version = oneOf('TLS10', 'TLS11', 'TLS12', 'TLS13');

const tls = converted(
  struct({
    cert_file: withDefault(text, ''),
    key_file: withDefault(text, ''),
    ca_file: withDefault(text, ''),
    min_version: withDefault(version, 'TLS12'),
    max_version: withDefault(version, 'TLS13'),
    server_name: ofClients(text),
    insecure_skip_verify: ofClients(bool),
  }),
  ({ cert_file, key_file, ca_file, min_version, max_version }) => {
    if (cert_file === '' && key_file === '' && ca_file === '') return undefined;
    if (cert_file === '' || key_file === '') throw new Error('certificate and key files are required');
    return { cert_file, key_file, ca_file, min_version, max_version };
  },
);
/** Undefined without TLS. */
export type SyslogTls = Value<typeof tls>;

export const syslogSchema = checked(
  struct({
    listen_address: withDefault(listenAddress, { host: '', port: 0 }),
    listen_protocol: withDefault(oneOf('', 'tcp', 'udp'), 'tcp'),
    idle_timeout: withDefault(duration, 0),
    label_structured_data: withDefault(bool, false),
    labels: targetLabels,
    use_incoming_timestamp: withDefault(bool, false),
    use_rfc5424_message: withDefault(bool, false),
    syslog_format: withDefault(format, 'rfc5424'),
    max_message_length: withDefault(int, 0),
    tls_config: optional(tls),
  }),
  ({ listen_protocol, tls_config }) =>
    listen_protocol === 'udp' && tls_config !== undefined
      ? 'tls_config is for listen_protocol tcp'
      : undefined,
);
export type SyslogOptions = Value<typeof syslogSchema>;
