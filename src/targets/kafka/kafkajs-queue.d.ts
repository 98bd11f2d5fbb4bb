/** The part of kafkajs whose timer is replaced. */
declare module 'kafkajs/src/network/requestQueue/index.js' {
  export interface RequestQueue {
    readonly pending: readonly unknown[];
    readonly throttledUntil: number;
    throttleCheckTimeoutId: NodeJS.Timeout | null;
    checkPendingRequests(): void;
    scheduleCheckPendingRequests(): void;
  }
  const requestQueue: { readonly prototype: RequestQueue };
  export default requestQueue;
}
