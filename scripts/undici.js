/** The parts of undici that the agent uses. Its main module brings fetch, WebSocket, caches and mocks along: 9 MB of memory. */
export { default as Agent } from 'undici/lib/dispatcher/agent.js';
export { default as ProxyAgent } from 'undici/lib/dispatcher/proxy-agent.js';
