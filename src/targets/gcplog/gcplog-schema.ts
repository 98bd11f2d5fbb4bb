import { bool, duration, oneOf, text } from '../../fields/scalars.js';
import { block, checked, struct, type Value, withDefault } from '../../fields/schema.js';
import { listenerSchema } from '../../http/listener-schema.js';
import { targetLabels } from '../target-labels.js';

export const gcplogSchema = checked(
  struct({
    project_id: withDefault(text, ''),
    subscription: withDefault(text, ''),
    labels: targetLabels,
    use_incoming_timestamp: withDefault(bool, false),
    use_full_line: withDefault(bool, false),
    subscription_type: withDefault(oneOf('', 'pull', 'push'), 'pull'),
    push_timeout: withDefault(duration, 0),
    server: block(listenerSchema),
  }),
  ({ subscription_type, project_id, subscription }) =>
    subscription_type !== 'push' && (project_id === '' || subscription === '')
      ? "'project_id' and 'subscription' are required to pull"
      : undefined,
);
export type GcplogOptions = Value<typeof gcplogSchema>;
