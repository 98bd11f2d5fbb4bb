/** Each of prom-client's default metrics; its package types only all of them together. */
declare module 'prom-client/lib/metrics/*.js' {
  const add: (registry: import('prom-client').Registry) => void;
  export default add;
}
