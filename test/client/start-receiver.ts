import { onTestFinished } from 'vitest';
import { LokiReceiver, type ReceiverOptions } from '../../demo/loki/receiver.js';

/** A Loki that ends with the test. */
export async function startReceiver(options: ReceiverOptions = {}): Promise<LokiReceiver> {
  const receiver = await LokiReceiver.start(options);
  onTestFinished(() => receiver.stop());
  return receiver;
}
