import { connect, request } from 'undici/lib/api/index.js';
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';

/** The parts of undici that the agent uses. Its main module brings fetch, WebSocket, caches and mocks along: 9 MB of memory. */
export { default as Agent } from 'undici/lib/dispatcher/agent.js';
export { default as ProxyAgent } from 'undici/lib/dispatcher/proxy-agent.js';

// As the main module does it. Proxies are asked to connect where TLS goes through them.
Dispatcher.prototype.request = request;
Dispatcher.prototype.connect = connect;
